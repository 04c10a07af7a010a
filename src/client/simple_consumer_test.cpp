#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/rocketmq.h>

#include <future>
#include <optional>
#include <thread>

#include "client/testing/scripted_pop_broker.h"
#include "net/event_loop.h"

// The handle, from users' threads; what it does on the loop is in simple_receiver_test.cpp.

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::route_over;
using testing::ScriptedNameServer;
using testing::ScriptedPopBroker;

class SimpleConsumerTest : public ::testing::Test {
 protected:
  SimpleConsumerTest() {
    server_loop.start();
    net::run_in(server_loop, [this] {
      names.emplace(server_loop, "127.0.0.1:0");
      broker.emplace(server_loop, "broker", "127.0.0.1:0");
      names->set_route("T", route_over({&*broker}, 2));
      name_server = names->address();
    });
  }
  ~SimpleConsumerTest() override {
    net::run_in(server_loop, [this] {
      broker.reset();
      names.reset();
    });
  }

  void put(const std::string& body) {
    net::run_in(server_loop, [&] { broker->put("T", 0, body); });
  }
  std::size_t unacknowledged() {
    std::size_t count = 0;
    net::run_in(server_loop, [&] { count = broker->unacknowledged(); });
    return count;
  }
  bool is_waiting_at_broker() {
    std::size_t waiting = 0;
    for (int i = 0; i < 1000 && waiting == 0; ++i) {
      std::this_thread::sleep_for(10ms);
      net::run_in(server_loop, [&] { waiting = broker->waiting_pops(); });
    }
    return waiting > 0;
  }

  net::EventLoop server_loop;
  std::optional<ScriptedNameServer> names;
  std::optional<ScriptedPopBroker> broker;
  std::string name_server;
};

TEST_F(SimpleConsumerTest, receives_and_acknowledges) {
  Client client({.name_servers = name_server});
  SimpleConsumer consumer =
      client.create_simple_consumer({.group = "G", .subscriptions = {{"T"}}}).value();
  for (const char* body : {"one", "two", "three"}) put(body);
  auto messages = consumer.receive().value();
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_TRUE(consumer.ack(messages[0]));
  const MessageView longer = consumer.change_invisible(messages[1], 60s).value();
  const std::vector<MessageView> rest{longer, messages[2]};
  EXPECT_TRUE(consumer.ack(rest));
  EXPECT_EQ(unacknowledged(), 0U);
}

TEST_F(SimpleConsumerTest, tells_callbacks_what_was_received_and_acknowledged) {
  Client client({.name_servers = name_server});
  SimpleConsumer consumer =
      client.create_simple_consumer({.group = "G", .subscriptions = {{"T"}}}).value();
  put("one");
  std::promise<Result<std::vector<MessageView>>> received;
  consumer.receive_async({}, [&](auto result) { received.set_value(std::move(result)); });
  const auto messages = received.get_future().get().value();
  ASSERT_EQ(messages.size(), 1U);
  std::promise<Result<void>> acked;
  consumer.ack_async(messages[0], [&](auto result) { acked.set_value(std::move(result)); });
  EXPECT_TRUE(acked.get_future().get());
  EXPECT_EQ(unacknowledged(), 0U);
}

TEST_F(SimpleConsumerTest, close_ends_calls_that_wait) {
  Client client({.name_servers = name_server});
  SimpleConsumer consumer =
      client.create_simple_consumer({.group = "G", .subscriptions = {{"T"}}}).value();
  auto waiting = std::async(std::launch::async, [&] { return consumer.receive({.wait = 1h}); });
  ASSERT_TRUE(is_waiting_at_broker());
  consumer.close();
  const auto result = waiting.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::client_closed);
  EXPECT_EQ(consumer.receive().error().code, Errc::client_closed);
  EXPECT_EQ(consumer.subscribe({"other"}).error().code, Errc::client_closed);
}

TEST_F(SimpleConsumerTest, a_client_closes_it_too) {
  Client client({.name_servers = name_server});
  SimpleConsumer consumer =
      client.create_simple_consumer({.group = "G", .subscriptions = {{"T"}}}).value();
  EXPECT_TRUE(client.close());
  EXPECT_EQ(consumer.receive().error().code, Errc::client_closed);
}

TEST_F(SimpleConsumerTest, refuses_options_that_cannot_be_used) {
  Client client({.name_servers = name_server});
  const auto refused = [&](SimpleConsumerOptions options) {
    const auto made = client.create_simple_consumer(std::move(options));
    return !made && made.error().code == Errc::invalid_argument;
  };
  EXPECT_TRUE(refused({.subscriptions = {{"T"}}}));
  EXPECT_TRUE(refused({.group = "G"}));
  EXPECT_TRUE(refused({.group = "G", .subscriptions = {{"T"}, {"T"}}}));
  EXPECT_TRUE(refused({.group = "G", .subscriptions = {{"no topic!"}}}));
  EXPECT_TRUE(
      refused({.group = "G", .subscriptions = {{"T"}}, .start_at = StartAt::time(Timestamp())}));
  EXPECT_TRUE(refused({.group = "G", .subscriptions = {{"T"}}, .message_bytes_max = 0}));

  SimpleConsumer consumer =
      client.create_simple_consumer({.group = "G", .subscriptions = {{"T"}}}).value();
  for (const ReceiveOptions& options :
       {ReceiveOptions{.max = 0}, ReceiveOptions{.max = 33}, ReceiveOptions{.wait = -1ms},
        ReceiveOptions{.invisible = 999ms}, ReceiveOptions{.invisible = 13h}}) {
    EXPECT_EQ(consumer.receive(options).error().code, Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace rocketmq::client
