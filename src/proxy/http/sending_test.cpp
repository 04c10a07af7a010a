#include <gmock/gmock.h>
#include <rocketmq/rocketmq.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>

#include "proxy/http/testing_gateway.h"

// Messages in over HTTP, a real broker behind it.

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SendingTest : public GatewayTest {};

TEST_F(SendingTest, sends_a_message) {
  const Answered sent =
      post("/v1/topics/orders/messages",
           R"({"body":"hello","tag":"A","keys":["o-17"],"properties":{"k":"v"}})");
  EXPECT_EQ(sent.status, 200) << sent.body;
  const Json result = sent.json()["results"][0];
  EXPECT_EQ(result["status"], "ok");
  const auto stored = broker_.messages("orders");
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].body(), "hello");
  EXPECT_EQ(stored[0].tag(), "A");
  EXPECT_EQ(stored[0].property("k"), "v");
  EXPECT_EQ(result["id"], stored[0].message_id());
  EXPECT_EQ(result["queue"]["id"], stored[0].queue().queue_id);
}

TEST_F(SendingTest, gives_a_message_the_id_that_is_asked_for) {
  const auto send_as = [this](std::string_view key, std::string_view type, std::string_view body) {
    return client().say("POST", "/v1/topics/orders/messages", body,
                        str("Content-Type: ", type, "\r\nIdempotency-Key: ", key, "\r\n"));
  };
  const Answered sent = send_as("order-17", "application/json", R"({"body":"x"})");
  EXPECT_EQ(sent.json()["results"][0]["id"], "order-17") << sent.body;
  EXPECT_EQ(send_as(R"("order-18")", "text/plain", "x").json()["id"], "order-18");
  const auto stored = broker_.messages("orders");
  ASSERT_EQ(stored.size(), 2u);
  for (const MessageView& message : stored) {
    EXPECT_THAT(std::string(message.message_id()), StartsWith("order-1"));
  }
  EXPECT_EQ(get("/v1/topics/orders/messages/order-17").json()["body"], "x");
  EXPECT_EQ(send_as("a b", "text/plain", "x").status, 400);
  EXPECT_EQ(send_as(std::string(129, 'x'), "text/plain", "x").status, 400);
  const char* const two = R"({"messages":[{"body":"1"},{"body":"2"}]})";
  EXPECT_EQ(send_as("k", "application/json", two).status, 400);
  EXPECT_EQ(send_as("k", "application/x-ndjson", R"({"body":"1"})").status, 400);
  EXPECT_EQ(broker_.messages("orders").size(), 2u);
}

TEST_F(SendingTest, sends_several_and_says_what_became_of_each) {
  const Answered sent =
      post("/v1/topics/orders/messages",
           R"({"messages":[{"body":"1"},{"body":""},{"body":"3","tag":5},{"body":"4"}]})");
  EXPECT_EQ(sent.status, 200) << sent.body;
  const Json results = sent.json()["results"];
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0]["status"], "ok");
  EXPECT_EQ(results[1]["status"], "error");
  EXPECT_EQ(results[1]["problem"]["status"], 400);
  EXPECT_EQ(results[2]["problem"]["errors"][0]["pointer"], "/messages/2/tag");
  EXPECT_EQ(results[3]["index"], 3);
  EXPECT_EQ(broker_.messages("orders").size(), 2u);
}

TEST_F(SendingTest, refuses_what_nobody_can_send) {
  EXPECT_EQ(post("/v1/topics/orders/messages", R"({"messages":[{"body":""}]})").status, 400);
  EXPECT_EQ(post("/v1/topics/orders/messages", R"({"messages":[]})").status, 400);
  EXPECT_EQ(post("/v1/topics/orders/messages", "{").status, 400);
  EXPECT_EQ(post("/v1/topics/a%20b/messages", R"({"body":"x"})").json()["type"],
            "/problems/illegal-topic");
  client_.emplace(address_);  // refused before the body was read, which ends a connection
  EXPECT_EQ(client()
                .say("POST", "/v1/topics/orders/messages", "a=b",
                     "Content-Type: application/x-www-form-urlencoded\r\n")
                .status,
            415);
}

TEST_F(SendingTest, says_that_the_broker_is_busy) {
  broker_.fail_next(RequestCode::send_message, 100, ResponseCode::system_busy, "too much");
  const Answered busy = post("/v1/topics/orders/messages", R"({"body":"x"})");
  EXPECT_EQ(busy.status, 429) << busy.body;
  EXPECT_EQ(busy.json()["remotingCode"], 2);
  EXPECT_EQ(busy.json()["results"][0]["status"], "error");
}

TEST_F(SendingTest, sends_bytes_with_headers) {
  const Answered sent = client().say("POST", "/v1/topics/orders/messages", "\xff\x01",
                                     "Content-Type: application/octet-stream\r\nRmq-Tag: B\r\n"
                                     "Rmq-Keys: k1 k2\r\nRmq-Property-color: blue\r\n");
  EXPECT_EQ(sent.status, 201) << sent.body;
  const auto stored = broker_.messages("orders");
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].body(), "\xff\x01");
  EXPECT_EQ(stored[0].property("color"), "blue");
  EXPECT_THAT(stored[0].keys(), ElementsAre("k1", "k2"));
  const std::string location = str("Location: /v1/topics/orders/messages/", stored[0].message_id());
  EXPECT_THAT(sent.head, HasSubstr(location));
}

TEST_F(SendingTest, sends_lines_as_they_come) {
  TestClient& peer = client();
  peer.write(
      "POST /v1/topics/orders/messages HTTP/1.1\r\nContent-Type: application/x-ndjson\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  const auto say = [&peer](std::string_view line) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", line.size());
    peer.write(str(size, line, "\r\n"));
  };
  say("{\"body\":\"1\"}\n{\"bo");
  EXPECT_THAT(peer.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  peer.read_until("\r\n");
  EXPECT_EQ(Json::parse(peer.read_until("\n"))["status"], "ok") << "before the second is whole";
  say("dy\":\"2\"}\n{nonsense\n\n{\"body\":\"3\"}");
  peer.write("0\r\n\r\n");
  const std::string rest = peer.read_until("0\r\n\r\n");
  EXPECT_EQ(std::ranges::count(rest, '{') > 3, true) << rest;
  EXPECT_THAT(rest, HasSubstr("\"index\":2,\"status\":\"error\""));
  EXPECT_THAT(rest, HasSubstr("\"index\":3,\"status\":\"ok\""));
  EXPECT_EQ(broker_.messages("orders").size(), 3u);
  EXPECT_EQ(get("/healthz").status, 200) << "the connection goes on";
}

TEST_F(SendingTest, sends_cloud_events) {
  const Answered one = client().say("POST", "/v1/topics/orders/messages", "<a/>",
                                    "Content-Type: text/xml\r\nce-specversion: 1.0\r\nce-id: "
                                    "1\r\nce-source: /s\r\nce-type: t\r\n");
  EXPECT_EQ(one.status, 201) << one.body;
  const Answered structured =
      client().say("POST", "/v1/topics/orders/messages",
                   R"({"specversion":"1.0","id":"2","source":"/s","type":"t","data":{"a":1}})",
                   "Content-Type: application/cloudevents+json\r\n");
  EXPECT_EQ(structured.status, 201) << structured.body;
  const Answered batch = client().say(
      "POST", "/v1/topics/orders/messages",
      R"([{"specversion":"1.0","id":"3","source":"/s","type":"t","data":1},{"id":"4"}])",
      "Content-Type: application/cloudevents-batch+json\r\n");
  EXPECT_EQ(batch.status, 200) << batch.body;
  EXPECT_EQ(batch.json()["results"][1]["status"], "error");
  std::multiset<std::string> ids;
  for (const auto& message : broker_.messages("orders")) ids.emplace(message.property("ce_id"));
  EXPECT_THAT(ids, ElementsAre("1", "2", "3"));
}

TEST_F(SendingTest, takes_a_timed_message_back) {
  const Answered sent = post("/v1/topics/orders/messages", R"({"body":"later","delayMs":"1h"})");
  ASSERT_EQ(sent.status, 200) << sent.body;
  const std::string handle = sent.json()["results"][0]["recallHandle"];
  EXPECT_EQ(client().say("DELETE", str("/v1/topics/orders/messages/", handle), {}, {}).status, 204);
  EXPECT_EQ(client().say("DELETE", "/v1/topics/orders/messages/nonsense", {}, {}).status, 400);
}

TEST_F(SendingTest, keeps_a_transaction_open) {
  const Answered opened = post("/v1/topics/orders/messages:transaction", R"({"body":"paid"})");
  ASSERT_EQ(opened.status, 202) << opened.body;
  EXPECT_TRUE(broker_.messages("orders").empty());
  const std::string id = opened.json()["transactionId"];
  EXPECT_EQ(post(str("/v1/transactions/", id, ":commit")).status, 204);
  EXPECT_EQ(receive().size(), 1u);
  EXPECT_EQ(post(str("/v1/transactions/", id, ":rollback")).status, 404) << "once only";
  EXPECT_EQ(post("/v1/transactions/none:commit").json()["type"], "/problems/transaction-not-found");
}

TEST_F(SendingTest, rolls_back_a_transaction_that_nobody_ends) {
  options_.transaction_timeout = 50ms;
  const Answered opened = post("/v1/topics/orders/messages:transaction", R"({"body":"lost"})");
  ASSERT_EQ(opened.status, 202);
  std::this_thread::sleep_for(200ms);
  const std::string id = opened.json()["transactionId"];
  EXPECT_EQ(post(str("/v1/transactions/", id, ":commit")).status, 404);
  EXPECT_TRUE(receive(R"("wait":0)").empty());
}

TEST_F(SendingTest, asks_and_gives_the_reply) {
  Client other({.name_servers = broker_.name_server()});
  Producer replies = other.create_producer({.group = "replies"}).value();
  PushConsumer server = other
                            .create_push_consumer({.group = "server",
                                                   .subscriptions = {{"orders"}},
                                                   .start_at = StartAt::earliest,
                                                   .on_message =
                                                       [&replies](const MessageView& message) {
                                                         replies.reply(message, "pong").value();
                                                         return Consumed::ok;
                                                       }})
                            .value();
  const Answered reply =
      post("/v1/topics/orders/messages:request?timeout=20s", R"({"body":"ping"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["body"], "pong");
  server.close();
  EXPECT_EQ(post("/v1/topics/orders/messages:request?timeout=100", R"({"body":"x"})").status, 504);
}

}  // namespace
}  // namespace rocketmq::gateway
