#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/client.h>

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "client/testing/scripted_broker.h"
#include "net/event_loop.h"

// The public consumer with its real threads, over TCP. What it does is told in group_member_test.

namespace rocketmq {
namespace {

using namespace std::chrono_literals;
using client::testing::ScriptedBroker;
using client::testing::ScriptedNameServer;

constexpr const char* topic = "T";
constexpr const char* group = "billing";

struct PushConsumerTest : testing::Test {
  PushConsumerTest() {
    server_loop.start();
    net::run_in(server_loop, [this] {
      names.emplace(server_loop, "127.0.0.1:0");
      broker.emplace(server_loop, "broker-a", "127.0.0.1:0");
      names->set_route(topic, client::testing::route_over({&*broker}, 4));
      names->set_route("%RETRY%billing", client::testing::route_over({&*broker}, 1));
      name_server = names->address();
    });
    options.group = group;
    options.subscriptions = {{topic, {}}};
    options.start_at = StartAt::earliest;
    options.threads = 4;
  }
  ~PushConsumerTest() override {
    net::run_in(server_loop, [this] {
      broker.reset();
      names.reset();
    });
  }

  Client make_client() { return Client({.name_servers = name_server}); }
  void store(int count) {
    net::run_in(server_loop, [&] {
      for (int i = 0; i < count; ++i) {
        broker->store({.topic = topic, .queue_id = i % 4, .body = std::to_string(i)});
      }
    });
  }
  std::int64_t committed() {
    std::int64_t sum = 0;
    net::run_in(server_loop, [&] {
      for (std::int32_t id = 0; id < 4; ++id) sum += broker->offset(group, topic, id).value_or(0);
    });
    return sum;
  }
  std::size_t members() {
    std::size_t count = 0;
    net::run_in(server_loop, [&] { count = broker->members(group).size(); });
    return count;
  }

  net::EventLoop server_loop;
  std::optional<ScriptedNameServer> names;
  std::optional<ScriptedBroker> broker;
  std::string name_server;
  PushConsumerOptions options;
};

TEST_F(PushConsumerTest, hands_every_message_to_its_threads_and_commits_at_close) {
  constexpr int count = 2000;
  std::mutex mutex;
  std::set<std::string> bodies;
  std::set<std::thread::id> threads;
  std::promise<void> done;
  options.on_message = [&](const MessageView& message) {
    const std::lock_guard<std::mutex> lock(mutex);
    threads.insert(std::this_thread::get_id());
    if (bodies.emplace(message.body()).second && bodies.size() == count) done.set_value();
    return Consumed::ok;
  };
  Client client = make_client();
  PushConsumer consumer = client.create_push_consumer(options).value();
  EXPECT_EQ(consumer.statistics().queues.size(), 5u);  // with the one for what is given back
  store(count);
  done.get_future().wait();
  EXPECT_TRUE(consumer.close().clean());
  EXPECT_EQ(consumer.statistics().consumed, static_cast<std::size_t>(count));
  EXPECT_EQ(committed(), count);
  EXPECT_EQ(members(), 0u);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0u);
}

TEST_F(PushConsumerTest, can_be_closed_by_its_own_listener) {
  std::optional<PushConsumer> consumer;
  std::promise<CloseReport> report;
  std::promise<void> ready;
  std::shared_future<void> is_ready = ready.get_future().share();
  std::atomic<bool> is_closed = false;
  std::atomic<int> late_calls = 0;
  options.on_message = [&](const MessageView& message) {
    is_ready.wait();
    if (is_closed) ++late_calls;
    if (message.body() == "0") {
      report.set_value(consumer->close());
      is_closed = true;
    }
    return Consumed::ok;
  };
  Client client = make_client();
  consumer.emplace(client.create_push_consumer(options).value());
  ready.set_value();
  store(400);
  // All but the message that is being consumed was finished, or was never begun.
  EXPECT_GE(report.get_future().get().unfinished_messages, 1u);
  consumer.reset();
  EXPECT_EQ(late_calls, 0);
  EXPECT_EQ(members(), 0u);
}

TEST_F(PushConsumerTest, can_be_destroyed_by_its_own_listener_and_so_can_its_client) {
  std::optional<Client> client;
  std::optional<PushConsumer> consumer;
  std::promise<void> ready;
  std::shared_future<void> is_ready = ready.get_future().share();
  std::promise<void> destroyed;
  options.threads = 1;
  options.on_message = [&](const MessageView& message) {
    is_ready.wait();
    EXPECT_EQ(message.body(), "0");
    consumer.reset();
    client.reset();
    destroyed.set_value();
    return Consumed::ok;
  };
  client.emplace(make_client());
  consumer.emplace(client->create_push_consumer(options).value());
  ready.set_value();
  store(1);
  destroyed.get_future().wait();
  EXPECT_EQ(members(), 0u);
}

TEST_F(PushConsumerTest, leaves_the_group_when_it_is_destroyed) {
  std::promise<void> done;
  options.on_message = [&](const MessageView&) {
    done.set_value();
    return Consumed::ok;
  };
  {
    std::optional<PushConsumer> consumer;
    {
      Client client = make_client();
      consumer.emplace(client.create_push_consumer(options).value());
    }  // the handle outlives its client
    store(1);
    done.get_future().wait();
  }
  EXPECT_EQ(committed(), 1);
  EXPECT_EQ(members(), 0u);
}

TEST_F(PushConsumerTest, is_moved_without_a_stop) {
  options.on_message = [](const MessageView&) { return Consumed::ok; };
  Client client = make_client();
  PushConsumer first = client.create_push_consumer(options).value();
  PushConsumer second = std::move(first);
  EXPECT_EQ(second.statistics().queues.size(), 5u);
  Client other_client = make_client();
  second = other_client.create_push_consumer(options).value();  // closes the one it held
  EXPECT_EQ(members(), 1u);
}

TEST_F(PushConsumerTest, is_not_made_from_options_that_cannot_be_used) {
  Client client = make_client();
  const auto refused = client.create_push_consumer(options);  // no listener
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);

  options.on_message = [](const MessageView&) { return Consumed::ok; };
  PushConsumer consumer = client.create_push_consumer(options).value();
  const auto second = client.create_push_consumer(options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::invalid_argument);
}

TEST_F(PushConsumerTest, is_not_made_where_a_broker_denies_it) {
  const auto deny = [this](int count) {
    net::run_in(server_loop, [&] {
      broker->fail_next(RequestCode::heart_beat, count,
                        {ResponseCode::no_permission, "username cannot be null."});
    });
  };
  options.on_message = [](const MessageView&) { return Consumed::ok; };
  Client client = make_client();
  deny(1000);
  const auto denied = client.create_push_consumer(options);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, ResponseCode::no_permission);
  EXPECT_THAT(denied.error().message, testing::HasSubstr("Set ClientOptions::credentials"));
  deny(0);
  EXPECT_TRUE(client.create_push_consumer(options)) << "the group is free";
}

}  // namespace
}  // namespace rocketmq
