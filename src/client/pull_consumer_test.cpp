#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/client.h>

#include <atomic>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "client/executor.h"
#include "client/testing/scripted_broker.h"
#include "net/event_loop.h"

// The public consumer from real threads, over TCP. What it does is told in queue_reader_test and
// pull_member_test.

namespace rocketmq {
namespace {

using namespace std::chrono_literals;
using client::testing::ScriptedBroker;
using client::testing::ScriptedNameServer;

struct PullConsumerTest : testing::Test {
  PullConsumerTest() {
    server_loop.start();
    net::run_in(server_loop, [this] {
      names.emplace(server_loop, "127.0.0.1:0");
      broker.emplace(server_loop, "a", "127.0.0.1:0");
      names->set_route("T", client::testing::route_over({&*broker}, 4));
      name_server = names->address();
    });
    options.group = "billing";
    options.start_at = StartAt::earliest;
  }
  ~PullConsumerTest() override {
    net::run_in(server_loop, [this] {
      broker.reset();
      names.reset();
    });
  }

  Client make_client(std::shared_ptr<Executor> executor = nullptr) {
    return Client({.name_servers = name_server, .executor = std::move(executor)});
  }
  void store(int count) {
    net::run_in(server_loop, [&] {
      for (int i = 0; i < count; ++i) {
        broker->store({.topic = "T", .queue_id = i % 4, .body = std::to_string(stored++)});
      }
    });
  }
  std::int64_t committed() {
    std::int64_t sum = 0;
    net::run_in(server_loop, [&] {
      for (std::int32_t id = 0; id < 4; ++id) sum += broker->offset("billing", "T", id).value_or(0);
    });
    return sum;
  }
  std::size_t members() {
    std::size_t count = 0;
    net::run_in(server_loop, [&] { count = broker->members("billing").size(); });
    return count;
  }

  net::EventLoop server_loop;
  std::optional<ScriptedNameServer> names;
  std::optional<ScriptedBroker> broker;
  std::string name_server;
  PullConsumerOptions options;
  int stored = 0;
};

TEST_F(PullConsumerTest, reads_assigned_queues_and_commits_at_close) {
  store(100);
  Client client = make_client();
  const std::vector<MessageQueue> queues = client.queues("T").value();
  ASSERT_EQ(queues.size(), 4U);
  PullConsumer consumer = client.create_pull_consumer(options).value();
  ASSERT_TRUE(consumer.assign(queues));
  EXPECT_EQ(consumer.queues(), queues);
  std::set<std::string> bodies;
  while (bodies.size() < 100) {
    for (const MessageView& message : consumer.poll().value()) bodies.emplace(message.body());
  }
  EXPECT_EQ(consumer.position(queues[0]).value(), 25);
  EXPECT_EQ(consumer.offset_at(queues[0], StartAt::latest).value(), 25);
  EXPECT_TRUE(consumer.close());
  EXPECT_EQ(committed(), 100);
  EXPECT_EQ(consumer.poll().error().code, Errc::client_closed);
}

TEST_F(PullConsumerTest, reads_as_a_member_of_its_group_and_leaves_it) {
  options.subscriptions = {{"T", {}}};
  Client client = make_client();
  PullConsumer consumer = client.create_pull_consumer(options).value();
  EXPECT_EQ(consumer.queues().size(), 4U);
  EXPECT_EQ(members(), 1U);
  store(10);
  for (std::size_t count = 0; count < 10;) count += consumer.poll().value().size();
  EXPECT_EQ(consumer.assign({{"T", "a", 0}}).error().code, Errc::invalid_argument);
  EXPECT_EQ(consumer.set_filter({"T", tags("a")}).error().code, Errc::invalid_argument);
  EXPECT_TRUE(consumer.close());
  EXPECT_EQ(committed(), 10);
  EXPECT_EQ(members(), 0U);
}

TEST_F(PullConsumerTest, what_the_last_poll_gave_is_not_committed_when_it_is_only_destroyed) {
  store(1);
  Client client = make_client();
  {
    PullConsumer consumer = client.create_pull_consumer(options).value();
    ASSERT_TRUE(consumer.assign({{"T", "a", 0}}));
    EXPECT_EQ(consumer.poll().value().size(), 1U);
  }
  EXPECT_EQ(committed(), 0);
}

TEST_F(PullConsumerTest, may_be_polled_moved_paused_and_committed_from_many_threads_until_closed) {
  store(1000);
  Client client = make_client();
  const std::vector<MessageQueue> queues = client.queues("T").value();
  PullConsumer consumer = client.create_pull_consumer(options).value();
  ASSERT_TRUE(consumer.assign(queues));
  std::atomic<bool> is_closed = false;
  std::promise<void> has_polled_enough;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    std::size_t count = 0;
    for (;;) {
      const auto messages = consumer.poll(1h);
      if (!messages) {
        EXPECT_EQ(messages.error().code, Errc::client_closed);
        return;
      }
      const std::size_t before = count;
      count += messages->size();
      if (before < 2000 && count >= 2000) has_polled_enough.set_value();
    }
  });
  const auto again_and_again = [&](auto what) {
    threads.emplace_back([&, what] {
      while (!is_closed) what();
    });
  };
  again_and_again([&] { static_cast<void>(consumer.seek(StartAt::earliest)); });
  again_and_again([&] {
    const auto done = consumer.commit();
    EXPECT_TRUE(done || done.error().code == Errc::client_closed);
  });
  again_and_again([&] {
    consumer.pause({queues[1]});
    consumer.resume({queues[1]});
    static_cast<void>(consumer.position(queues[1]));
  });
  again_and_again([&] { static_cast<void>(consumer.assign(queues)); });
  has_polled_enough.get_future().wait();
  EXPECT_TRUE(consumer.close());
  is_closed = true;
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PullConsumerTest, closed_from_many_threads_it_closes_once) {
  store(10);
  Client client = make_client();
  PullConsumer consumer = client.create_pull_consumer(options).value();
  ASSERT_TRUE(consumer.assign(client.queues("T").value()));
  for (std::size_t count = 0; count < 10;) count += consumer.poll().value().size();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      EXPECT_TRUE(consumer.close());
      EXPECT_EQ(committed(), 10);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PullConsumerTest, close_says_which_queue_was_not_stored) {
  store(1);
  Client client = make_client();
  PullConsumer consumer = client.create_pull_consumer(options).value();
  ASSERT_TRUE(consumer.assign({{"T", "a", 0}}));
  ASSERT_EQ(consumer.poll().value().size(), 1U);
  net::run_in(server_loop, [&] {
    broker->fail_next(RequestCode::update_consumer_offset, 1, {ResponseCode::system_error, "disk"});
  });
  const auto closed = consumer.close();
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, testing::HasSubstr("T@a#0"));
}

TEST_F(PullConsumerTest, a_commit_tells_its_result_before_close_returns_and_never_later) {
  Client client = make_client();
  for (int round = 0; round < 20; ++round) {
    PullConsumer consumer = client.create_pull_consumer(options).value();
    ASSERT_TRUE(consumer.assign({{"T", "a", 0}}));
    std::atomic<int> told = 0;
    for (int i = 0; i < 5; ++i) {
      consumer.commit_async([&](Result<void> done) {
        EXPECT_TRUE(done || done.error().code == Errc::client_closed);
        ++told;
      });
    }
    consumer.commit_async();
    EXPECT_TRUE(consumer.close());
    EXPECT_EQ(told, 5);
  }
}

TEST_F(PullConsumerTest, may_be_used_closed_and_destroyed_inside_its_callback) {
  for (const bool is_inline : {false, true}) {
    auto client = std::make_unique<Client>(
        make_client(is_inline ? std::make_shared<client::InlineExecutor>() : nullptr));
    auto consumer = std::make_unique<PullConsumer>(client->create_pull_consumer(options).value());
    ASSERT_TRUE(consumer->assign({{"T", "a", 0}}));
    std::promise<std::error_code> polled;
    consumer->commit_async([&](const Result<void>&) {
      const auto messages = consumer->poll(0ms);
      const std::error_code code = messages ? std::error_code() : messages.error().code;
      EXPECT_TRUE(consumer->close());
      consumer.reset();
      client.reset();
      polled.set_value(code);
    });
    const std::error_code code = polled.get_future().get();
    EXPECT_EQ(code, is_inline ? make_error_code(Errc::would_deadlock) : std::error_code());
  }
}

TEST_F(PullConsumerTest, says_the_names_of_its_namespace_on_the_wire_only) {
  net::run_in(server_loop, [&] {
    names->set_route("ns%T", client::testing::route_over({&*broker}, 1));
    broker->store({.topic = "ns%T", .body = "1"});
  });
  Client client({.name_servers = name_server, .ns = "ns"});
  const std::vector<MessageQueue> queues = client.queues("T").value();
  EXPECT_EQ(queues, (std::vector<MessageQueue>{{"T", "a", 0}}));
  PullConsumer consumer = client.create_pull_consumer(options).value();
  ASSERT_TRUE(consumer.assign(queues));
  EXPECT_EQ(consumer.queues(), queues);
  const auto messages = consumer.poll().value();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].topic(), "T");
  EXPECT_EQ(messages[0].queue(), queues[0]);
  EXPECT_EQ(consumer.position(messages[0].queue()).value(), 1);
  EXPECT_TRUE(consumer.commit());
  net::run_in(server_loop, [&] { EXPECT_EQ(broker->offset("ns%billing", "ns%T", 0), 1); });
}

TEST_F(PullConsumerTest, is_closed_with_its_client) {
  store(1);
  Client client = make_client();
  PullConsumer consumer = client.create_pull_consumer(options).value();
  ASSERT_TRUE(consumer.assign({{"T", "a", 0}}));
  ASSERT_EQ(consumer.poll().value().size(), 1U);
  std::thread polling([&] { EXPECT_EQ(consumer.poll(1h).error().code, Errc::client_closed); });
  EXPECT_TRUE(client.close());
  polling.join();
  EXPECT_EQ(committed(), 1);
  EXPECT_EQ(consumer.commit().error().code, Errc::client_closed);
}

TEST_F(PullConsumerTest, tells_of_its_queues_on_the_callback_executor) {
  options.subscriptions = {{"T", {}}};
  std::promise<std::pair<std::size_t, std::thread::id>> told;
  std::atomic<bool> is_told = false;
  options.on_queues_changed = [&](const std::string&, const std::vector<MessageQueue>& queues) {
    if (!is_told.exchange(true)) told.set_value({queues.size(), std::this_thread::get_id()});
    throw std::runtime_error("user code");
  };
  Client client = make_client();
  PullConsumer consumer = client.create_pull_consumer(options).value();
  const auto [count, thread] = told.get_future().get();
  EXPECT_EQ(count, 4U);
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(PullConsumerTest, is_moved_without_a_stop_and_outlives_its_client) {
  std::optional<Client> client = make_client();
  PullConsumer first = client->create_pull_consumer(options).value();
  ASSERT_TRUE(first.assign({{"T", "a", 0}}));
  PullConsumer second = std::move(first);
  second = client->create_pull_consumer(options).value();  // closes the one it held
  ASSERT_TRUE(second.assign({{"T", "a", 1}}));
  client.reset();
  store(4);
  EXPECT_EQ(second.poll().value().size(), 1U);
}

TEST_F(PullConsumerTest, is_not_made_where_a_broker_denies_it) {
  const auto deny = [this](int count) {
    net::run_in(server_loop, [&] {
      broker->fail_next(RequestCode::heart_beat, count,
                        {ResponseCode::no_permission, "username cannot be null."});
    });
  };
  options.subscriptions = {{"T"}};
  Client client = make_client();
  deny(1000);
  const auto denied = client.create_pull_consumer(options);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, ResponseCode::no_permission);
  EXPECT_THAT(denied.error().message, testing::HasSubstr("Set ClientOptions::credentials"));
  deny(0);
  EXPECT_TRUE(client.create_pull_consumer(options)) << "the group is free";
}

}  // namespace
}  // namespace rocketmq
