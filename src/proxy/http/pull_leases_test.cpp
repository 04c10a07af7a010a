#include "proxy/http/pull_leases.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "proxy/http/testing_gateway.h"
#include "proxy/http/testing_socket.h"

// Whole ways, in front of a broker that says it knows no POP.

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class PullLeasesTest : public GatewayTest {
 protected:
  PullLeasesTest() {
    broker_.fail_next(RequestCode::polling_info, 1000, ResponseCode::request_code_not_supported);
    broker_.fail_next(RequestCode::pop_message, 1000, ResponseCode::request_code_not_supported);
  }

  // What became of the one receipt.
  std::string settle(std::string_view how, const Json& receipt, std::string_view more = {}) {
    const Answered said = post(str("/v1/groups/g/messages:", how),
                               str(R"({"receipts":[)", to_text(receipt), "]", more, "}"));
    EXPECT_EQ(said.status, 200) << said.body;
    return said.json()["results"][0]["status"];
  }
  std::string ack(const Json& message) { return settle("ack", message["receipt"]); }
  void start_again() {
    client_.reset();
    gateway_.reset();
  }
};

TEST_F(PullLeasesTest, lends_messages_until_they_are_acknowledged) {
  send("1");
  const Json got = receive();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0]["body"], "1");
  EXPECT_EQ(got[0]["topic"], "orders");
  EXPECT_EQ(got[0]["deliveryAttempt"], 1);
  EXPECT_THAT(std::string(got[0]["receipt"]), ::testing::StartsWith("P1."));
  EXPECT_TRUE(receive(R"("wait":0)").empty()) << "it is lent";
  EXPECT_EQ(ack(got[0]), "ok");
  EXPECT_EQ(ack(got[0]), "gone");
  EXPECT_EQ(post("/v1/groups/other/messages:ack",
                 str(R"({"receipts":[)", to_text(got[0]["receipt"]), "]}"))
                .json()["results"][0]["status"],
            "error")
      << "it is the group's";
}

TEST_F(PullLeasesTest, lends_again_what_is_not_acknowledged_in_time) {
  send("1");
  const Json first = receive(R"("wait":"5s","invisible":"1s")");
  ASSERT_EQ(first.size(), 1u);
  const Json again = receive(R"("wait":"20s")");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0]["id"], first[0]["id"]);
  EXPECT_EQ(again[0]["deliveryAttempt"], 2);
  EXPECT_EQ(ack(first[0]), "gone");
  EXPECT_EQ(ack(again[0]), "ok");
}

TEST_F(PullLeasesTest, extends_a_lease) {
  send("1");
  const Json got = receive(R"("wait":"5s","invisible":"2s")");
  const Answered extended =
      post("/v1/groups/g/messages:extend",
           str(R"({"invisible":"10m","receipt":)", to_text(got[0]["receipt"]), "}"));
  ASSERT_EQ(extended.status, 200) << extended.body;
  EXPECT_TRUE(receive(R"("wait":"3s")").empty());
  EXPECT_EQ(settle("ack", extended.json()["receipt"]), "ok");
  const Answered late =
      post("/v1/groups/g/messages:extend", str(R"({"receipt":)", to_text(got[0]["receipt"]), "}"));
  EXPECT_EQ(late.status, 410) << late.body;
}

TEST_F(PullLeasesTest, keeps_what_is_given_back_for_a_short_while) {
  send("1");
  const Json first = receive();
  EXPECT_EQ(settle("nack", first[0]["receipt"], R"(,"delay":"1s")"), "ok");
  EXPECT_TRUE(receive(R"("wait":0)").empty());
  const Json again = receive(R"("wait":"20s")");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0]["deliveryAttempt"], 2);
  EXPECT_EQ(broker_.requests(RequestCode::consumer_send_msg_back), 0u);
}

TEST_F(PullLeasesTest, gives_to_the_broker_what_is_given_back_for_longer) {
  options_.leases.kept_delay_max = 0ms;
  send("1");
  const Json first = receive();
  EXPECT_EQ(settle("nack", first[0]["receipt"], R"(,"delay":"1s")"), "ok");
  EXPECT_EQ(broker_.requests(RequestCode::consumer_send_msg_back), 1u);
  const Json again = receive(R"("wait":"20s")");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0]["topic"], "orders") << "not the retry topic";
  EXPECT_EQ(again[0]["body"], "1");
  EXPECT_EQ(again[0]["deliveryAttempt"], 2);
  EXPECT_EQ(ack(again[0]), "ok");
}

TEST_F(PullLeasesTest, keeps_what_the_broker_does_not_take_back) {
  options_.leases.kept_delay_max = 0ms;
  send("1");
  const Json first = receive();
  broker_.fill_disk(true);
  broker_.fail_next(RequestCode::consumer_send_msg_back, 1, ResponseCode::system_error, "full");
  EXPECT_EQ(settle("nack", first[0]["receipt"], R"(,"delay":"1s")"), "error");
  broker_.fill_disk(false);
  EXPECT_EQ(receive(R"("wait":"20s")").size(), 1u);
}

TEST_F(PullLeasesTest, buries_a_message) {
  send("bad");
  EXPECT_EQ(settle("deadletter", receive()[0]["receipt"]), "ok");
  const auto dead = broker_.messages("%DLQ%g");
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].body(), "bad");
}

TEST_F(PullLeasesTest, begins_again_behind_what_is_done) {
  for (int i = 0; i < 8; ++i) send(str(i));
  std::vector<Json> all;
  while (all.size() < 8) {
    for (const Json& message : receive()) all.push_back(message);
  }
  for (const Json& message : all) {
    if (message["body"] != "3") {
      EXPECT_EQ(ack(message), "ok");
    }
  }
  const Json left =
      *std::ranges::find(all, Json("3"), [](const Json& each) { return each["body"]; });
  std::set<std::string> wanted;
  for (const Json& message : all) {
    const bool is_behind = message["queue"] == left["queue"] && message["offset"] >= left["offset"];
    if (is_behind) wanted.insert(message["body"]);
  }
  start_again();
  std::set<std::string> again;
  for (const Json& message : receive()) again.insert(message["body"]);
  for (const Json& message : receive(R"("wait":"3s")")) again.insert(message["body"]);
  EXPECT_EQ(again, wanted);
}

TEST_F(PullLeasesTest, knows_no_receipts_of_before) {
  send("1");
  const Json got = receive();
  start_again();
  EXPECT_EQ(ack(got[0]), "gone");
  EXPECT_EQ(receive().size(), 1u);
  EXPECT_EQ(ack(got[0]), "gone") << "though it lends now";
}

TEST_F(PullLeasesTest, leaves_a_group_that_nobody_receives_for) {
  options_.leases.idle_timeout = 100ms;
  send("1");
  EXPECT_EQ(ack(receive()[0]), "ok");
  const auto leaves = [this] { return broker_.requests(RequestCode::unregister_client); };
  for (int tries = 0; tries < 200 && leaves() == 0; ++tries) std::this_thread::sleep_for(50ms);
  EXPECT_EQ(leaves(), 1u);
  send("2");
  const Json got = receive();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0]["body"], "2");
}

TEST_F(PullLeasesTest, holds_no_more_of_a_queue_than_it_may) {
  options_.leases.messages_max = 2;
  for (int i = 0; i < 80; ++i) send("x");
  std::set<std::string> ids;
  for (int rounds = 0; ids.size() < 80 && rounds < 200; ++rounds) {
    const Json got = receive(R"("wait":"5s","max":32)");
    for (const Json& message : got) {
      EXPECT_TRUE(ids.insert(message["id"]).second) << "twice";
      EXPECT_EQ(ack(message), "ok");
    }
  }
  EXPECT_EQ(ids.size(), 80u);
}

TEST_F(PullLeasesTest, has_one_filter_for_each_topic_of_a_group) {
  post("/v1/topics/orders/messages", R"({"body":"x","tag":"A"})");
  post("/v1/topics/orders/messages", R"({"body":"x","tag":"B"})");
  const Json got = receive(R"("wait":"5s","filter":{"expression":"B"})");
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0]["tag"], "B");
  const auto receive_all = [this] {
    return post("/v1/groups/g/messages:receive",
                R"({"topic":"orders","from":"earliest","wait":"5s"})");
  };
  EXPECT_EQ(receive_all().status, 409);
  EXPECT_EQ(ack(got[0]), "ok");
  EXPECT_EQ(receive_all().status, 200) << "nobody has anything of the old filter any more";
}

TEST_F(PullLeasesTest, refuses_what_it_cannot_hold) {
  options_.leases.subscriptions_max = 1;
  EXPECT_TRUE(broker_.create_topic("more", 1));
  const Answered longer =
      post("/v1/groups/g/messages:receive", R"({"topic":"orders","invisible":"16m","wait":0})");
  EXPECT_EQ(longer.status, 400);
  EXPECT_THAT(longer.body, HasSubstr("extend it again"));
  receive(R"("wait":0)");
  EXPECT_EQ(post("/v1/groups/h/messages:receive", R"({"topic":"orders","wait":0})").status, 429);
  EXPECT_EQ(post("/v1/groups/g/messages:receive", R"({"topic":"more","wait":0})").status, 429);
  EXPECT_EQ(post("/v1/groups/g/messages:receive", R"({"topic":"nowhere","wait":0})").status, 404);
}

TEST_F(PullLeasesTest, reads_once_for_those_who_only_look) {
  send("1");
  const char* const look =
      "/v1/groups/g/messages?topic=orders&from=earliest&autoAck=true&invisible=1s";
  EXPECT_EQ(get(look).json()["messages"].size(), 1u) << "even without waiting, the first time";
  std::this_thread::sleep_for(1100ms);
  EXPECT_EQ(get(look).json()["messages"].size(), 0u);
}

TEST_F(PullLeasesTest, lends_nothing_to_a_peer_that_has_gone) {
  client();
  {
    TestClient impatient(address_);
    const std::string body = R"({"topic":"orders","from":"earliest","wait":"20s"})";
    impatient.write(
        str("POST /v1/groups/g/messages:receive HTTP/1.1\r\n"
            "Content-Type: application/json\r\nContent-Length: ",
            body.size(), "\r\n\r\n", body));
    std::this_thread::sleep_for(300ms);
  }
  send("1");
  const Json got = receive(R"("wait":"20s")");
  ASSERT_EQ(got.size(), 1u) << "not only after a minute";
  EXPECT_EQ(got[0]["deliveryAttempt"], 1);
}

TEST_F(PullLeasesTest, streams_events) {
  send("first");
  TestClient peer((client(), address_));
  peer.write("GET /v1/groups/g/stream?topic=orders&from=earliest HTTP/1.1\r\n\r\n");
  EXPECT_THAT(peer.read_until("\n\n"), HasSubstr("\"body\":\"first\""));
  send("second");
  EXPECT_THAT(peer.read_until("\n\n"), HasSubstr("\"body\":\"second\""));
}

TEST_F(PullLeasesTest, delivers_over_a_socket_as_much_as_there_is_credit_for) {
  for (int i = 0; i < 3; ++i) send("x");
  TestSocket socket((client(), address_));
  const Json subscribed = socket.ask(
      R"({"op":"subscribe","id":1,"sub":"s","group":"g","topic":"orders","from":"earliest","credit":2})");
  EXPECT_EQ(subscribed["op"], "ok") << subscribed;
  std::set<std::string> ids;
  const Json first = socket.read("deliver");
  ids.insert(first["message"]["id"]);
  ids.insert(socket.read("deliver")["message"]["id"]);
  socket.write(R"({"op":"ping","id":7})");
  EXPECT_EQ(socket.read()["op"], "pong") << "with all credit used";
  socket.write(str(R"({"op":"ack","receipts":[)", to_text(first["message"]["receipt"]), "]}"));
  ids.insert(socket.read("deliver")["message"]["id"]);
  EXPECT_EQ(ids.size(), 3u);
}

}  // namespace
}  // namespace rocketmq::gateway
