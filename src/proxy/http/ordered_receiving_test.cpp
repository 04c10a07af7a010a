#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "proxy/http/testing_gateway.h"
#include "proxy/http/testing_socket.h"

// Whole ways in order, in front of brokers that know POP and of such that do not.

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> bodies(const Json& messages) {
  std::vector<std::string> found;
  for (const Json& message : messages) found.push_back(message["body"]);
  return found;
}

class OrderedReceivingTest : public GatewayTest, public ::testing::WithParamInterface<bool> {
 protected:
  OrderedReceivingTest() {
    if (!has_pop()) {
      broker_.fail_next(RequestCode::polling_info, 1000, ResponseCode::request_code_not_supported);
    }
  }
  static bool has_pop() { return GetParam(); }

  // All in the same queue.
  void send_in_order(std::string_view group, std::initializer_list<std::string_view> messages) {
    for (const std::string_view body : messages) {
      const Answered sent = post("/v1/topics/orders/messages",
                                 str(R"({"body":")", body, R"(","group":")", group, R"("})"));
      ASSERT_EQ(sent.status, 200) << sent.body;
    }
  }
  Json receive(std::string_view more) { return GatewayTest::receive(str(R"("fifo":true,)", more)); }
  std::string settle(std::string_view how, const Json& message, std::string_view more = {}) {
    const std::string receipts = str(R"({"receipts":[)", to_text(message["receipt"]), "]");
    return post(str("/v1/groups/g/messages:", how), str(receipts, more, "}"))
        .json()["results"][0]["status"];
  }
};

std::string name_of(const ::testing::TestParamInfo<bool>& has_pop) {
  return has_pop.param ? "with_pop" : "without_pop";
}
INSTANTIATE_TEST_SUITE_P(Brokers, OrderedReceivingTest, ::testing::Bool(), name_of);

TEST_P(OrderedReceivingTest, lends_the_next_when_the_one_before_is_done) {
  send_in_order("user-9", {"1", "2", "3"});
  const Json first = receive(R"("wait":"5s","max":1)");
  ASSERT_THAT(bodies(first), ElementsAre("1"));
  EXPECT_THAT(receive(R"("wait":0)"), IsEmpty());
  EXPECT_EQ(settle("ack", first[0]), "ok");
  const Json others = receive(R"("wait":"5s")");
  EXPECT_THAT(bodies(others), ElementsAre("2", "3"));
  EXPECT_EQ(settle("ack", others[1]), "ok");
  EXPECT_THAT(receive(R"("wait":0)"), IsEmpty()) << "2 is lent";
  EXPECT_EQ(settle("ack", others[0]), "ok");
  send_in_order("user-9", {"4"});
  EXPECT_THAT(bodies(receive(R"("wait":"5s")")), ElementsAre("4"));
}

TEST_P(OrderedReceivingTest, lends_the_same_again_that_was_given_back) {
  send_in_order("user-9", {"1", "2"});
  const Json first = receive(R"("wait":"5s","max":1)");
  ASSERT_THAT(bodies(first), ElementsAre("1"));
  EXPECT_EQ(settle("nack", first[0], R"(,"delay":"1s")"), "ok");
  EXPECT_THAT(receive(R"("wait":0)"), IsEmpty());
  const Json again = receive(R"("wait":"20s","max":1)");
  ASSERT_THAT(bodies(again), ElementsAre("1"));
  EXPECT_EQ(again[0]["deliveryAttempt"], 2);
  EXPECT_EQ(settle("ack", again[0]), "ok");
  EXPECT_THAT(bodies(receive(R"("wait":"5s")")), ElementsAre("2"));
}

TEST_P(OrderedReceivingTest, lends_the_same_again_whose_time_is_over) {
  send_in_order("user-9", {"1", "2"});
  const Json first = receive(R"("wait":"5s","max":1,"invisible":"1s")");
  ASSERT_THAT(bodies(first), ElementsAre("1"));
  const Json again = receive(R"("wait":"20s")");
  EXPECT_THAT(bodies(again), ElementsAre("1", "2"));
  EXPECT_EQ(settle("ack", first[0]), "gone");
}

TEST_P(OrderedReceivingTest, goes_on_behind_what_is_a_dead_letter) {
  send_in_order("user-9", {"bad", "good"});
  EXPECT_EQ(settle("deadletter", receive(R"("wait":"5s","max":1)")[0]), "ok");
  EXPECT_THAT(bodies(receive(R"("wait":"5s")")), ElementsAre("good"));
  EXPECT_EQ(broker_.messages("%DLQ%g").size(), 1u);
}

// Two at once, and what has a5 in it is given back the first time.
TEST_P(OrderedReceivingTest, keeps_order_by_key_whoever_receives) {
  constexpr int each = 15;
  const std::vector<std::string> keys{"a", "b", "c", "d"};
  std::string list;
  for (int i = 0; i < each; ++i) {
    for (const std::string& key : keys) {
      if (!list.empty()) list += ',';
      list += str(R"({"body":")", key, i, R"(","group":")", key, R"("})");
    }
  }
  ASSERT_EQ(post("/v1/topics/orders/messages", str(R"({"messages":[)", list, "]}")).status, 200);

  std::mutex mutex;
  std::map<std::string, int> next;  // of a key: what is to be done
  std::vector<std::string> wrong;
  int left = each * static_cast<int>(keys.size());
  const auto work = [&] {
    TestClient peer(address_);
    for (int tries = 0; tries < 300; ++tries) {
      const Json got = peer.say("POST", "/v1/groups/g/messages:receive",
                                R"({"topic":"orders","from":"earliest","fifo":true,"max":3,)"
                                R"("wait":"1s"})")
                           .json();
      std::string receipts;
      std::map<std::string, int> here;  // `next` behind these
      bool is_good = true;
      for (const Json& message : got["messages"]) {
        const std::string body = message["body"];
        const std::string key = body.substr(0, 1);
        if (body == "a5" && message["deliveryAttempt"] == 1) is_good = false;
        receipts += str(receipts.empty() ? "" : ",", to_text(message["receipt"]));
        const std::lock_guard lock(mutex);
        const int expected = here.contains(key) ? here[key] : next[key];
        if (std::stoi(body.substr(1)) != expected) wrong.push_back(body);
        here[key] = expected + 1;
      }
      if (!is_good) {
        peer.say("POST", "/v1/groups/g/messages:nack",
                 str(R"({"delay":"1s","receipts":[)", receipts, "]}"));
        continue;
      }
      {
        const std::lock_guard lock(mutex);
        for (const auto& [key, after] : here) left -= after - std::exchange(next[key], after);
        if (left <= 0) return;
      }
      if (here.empty()) continue;
      peer.say("POST", "/v1/groups/g/messages:ack", str(R"({"receipts":[)", receipts, "]}"));
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(left, 0);
  EXPECT_THAT(wrong, IsEmpty());
}

TEST_P(OrderedReceivingTest, streams_one_after_the_other) {
  send_in_order("user-9", {"1", "2"});
  TestClient peer((client(), address_));
  peer.write("GET /v1/groups/g/stream?topic=orders&from=earliest&fifo=true&max=1 HTTP/1.1\r\n\r\n");
  peer.read_until("\r\n\r\n");
  std::string event = peer.read_until("\n\n");
  EXPECT_THAT(event, HasSubstr("\"body\":\"1\""));
  EXPECT_THAT(receive(R"("wait":0)"), IsEmpty());
  const std::size_t at = event.find("data: ") + 6;
  EXPECT_EQ(settle("ack", Json::parse(event.substr(at, event.find('\n', at) - at))), "ok");
  EXPECT_THAT(peer.read_until("\n\n"), HasSubstr("\"body\":\"2\""));
}

TEST_P(OrderedReceivingTest, delivers_one_after_the_other_over_a_socket) {
  send_in_order("user-9", {"1", "2"});
  TestSocket socket((client(), address_));
  const Json subscribed = socket.ask(
      R"({"op":"subscribe","id":1,"sub":"s","group":"g","topic":"orders","from":"earliest","fifo":true,"credit":1})");
  EXPECT_EQ(subscribed["op"], "ok") << subscribed;
  const Json first = socket.read("deliver");
  EXPECT_EQ(first["message"]["body"], "1");
  socket.write(R"({"op":"credit","sub":"s","n":5})");
  EXPECT_THAT(receive(R"("wait":0)"), IsEmpty());
  socket.write(R"({"op":"ping","id":7})");
  EXPECT_EQ(socket.read()["op"], "pong") << "though there is credit";
  socket.write(str(R"({"op":"ack","receipts":[)", to_text(first["message"]["receipt"]), "]}"));
  EXPECT_EQ(socket.read("deliver")["message"]["body"], "2");
}

// ---- without POP only

class OrderedLeasesTest : public OrderedReceivingTest {};
INSTANTIATE_TEST_SUITE_P(Brokers, OrderedLeasesTest, ::testing::Values(false));

TEST_P(OrderedLeasesTest, has_the_locks_of_its_queues) {
  send_in_order("user-9", {"1"});
  EXPECT_EQ(receive(R"("wait":"5s")").size(), 1u);
  EXPECT_GE(broker_.requests(RequestCode::lock_batch_mq), 1u);
  client_.reset();
  gateway_.reset();
  for (int i = 0; i < 100 && broker_.requests(RequestCode::unlock_batch_mq) == 0; ++i) {
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_GE(broker_.requests(RequestCode::unlock_batch_mq), 1u);
}

TEST_P(OrderedLeasesTest, reads_nothing_without_a_lock) {
  broker_.fail_next(RequestCode::lock_batch_mq, 1000, ResponseCode::system_error);
  send_in_order("user-9", {"1"});
  EXPECT_THAT(receive(R"("wait":0)"), IsEmpty()) << "not even as long as the first one waits";
}

TEST_P(OrderedLeasesTest, keeps_what_is_given_back_for_long) {
  options_.leases.kept_delay_max = 0ms;
  send_in_order("user-9", {"1", "2"});
  EXPECT_EQ(settle("nack", receive(R"("wait":"5s","max":1)")[0], R"(,"delay":"1s")"), "ok");
  EXPECT_THAT(bodies(receive(R"("wait":"20s")")), ElementsAre("1", "2"));
  EXPECT_EQ(broker_.requests(RequestCode::consumer_send_msg_back), 0u);
}

TEST_P(OrderedLeasesTest, is_for_all_who_receive_or_for_nobody) {
  send_in_order("user-9", {"1"});
  const Json got = receive(R"("wait":"5s")");
  ASSERT_EQ(got.size(), 1u);
  const auto receive_unordered = [this] {
    return post("/v1/groups/g/messages:receive",
                R"({"topic":"orders","from":"earliest","wait":"5s"})");
  };
  const Answered refused = receive_unordered();
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_THAT(std::string(refused.json()["detail"]), HasSubstr("fifo"));
  EXPECT_EQ(settle("ack", got[0]), "ok");
  send_in_order("user-9", {"2", "3"});
  const Json after = receive_unordered().json()["messages"];
  EXPECT_FALSE(after.empty());
}

}  // namespace
}  // namespace rocketmq::gateway
