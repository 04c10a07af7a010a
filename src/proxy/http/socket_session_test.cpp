#include "proxy/http/socket_session.h"

#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <vector>

#include "proxy/http/testing_gateway.h"
#include "proxy/http/testing_socket.h"

// Whole ways: frames in, a real broker behind.

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SocketTest : public GatewayTest {
 protected:
  // The gateway's, which is made by then.
  const std::string& address() {
    client();
    return address_;
  }
  static std::string subscribe(std::string_view more) {
    return str(
        R"({"op":"subscribe","id":1,"sub":"s","group":"g","topic":"orders","from":"earliest",)",
        more, "}");
  }
  static std::string ack(const Json& delivered) {
    return str(R"({"op":"ack","receipts":[")", delivered["message"]["receipt"].get<std::string>(),
               R"("]})");
  }
};

TEST_F(SocketTest, welcomes_and_says_its_limits) {
  TestSocket socket(address());
  EXPECT_THAT(socket.head, StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(socket.head, HasSubstr("Sec-WebSocket-Protocol: rmq.v1.json\r\n"));
  const Json welcome = socket.read();
  EXPECT_EQ(welcome["op"], "welcome");
  EXPECT_EQ(welcome["limits"]["creditMax"], 1000);
  EXPECT_EQ(socket.ask(R"({"op":"ping","id":1})"), (Json{{"op", "pong"}, {"id", 1}}));
}

TEST_F(SocketTest, refuses_who_does_not_speak_this) {
  EXPECT_EQ(get("/v1/ws").status, 400);
  EXPECT_THAT(TestSocket(address(), "", "mqtt").head, StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(TestSocket(address(), "Origin: https://evil.example\r\n").head,
              StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(TestSocket(address(), str("Origin: http://", address(), "\r\n")).head,
              StartsWith("HTTP/1.1 101"));
}

TEST_F(SocketTest, asks_who_it_is) {
  options_.tokens = {"t-1"};
  options_.sockets.hello_timeout = 300ms;
  EXPECT_THAT(TestSocket(address(), "Authorization: Bearer wrong\r\n").head,
              StartsWith("HTTP/1.1 401"));
  EXPECT_EQ(TestSocket(address(), "Authorization: Bearer t-1\r\n").read()["op"], "welcome");
  TestSocket browser(address(), "", "bearer.t-1, rmq.v1.json");
  EXPECT_EQ(browser.read()["op"], "welcome");
  EXPECT_THAT(browser.head, Not(HasSubstr("t-1")));
  EXPECT_EQ(TestSocket(address(), "", "rmq.v1.json, bearer.wrong").read()["close"], 4401);
  TestSocket says(address());
  says.write(R"({"op":"hello","token":"t-1"})");
  EXPECT_EQ(says.read()["op"], "welcome");
  TestSocket lies(address());
  lies.write(R"({"op":"hello","token":"t-2"})");
  EXPECT_EQ(lies.read()["close"], 4401);
  TestSocket rushes(address());
  rushes.write(R"({"op":"publish","id":1,"topic":"orders","message":{"body":"x"}})");
  EXPECT_EQ(rushes.read()["close"], 4401);
  EXPECT_EQ(TestSocket(address()).read()["close"], 4408);
  EXPECT_TRUE(broker_.messages("orders").empty());
}

TEST_F(SocketTest, publishes) {
  TestSocket socket(address());
  const Json sent = socket.ask(
      R"({"op":"publish","id":1,"topic":"orders","message":{"body":"hello","tag":"A"}})");
  EXPECT_EQ(sent["op"], "ok") << sent;
  const auto stored = broker_.messages("orders");
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].body(), "hello");
  EXPECT_EQ(sent["result"]["id"], stored[0].message_id());
}

TEST_F(SocketTest, says_what_is_wrong_with_a_frame) {
  TestSocket socket(address());
  const auto problem = [&](std::string_view frame) { return socket.ask(frame)["problem"]; };
  EXPECT_EQ(problem(R"({"op":"publish","id":1,"topic":"orders"})")["errors"][0]["pointer"],
            "/message");
  EXPECT_EQ(problem(R"({"op":"publish","id":1,"topic":"a b","message":{"body":"x"}})")["type"],
            "/problems/illegal-topic");
  EXPECT_EQ(problem(R"({"op":"jump","id":1})")["errors"][0]["pointer"], "/op");
  EXPECT_EQ(problem(R"({"op":"ack","id":1,"receipts":[],"more":1})")["errors"][0]["pointer"],
            "/more");
  EXPECT_EQ(problem(R"({"op":"unsubscribe","id":1,"sub":"s"})")["status"], 404);
  EXPECT_EQ(problem(subscribe(R"("credit":1001)"))["errors"][0]["pointer"], "/credit");
  EXPECT_EQ(problem(R"({"op":"subscribe","id":1,"sub":"s","group":"g","topic":"none"})")["status"],
            404);
  socket.write(R"({"op":"publish","topic":"orders","message":{"body":"x"}})");
  EXPECT_EQ(socket.read()["problem"]["errors"][0]["pointer"], "/id");
  socket.write("nonsense");
  EXPECT_EQ(socket.read()["close"], 4400);
}

TEST_F(SocketTest, delivers_no_more_than_it_has_credit_for) {
  for (const std::string_view body : {"1", "2", "3", "4", "5"}) send(body);
  TestSocket socket(address());
  EXPECT_EQ(socket.ask(subscribe(R"("credit":2)"))["op"], "ok");
  const Json first = socket.read("deliver");
  const Json second = socket.read("deliver");
  EXPECT_EQ(first["sub"], "s");
  EXPECT_NE(first["message"]["body"], second["message"]["body"]);
  std::this_thread::sleep_for(300ms);  // in which a third one would come
  EXPECT_EQ(socket.ask(R"({"op":"ping","id":1})")["op"], "pong");
  socket.write(ack(first));
  const Json third = socket.read("deliver");
  EXPECT_EQ(third["op"], "deliver");
  socket.write(R"({"op":"credit","sub":"s","n":2})");
  EXPECT_EQ(socket.read("deliver")["op"], "deliver");
  EXPECT_EQ(socket.read("deliver")["op"], "deliver");
}

TEST_F(SocketTest, what_is_acknowledged_does_not_come_again) {
  for (const std::string_view body : {"1", "2", "3"}) send(body);
  std::set<std::string> bodies;
  {
    TestSocket socket(address());
    socket.ask(subscribe(R"("credit":1)"));
    for (int i = 0; i < 2; ++i) {
      const Json delivered = socket.read("deliver");
      bodies.insert(delivered["message"]["body"].get<std::string>());
      socket.write(ack(delivered));
    }
    const Json last = socket.read("deliver");
    bodies.insert(last["message"]["body"].get<std::string>());
    const Json acked = socket.ask(
        str(R"({"op":"ack","id":1,"receipts":[)", last["message"]["receipt"].dump(), "]}"));
    EXPECT_EQ(acked["result"]["results"][0]["status"], "ok") << acked;
  }
  EXPECT_EQ(bodies.size(), 3u);
  std::this_thread::sleep_for(1500ms);  // what was lent would be visible again
  EXPECT_EQ(receive(R"("wait":"1s")").size(), 0u);
}

TEST_F(SocketTest, gives_back_what_was_lent_when_the_peer_goes) {
  send("lent");
  {
    TestSocket socket(address());
    socket.ask(subscribe(R"("credit":1,"invisible":"10m")"));
    EXPECT_EQ(socket.read("deliver")["message"]["body"], "lent");
  }
  const Json again = receive(R"("wait":"8s")");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0]["body"], "lent");
}

TEST_F(SocketTest, gives_a_message_back_and_extends_another) {
  send("later");
  TestSocket socket(address());
  socket.ask(subscribe(R"("credit":1,"invisible":"10m")"));
  const std::string receipt = socket.read("deliver")["message"]["receipt"];
  const Json extended =
      socket.ask(str(R"({"op":"extend","id":1,"invisible":"5m","receipt":")", receipt, R"("})"));
  ASSERT_EQ(extended["op"], "ok") << extended;
  const std::string next = extended["result"]["receipt"];
  EXPECT_NE(next, receipt);
  socket.write(str(R"({"op":"nack","receipts":[")", next, R"("],"delay":"1s"})"));
  const Json again = socket.read("deliver");
  EXPECT_EQ(again["message"]["body"], "later");
  EXPECT_EQ(again["message"]["deliveryAttempt"], 2);
}

TEST_F(SocketTest, renews_what_its_peer_works_on) {
  send("long work");
  TestSocket socket(address());
  socket.ask(subscribe(R"("credit":5,"invisible":"2s","autoRenew":true)"));
  const Json delivered = socket.read("deliver");
  std::this_thread::sleep_for(4s);
  socket.write(R"({"op":"ping","id":7})");
  EXPECT_EQ(socket.read()["op"], "pong");  // and it did not come again
  const Json acked = socket.ask(
      str(R"({"op":"ack","id":1,"receipts":[)", delivered["message"]["receipt"].dump(), "]}"));
  EXPECT_EQ(acked["result"]["results"][0]["status"], "ok") << acked;
}

TEST_F(SocketTest, ends_a_subscription) {
  TestSocket socket(address());
  EXPECT_EQ(socket.ask(subscribe(R"("credit":5)"))["op"], "ok");
  EXPECT_EQ(socket.ask(subscribe(R"("credit":5)"))["problem"]["status"], 409);
  EXPECT_EQ(socket.ask(R"({"op":"unsubscribe","id":1,"sub":"s"})")["op"], "ok");
  send("unheard");
  EXPECT_EQ(receive(R"("wait":"8s")").size(), 1u);
}

TEST_F(SocketTest, has_transactions) {
  TestSocket socket(address());
  const auto open = [&](std::string_view body) {
    const Json opened = socket.ask(
        str(R"({"op":"tx.publish","id":1,"topic":"orders","message":{"body":")", body, R"("}})"));
    EXPECT_EQ(opened["op"], "ok") << opened;
    return opened["result"]["transactionId"].get<std::string>();
  };
  const auto end = [&](const std::string& id, std::string_view resolution) {
    return socket.ask(str(R"({"op":"tx.end","id":1,"transactionId":")", id, R"(","resolution":")",
                          resolution, R"("})"));
  };
  const std::string paid = open("paid");
  const std::string dropped = open("dropped");
  EXPECT_EQ(end(dropped, "rollback")["op"], "ok");
  EXPECT_EQ(end(paid, "commit")["op"], "ok");
  EXPECT_EQ(end(paid, "commit")["problem"]["status"], 404);
  const Json got = receive();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0]["body"], "paid");
}

TEST_F(SocketTest, hears_what_brokers_ask_about_its_transactions) {
  TestSocket socket(address());
  const Json opened =
      socket.ask(R"({"op":"tx.publish","id":1,"topic":"orders","message":{"body":"paid?"}})");
  ASSERT_EQ(opened["op"], "ok") << opened;
  const Json check = socket.read("tx.check");
  EXPECT_EQ(check["transactionId"], opened["result"]["transactionId"]);
  EXPECT_EQ(check["message"]["body"], "paid?");
}

TEST_F(SocketTest, answers_a_peer_that_asks_faster_than_it_can_be_answered) {
  options_.sockets.in_flight_max = 2;
  TestSocket socket(address());
  constexpr int count = 50;
  for (int i = 0; i < count; ++i) {
    socket.write(R"({"op":"publish","id":2,"topic":"orders","message":{"body":"x"}})");
  }
  for (int i = 0; i < count; ++i) ASSERT_EQ(socket.read("ok")["op"], "ok");
  EXPECT_EQ(broker_.messages("orders").size(), std::size_t{count});
}

TEST_F(SocketTest, shows_what_goes_on) {
  TestSocket socket(address());
  socket.write(R"({"op":"hello","client":"console"})");
  EXPECT_EQ(socket.ask(R"({"op":"watch","id":1,"what":["nothing"]})")["problem"]["status"], 400);
  socket.write(R"({"op":"watch","id":2,"what":["metrics","clients"]})");
  EXPECT_EQ(socket.read("event")["data"]["sockets"], 1);
  EXPECT_EQ(socket.read("event")["data"][0]["client"], "console");
}

TEST_F(SocketTest, shows_nothing_where_nobody_may_look) {
  options_.right_max = Right::use;
  TestSocket socket(address());
  EXPECT_EQ(socket.ask(R"({"op":"watch","id":1,"what":["clients"]})")["problem"]["status"], 403);
}

TEST_F(SocketTest, a_client_that_comes_again_takes_the_place_of_the_first) {
  TestSocket first(address());
  first.write(R"({"op":"hello","client":"me"})");
  first.read();
  EXPECT_EQ(first.read()["op"], "welcome");
  TestSocket second(address());
  second.write(R"({"op":"hello","client":"me"})");
  EXPECT_EQ(first.read()["close"], 4409);
  EXPECT_EQ(second.ask(R"({"op":"ping","id":1})")["op"], "pong");
}

TEST_F(SocketTest, sends_peers_elsewhere_before_it_ends) {
  TestSocket socket(address());
  socket.ask(subscribe(R"("credit":5)"));
  gateway_->drain(300ms);
  EXPECT_EQ(socket.read("drain")["graceMs"], 300);
  EXPECT_EQ(socket.ask(subscribe(R"("credit":5)"))["problem"]["status"], 503);
  EXPECT_EQ(socket.read()["close"], 1001);
}

TEST_F(SocketTest, lets_go_of_who_does_not_read) {
  options_.sockets.watch_interval = 100ms;
  options_.stream_bytes_max = 10'000;
  options_.slow_peer_timeout = 1s;
  const std::string body(1'000'000, 'x');
  for (int i = 0; i < 15; ++i) {
    client().say("POST", "/v1/topics/orders/messages", body, "Content-Type: text/plain\r\n");
  }
  TestSocket socket(address(), "", "rmq.v1.json", 65536);
  socket.write(subscribe(R"("credit":20)"));
  TestSocket watcher(address());
  watcher.write(R"({"op":"watch","id":1,"what":["clients"]})");
  while (watcher.read("event")["data"].size() > 1) {
  }
  EXPECT_EQ(socket.read_close(), 4429u);
}

TEST_F(SocketTest, ends_with_its_gateway) {
  send("lent");
  TestSocket socket(address());
  socket.ask(subscribe(R"("credit":5)"));
  socket.read("deliver");
  gateway_.reset();
  EXPECT_EQ(socket.read_close(), 0u);
}

}  // namespace
}  // namespace rocketmq::gateway
