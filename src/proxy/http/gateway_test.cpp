#include "proxy/http/gateway.h"

#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "protocol/base64.h"
#include "proxy/http/jwt.h"
#include "proxy/http/jwt_vectors.h"
#include "proxy/http/testing_gateway.h"
#include "proxy/http/testing_socket.h"

// Who may use it, how it says no, and how it ends.

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(GatewayTest, says_which_request_it_was) {
  const Answered own = client().say("GET", "/v1/nothing", {}, "Rmq-Request-Id: my-1\r\n");
  EXPECT_EQ(own.status, 404);
  EXPECT_THAT(own.head, HasSubstr("Rmq-Request-Id: my-1\r\n"));
  EXPECT_EQ(own.json()["instance"], "/requests/my-1");
  const Answered made = client().say("GET", "/v1/nothing", {}, "Rmq-Request-Id: a b\r\n");
  EXPECT_NE(made.json()["instance"], "/requests/a b");
  const Answered method = client().say("PATCH", "/v1/topics", {}, {});
  EXPECT_EQ(method.status, 405);
  EXPECT_THAT(method.head, HasSubstr("Allow: GET\r\n"));
}

TEST_F(GatewayTest, tells_its_problems_in_one_way) {
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, "no header\r\n").json()["type"],
            "/problems/bad-request");
  TestClient other(address_);
  const std::string much = str("X: ", std::string(40'000, 'x'), "\r\n");
  EXPECT_EQ(other.say("GET", "/v1/topics", {}, much).json()["type"],
            "/problems/properties-too-large");
}

TEST_F(GatewayTest, asks_who_it_is) {
  options_.users = {{"alice", "secret"}};
  options_.tokens = {"t-1"};
  const Answered nobody = get("/v1/topics");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_THAT(nobody.head, HasSubstr("WWW-Authenticate: Basic realm=\"rocketmq\", Bearer\r\n"));
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, "Authorization: Bearer t-1\r\n").status, 200);
  const std::string basic =
      str("Authorization: Basic ", protocol::to_base64("alice:secret"), "\r\n");
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, basic).status, 200);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(GatewayTest, takes_tokens_that_others_issue) {
  options_.jwt = std::make_shared<const Jwt>(
      net::JwsKey::rsa_public_keys(vectors::public_key).value(), "", "");
  options_.requests_per_second = 0.01;
  EXPECT_EQ(get("/v1/topics").status, 401);
  const Answered late =
      client().say("GET", "/v1/topics", {}, str("Authorization: Bearer ", vectors::rs256, "\r\n"));
  EXPECT_EQ(late.status, 401);
  EXPECT_EQ(late.json()["detail"], "the token has expired");
  const std::string alice = str("Authorization: Bearer ", vectors::of_2100, "\r\n");
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, alice).status, 200);
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, alice).status, 429);
  TestSocket socket(address_, "", str("rmq.v1.json, bearer.", vectors::of_2100));
  EXPECT_EQ(socket.read()["op"], "welcome");
  EXPECT_EQ(socket.ask(R"({"op":"unsubscribe","id":1,"sub":"s"})")["problem"]["status"], 429)
      << "it is the same user";
}

TEST_F(GatewayTest, judges_by_the_users_set_last) {
  options_.tokens = {"t-1"};
  const std::string_view first = "Authorization: Bearer t-1\r\n";
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, first).status, 200);
  options_.tokens = {"t-2"};
  gateway_->reload(options_);
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, first).status, 401);
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, "Authorization: Bearer t-2\r\n").status, 200);
}

TEST_F(GatewayTest, is_asked_by_no_name_that_a_page_may_have_made_up) {
  options_.hosts = {"mq.example"};
  client();
  const auto asked_as = [this](std::string_view host, std::string_view target) {
    TestClient peer(address_);
    peer.write(str("GET ", target, " HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
    return peer.read_until("\r\n\r\n");
  };
  EXPECT_THAT(asked_as("evil.example:8082", "/v1/topics"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(asked_as("evil.example:8082", "/v1/ws"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(asked_as("evil.example:8082", "/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(asked_as("mq.example:8082", "/v1/topics"), StartsWith("HTTP/1.1 200 "));
  options_.tokens = {"t-1"};  // no page knows it
  gateway_->reload(options_);
  EXPECT_THAT(asked_as("evil.example:8082", "/v1/topics"), StartsWith("HTTP/1.1 401 "));
}

TEST_F(GatewayTest, sends_for_no_longer_than_a_request_may_take) {
  options_.cluster.request_timeout = 300ms;
  EXPECT_EQ(get("/v1/topics/orders/route").status, 200);
  broker_.delay(RequestCode::send_message, 5s);
  EXPECT_EQ(post("/v1/topics/orders/messages", R"({"body":"x"})").status, 504);
  EXPECT_EQ(broker_.requests(RequestCode::send_message), 1u) << "there was time for a second try";
}

TEST_F(GatewayTest, tells_the_metrics_of_all) {
  options_.other_metrics = [] { return std::string("of_others 1\n"); };
  EXPECT_THAT(get("/metrics").body, StartsWith("of_others 1\n# "));
  EXPECT_THAT(gateway_->metrics(), HasSubstr("rocketmq_gateway_requests_in_flight 0\n"));
}

TEST_F(GatewayTest, tells_how_it_is) {
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_THAT(
      get("/metrics").body,
      HasSubstr(R"(rocketmq_gateway_requests_total{method="GET",route="/readyz",status="200"} 1)"));
}

TEST_F(GatewayTest, sends_peers_elsewhere_before_it_ends) {
  EXPECT_EQ(get("/readyz").status, 200);
  gateway_->drain(2s);
  EXPECT_EQ(gateway_->connection_count(), 1u);
  const Answered last = get("/readyz");
  EXPECT_EQ(last.status, 503);
  EXPECT_THAT(last.head, HasSubstr("Connection: close"));
  EXPECT_EQ(client().read(1), "");
  client_.reset();
  for (int i = 0; i < 1000 && gateway_->connection_count() > 0; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(gateway_->connection_count(), 0u);
  EXPECT_EQ(TestClient(address_).say("GET", "/healthz", {}, {}).status, 200);
}

TEST_F(GatewayTest, lets_pages_from_elsewhere_do_nothing) {
  options_.origins = {"https://console.example"};
  const std::string_view body = R"({"body":"x"})";
  const Answered refused =
      client().say("POST", "/v1/topics/orders/messages", body, "Origin: https://evil.example\r\n");
  EXPECT_EQ(refused.status, 403) << refused.body;
  EXPECT_TRUE(broker_.messages("orders").empty());
  TestClient page(address_);
  const Answered asked =
      page.say("OPTIONS", "/v1/topics/orders/messages", {},
               "Origin: https://console.example\r\nAccess-Control-Request-Method: POST\r\n"
               "Access-Control-Request-Headers: content-type\r\n");
  EXPECT_EQ(asked.status, 204);
  EXPECT_THAT(asked.head, HasSubstr("Access-Control-Allow-Origin: https://console.example\r\n"));
  EXPECT_THAT(asked.head, HasSubstr("Access-Control-Allow-Headers: content-type\r\n"));
  const Answered sent =
      page.say("POST", "/v1/topics/orders/messages", body,
               "Origin: https://console.example\r\nContent-Type: application/json\r\n");
  EXPECT_EQ(sent.status, 200) << sent.body;
  EXPECT_THAT(sent.head, HasSubstr("Access-Control-Allow-Origin: https://console.example\r\n"));
}

TEST_F(GatewayTest, lets_nobody_do_more_than_allowed) {
  options_.right_max = Right::read;
  EXPECT_EQ(get("/v1/topics/orders").status, 200);
  const Answered refused = client().say("DELETE", "/v1/topics/orders", {}, {});
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.json()["detail"], HasSubstr("admin=all"));
  EXPECT_EQ(get("/v1/topics/orders").status, 200);
  send("still there");
}

TEST_F(GatewayTest, gives_clients_and_topics_only_so_much) {
  options_.messages_per_second = 0.01;
  send("a");
  const Answered refused = post("/v1/topics/orders/messages", R"({"body":"b"})");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.head, HasSubstr("Retry-After: "));
  EXPECT_EQ(broker_.messages("orders").size(), 1u);
  options_.requests_per_second = 0.01;
  client_.reset();
  gateway_.reset();
  EXPECT_EQ(get("/v1/topics").status, 200);
  EXPECT_EQ(get("/v1/topics").status, 429);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(GatewayTest, lets_programs_use_it_where_nobody_may_look) {
  options_.right_max = Right::use;
  EXPECT_EQ(get("/v1/topics").status, 403);
  send("a");
  EXPECT_EQ(receive().size(), 1u);
}

TEST_F(GatewayTest, is_not_ready_without_a_cluster) {
  options_.cluster.name_servers = "127.0.0.1:1";
  EXPECT_EQ(get("/readyz").status, 503);
  const Answered sent = post("/v1/topics/orders/messages", R"({"body":"x"})");
  EXPECT_EQ(sent.status, 503) << sent.body;
}

TEST_F(GatewayTest, does_not_listen_with_options_that_cannot_be) {
  options_.cluster.name_servers = "nonsense";
  Gateway gateway(loop_, options_);
  EXPECT_FALSE(gateway.listen("127.0.0.1:0"));
}

TEST_F(GatewayTest, ends_while_requests_wait) {
  client();
  TestClient waits(address_);
  waits.write("GET /v1/groups/g/messages?topic=orders&wait=20s HTTP/1.1\r\n\r\n");
  TestClient asks(address_);
  broker_.delay(RequestCode::get_topic_stats_info, 2s);
  asks.write("GET /v1/topics/orders/stats HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(200ms);
  gateway_.reset();
  EXPECT_EQ(waits.read(1), "");
}

}  // namespace
}  // namespace rocketmq::gateway
