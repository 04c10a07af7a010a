#include "proxy/fronts.h"

#include <gmock/gmock.h>
#include <rocketmq/rocketmq.h>
#include <rocketmq/testing/embedded_broker.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "protocol/str.h"
#include "proxy/http/testing_client.h"
#include "proxy/http/testing_socket.h"

// One whole process, its loops at work at the same time.

namespace rocketmq::proxy {
namespace {

using namespace std::chrono_literals;
using gateway::Answered;
using gateway::TestClient;
using gateway::TestSocket;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int messages_each = 100;  // of a sender
constexpr int senders_each = 2;     // over remoting, and over HTTP
constexpr int messages_all = 2 * senders_each * messages_each;

// Bodies that came, from any thread.
class Bodies {
 public:
  void add(std::string body) {
    const std::lock_guard lock(mutex_);
    came_.insert(std::move(body));
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return came_.size();
  }
  // Nobody knows how long it takes: the test's own time limit is the end.
  void wait_for_all() const {
    while (count() < static_cast<std::size_t>(messages_all) && !::testing::Test::HasFailure()) {
      std::this_thread::sleep_for(10ms);
    }
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> came_;
};

class FrontsTest : public ::testing::Test {
 protected:
  FrontsTest() {
    EXPECT_TRUE(broker_.create_topic("orders", 4));
    CommandLine line;
    line.options.namesrv_addr = broker_.name_server();
    line.options.listen = line.options.http = line.options.metrics = "127.0.0.1:0";
    line.options.admin = "all";
    // A machine with every thread at work is slow.
    line.options.request_timeout_ms = 20'000;
    line.front = front_options(line.options).value();
    line.http = gateway_options(line.options, line.front).value();
    fronts_ = Fronts::start(line, {.warn = [](std::string_view) {}, .info = [](auto) {}}).value();
  }
  ~FrontsTest() override { fronts_.reset(); }

  ClientOptions through_proxy() const {
    return {.name_servers = fronts_->remoting_address(), .request_timeout = 20s};
  }
  std::string ask(const std::string& address, std::string_view target) const {
    return TestClient(address).say("GET", target, {}, {}).body;
  }

  void send_over_remoting(int sender) {
    Client client(through_proxy());
    Producer producer =
        client.create_producer({.group = str("p", sender), .send_timeout = 20s}).value();
    for (int i = 0; i < messages_each; ++i) {
      const auto sent = producer.send({.topic = "orders", .body = str("r", sender, '-', i)});
      EXPECT_TRUE(sent) << sent.error();
    }
  }
  void send_over_http(int sender) {
    TestClient client(fronts_->http_address());
    for (int i = 0; i < messages_each; ++i) {
      const Answered sent = client.say("POST", "/v1/topics/orders/messages",
                                       str(R"({"body":"h)", sender, '-', i, R"("})"));
      EXPECT_EQ(sent.status, 200) << sent.body;
    }
  }
  void receive_over_socket(Bodies& bodies) {
    TestSocket socket(fronts_->http_address());
    socket.write(
        R"({"op":"subscribe","id":1,"sub":"s","group":"sockets","topic":"orders","from":"earliest","credit":32})");
    while (bodies.count() < static_cast<std::size_t>(messages_all)) {
      const gateway::Json frame = socket.read("deliver");
      if (!frame.is_object() || !frame.contains("message")) {
        ADD_FAILURE() << "instead of a message came " << frame;
        return;
      }
      bodies.add(frame["message"]["body"]);
      socket.write(
          gateway::Json{{"op", "ack"}, {"receipts", {frame["message"]["receipt"]}}}.dump());
    }
  }
  PushConsumer receive_over_remoting(Client& client, Bodies& bodies) {
    return client
        .create_push_consumer({.group = "members",
                               .subscriptions = {{"orders", tags("*")}},
                               .start_at = StartAt::earliest,
                               .on_message =
                                   [&bodies](const MessageView& message) {
                                     bodies.add(std::string(message.body()));
                                     return Consumed::ok;
                                   }})
        .value();
  }

  rocketmq::testing::EmbeddedBroker broker_;
  std::unique_ptr<Fronts> fronts_;
};

TEST_F(FrontsTest, tell_the_same_wherever_they_are_asked) {
  const auto all =
      AllOf(HasSubstr("rocketmq_proxy_up{"), HasSubstr("rocketmq_gateway_sockets_open"),
            HasSubstr("rocketmq_proxy_throttled_total{"), HasSubstr("process_"));
  EXPECT_THAT(ask(fronts_->metrics_address(), "/metrics"), all);
  EXPECT_THAT(ask(fronts_->http_address(), "/metrics"), all);
}

TEST_F(FrontsTest, serve_both_sides_at_once) {
  Bodies of_sockets;
  Bodies of_members;
  Client client(through_proxy());
  PushConsumer member = receive_over_remoting(client, of_members);
  std::vector<std::thread> threads;
  threads.emplace_back([&] { receive_over_socket(of_sockets); });
  for (int sender = 0; sender < senders_each; ++sender) {
    threads.emplace_back([this, sender] { send_over_remoting(sender); });
    threads.emplace_back([this, sender] { send_over_http(sender); });
  }
  std::atomic<bool> is_over = false;
  for (const std::string& address : {fronts_->metrics_address(), fronts_->http_address()}) {
    threads.emplace_back([this, &is_over, address] {
      while (!is_over) {
        EXPECT_THAT(ask(address, "/metrics"), HasSubstr("rocketmq_gateway_messages_in_total"));
        EXPECT_EQ(ask(address, "/readyz"), "ready\n");
        std::this_thread::sleep_for(5ms);
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(fronts_->reload());
  of_members.wait_for_all();
  of_sockets.wait_for_all();
  is_over = true;
  for (std::thread& thread : threads) thread.join();
}

TEST_F(FrontsTest, end_while_both_sides_are_in_use) {
  Client client(through_proxy());
  Bodies nothing;
  PushConsumer member = receive_over_remoting(client, nothing);
  Producer producer = client.create_producer({.group = "p"}).value();
  EXPECT_TRUE(producer.send({.topic = "orders", .body = "x"}));
  TestSocket socket(fronts_->http_address());
  EXPECT_EQ(socket.read("welcome")["op"], "welcome");
  std::thread drained([this] { EXPECT_TRUE(fronts_->drain()); });
  EXPECT_EQ(socket.read("drain")["op"], "drain");
  EXPECT_THAT(ask(fronts_->metrics_address(), "/readyz"), HasSubstr("not ready: stopping"));
  EXPECT_EQ(socket.read_close(), 1001u);
  drained.join();
}

}  // namespace
}  // namespace rocketmq::proxy
