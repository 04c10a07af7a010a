#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "proxy/http/testing_gateway.h"

// Messages out over HTTP, a real broker with POP behind it. Without POP: pull_leases_test.cpp.

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class ReceivingTest : public GatewayTest {};

TEST_F(ReceivingTest, lends_messages_until_they_are_acknowledged) {
  send("1");
  const Json got = receive();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0]["body"], "1");
  EXPECT_EQ(got[0]["deliveryAttempt"], 1);
  const std::string receipt = got[0]["receipt"];
  EXPECT_TRUE(receive(R"("wait":0)").empty()) << "it is lent";
  const std::string acks = str(R"({"receipts":[")", receipt, R"(","P1.nonsense"]})");
  const Json results = post("/v1/groups/g/messages:ack", acks).json()["results"];
  EXPECT_EQ(results[0]["status"], "ok");
  EXPECT_EQ(results[1]["status"], "error");
  EXPECT_EQ(results[1]["problem"]["type"], "/problems/invalid-receipt");
  EXPECT_EQ(post("/v1/groups/other/messages:ack", acks).json()["results"][0]["status"], "error")
      << "it is the group's";
}

TEST_F(ReceivingTest, any_gateway_may_acknowledge) {
  send("1");
  const Json got = receive(R"("wait":"5s","invisible":"2s")");
  ASSERT_EQ(got.size(), 1u);
  Gateway second(loop_, options_);
  TestClient other(second.listen("127.0.0.1:0").value());
  const Answered acked = other.say("POST", "/v1/groups/g/messages:ack",
                                   str(R"({"receipts":[)", to_text(got[0]["receipt"]), "]}"));
  EXPECT_EQ(acked.json()["results"][0]["status"], "ok") << acked.body;
  EXPECT_TRUE(receive(R"("wait":"4s")").empty()) << "it does not come again";
}

TEST_F(ReceivingTest, gives_a_message_back) {
  send("1");
  const Json first = receive();
  const Answered nack = post("/v1/groups/g/messages:nack", str(R"({"delay":"1s","receipts":[)",
                                                               to_text(first[0]["receipt"]), "]}"));
  EXPECT_EQ(nack.json()["results"][0]["status"], "ok") << nack.body;
  const Json again = receive(R"("wait":"20s")");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0]["id"], first[0]["id"]);
  EXPECT_EQ(again[0]["deliveryAttempt"], 2);
}

TEST_F(ReceivingTest, extends_a_lease) {
  send("1");
  const Json got = receive(R"("wait":"5s","invisible":"2s")");
  const Answered extended =
      post("/v1/groups/g/messages:extend",
           str(R"({"invisible":"1h","receipt":)", to_text(got[0]["receipt"]), "}"));
  ASSERT_EQ(extended.status, 200) << extended.body;
  EXPECT_TRUE(receive(R"("wait":"4s")").empty());
  const Answered acked = post("/v1/groups/g/messages:ack",
                              str(R"({"receipts":[)", to_text(extended.json()["receipt"]), "]}"));
  EXPECT_EQ(acked.json()["results"][0]["status"], "ok") << acked.body;
  const Answered late =
      post("/v1/groups/g/messages:extend", str(R"({"receipt":)", to_text(got[0]["receipt"]), "}"));
  EXPECT_EQ(late.status, 410) << late.body;
}

TEST_F(ReceivingTest, buries_a_message) {
  send("bad");
  const Json got = receive();
  const Answered buried = post("/v1/groups/g/messages:deadletter",
                               str(R"({"receipts":[)", to_text(got[0]["receipt"]), "]}"));
  EXPECT_EQ(buried.json()["results"][0]["status"], "ok") << buried.body;
  const auto dead = broker_.messages("%DLQ%g");
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].body(), "bad");
}

TEST_F(ReceivingTest, reads_once_for_those_who_only_look) {
  send("1");
  const Answered got = get("/v1/groups/g/messages?topic=orders&from=earliest&autoAck=true&wait=5s");
  ASSERT_EQ(got.status, 200) << got.body;
  ASSERT_EQ(got.json()["messages"].size(), 1u);
  EXPECT_FALSE(got.json()["messages"][0].contains("receipt"));
}

TEST_F(ReceivingTest, filters) {
  for (const char* tag : {"A", "B"}) {
    post("/v1/topics/orders/messages", str(R"({"body":"x","tag":")", tag, R"("})"));
  }
  const Json got = receive(R"("wait":"5s","filter":{"type":"tag","expression":"B"})");
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0]["tag"], "B");
  EXPECT_EQ(post("/v1/groups/g/messages:receive",
                 R"({"topic":"orders","filter":{"type":"xpath","expression":"/"}})")
                .status,
            400);
}

TEST_F(ReceivingTest, gives_back_what_came_for_a_peer_that_has_gone) {
  client();
  {
    TestClient impatient(address_);
    impatient.write(str("POST /v1/groups/g/messages:receive HTTP/1.1\r\n"
                        "Content-Type: application/json\r\nContent-Length: 61\r\n\r\n",
                        R"({"topic":"orders","from":"earliest","wait":"20s", "max": 32 } )")
                        .substr(0, 1000));
    std::this_thread::sleep_for(300ms);
  }
  send("1");
  const Json got = receive(R"("wait":"20s")");
  ASSERT_EQ(got.size(), 1u) << "not only after a minute";
  EXPECT_THAT(get("/metrics").body, HasSubstr("rocketmq_gateway_messages_given_back_total 1"));
}

TEST_F(ReceivingTest, streams_events) {
  send("first");
  TestClient peer((client(), address_));
  peer.write("GET /v1/groups/g/stream?topic=orders&from=earliest HTTP/1.1\r\n\r\n");
  EXPECT_THAT(peer.read_until("\r\n\r\n"), HasSubstr("Content-Type: text/event-stream\r\n"));
  const std::string first = peer.read_until("\n\n");
  EXPECT_THAT(first, HasSubstr("event: message\ndata: {"));
  EXPECT_THAT(first, HasSubstr("\"body\":\"first\""));
  send("second");
  EXPECT_THAT(peer.read_until("\n\n"), HasSubstr("\"body\":\"second\""));
}

TEST_F(ReceivingTest, pops_where_brokers_can) {
  send("1");
  EXPECT_EQ(receive().size(), 1u);
  receive(R"("wait":0)");
  EXPECT_EQ(broker_.requests(RequestCode::polling_info), 1u) << "they are not asked each time";
  EXPECT_GE(broker_.requests(RequestCode::pop_message), 2u);
  EXPECT_EQ(broker_.requests(RequestCode::pull_message), 0u);
}

}  // namespace
}  // namespace rocketmq::gateway
