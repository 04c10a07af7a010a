// What needs real threads: a client with its own loop thread and callback threads, against a name
// server and a broker on another loop, over loopback.

#include <gmock/gmock.h>
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <optional>
#include <set>
#include <thread>

#include "client/executor.h"
#include "client/testing/loopback_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedBroker;

Message hello() { return {.topic = "T", .body = "hello"}; }

class ThreadsTest : public testing::LoopbackFixture<ScriptedBroker> {
 protected:
  Client make_client(std::shared_ptr<Executor> executor = nullptr) {
    return Client({.name_servers = names->address(), .executor = std::move(executor)});
  }
  std::size_t stored() {
    std::size_t count = 0;
    on_loop([&] { count = broker->stored().size(); });
    return count;
  }
};

TEST_F(ThreadsTest, many_threads_send_through_one_producer) {
  Client client = make_client();
  Producer producer = client.create_producer({.group = "g"}).value();
  constexpr std::size_t each = 250;
  std::atomic<std::size_t> answered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < each; ++i) {
        EXPECT_TRUE(producer.send(hello()));
        producer.send_async(hello(), [&](Result<SendReceipt> sent) {
          EXPECT_TRUE(sent);
          ++answered;
        });
        EXPECT_TRUE(producer.send_oneway(hello()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(producer.close());
  EXPECT_EQ(answered, 4 * each);
  std::set<std::pair<int, std::int64_t>> places;
  // One-way messages are on their way still; the client's end sends what was written.
  {
    const Client gone = std::move(client);
    const Producer done = std::move(producer);
  }
  while (stored() < 12 * each) std::this_thread::yield();
  on_loop([&] {
    for (const auto& message : broker->stored())
      places.emplace(message.queue_id, message.queue_offset);
  });
  EXPECT_EQ(places.size(), 12 * each);
}

TEST_F(ThreadsTest, no_callback_runs_after_close) {
  Client client = make_client();
  for (int round = 0; round < 20; ++round) {
    Producer producer = client.create_producer({.group = "g"}).value();
    std::atomic<bool> is_closed = false;
    std::atomic<int> late = 0;
    std::atomic<int> called = 0;
    for (int i = 0; i < 50; ++i) {
      producer.send_async(hello(), [&](Result<SendReceipt>) {
        if (is_closed) ++late;
        ++called;
      });
    }
    static_cast<void>(producer.close());
    is_closed = true;
    EXPECT_EQ(called, 50);
    EXPECT_EQ(late, 0);
  }
}

TEST_F(ThreadsTest, close_waits_no_longer_than_it_was_told_for_a_broker_that_is_silent) {
  on_loop([&] { broker->drop_next(RequestCode::send_message_v2, 1000); });
  Client client = make_client();
  Producer producer = client.create_producer({.group = "g", .send_timeout = 1min}).value();
  std::atomic<int> unknown = 0;
  for (int i = 0; i < 10; ++i) {
    producer.send_async(hello(), [&](Result<SendReceipt> sent) {
      if (!sent && sent.error().code == Errc::client_closed) ++unknown;
    });
  }
  const auto closed = producer.close(50ms);
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, ::testing::HasSubstr("10 sends"));
  EXPECT_EQ(unknown, 10);
  EXPECT_TRUE(producer.close());
}

TEST_F(ThreadsTest, a_blocking_send_works_inside_a_callback) {
  Client client = make_client();
  Producer producer = client.create_producer({.group = "g"}).value();
  std::promise<bool> sent_inside;
  producer.send_async(hello(), [&](Result<SendReceipt>) {
    sent_inside.set_value(producer.send(hello()).has_value());
  });
  EXPECT_TRUE(sent_inside.get_future().get());
}

TEST_F(ThreadsTest, a_blocking_send_on_the_loop_thread_is_refused) {
  Client client = make_client(std::make_shared<InlineExecutor>());
  Producer producer = client.create_producer({.group = "g"}).value();
  std::promise<std::error_code> inside;
  producer.send_async(
      hello(), [&](Result<SendReceipt>) { inside.set_value(producer.send(hello()).error().code); });
  EXPECT_EQ(inside.get_future().get(), Errc::would_deadlock);
}

TEST_F(ThreadsTest, everything_may_be_destroyed_inside_a_callback) {
  for (const bool is_inline : {false, true}) {
    auto client = std::make_unique<Client>(
        make_client(is_inline ? std::make_shared<InlineExecutor>() : nullptr));
    auto producer = std::make_unique<Producer>(client->create_producer({.group = "g"}).value());
    std::promise<void> destroyed;
    producer->send_async(hello(), [&](Result<SendReceipt>) {
      client.reset();
      producer.reset();
      destroyed.set_value();
    });
    destroyed.get_future().get();
  }
}

TEST_F(ThreadsTest, a_producer_outlives_its_client) {
  std::optional<Client> client = make_client();
  Producer producer = client->create_producer({.group = "g"}).value();
  client.reset();
  EXPECT_TRUE(producer.send(hello()));
}

TEST_F(ThreadsTest, a_callback_that_throws_harms_nobody) {
  Client client = make_client();
  Producer producer = client.create_producer({.group = "g"}).value();
  producer.send_async(hello(), [](Result<SendReceipt>) { throw std::runtime_error("user code"); });
  EXPECT_TRUE(producer.send(hello()));
  EXPECT_TRUE(producer.close());
}

TEST_F(ThreadsTest, clients_come_and_go_from_many_threads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        Client client = make_client();
        Producer producer = client.create_producer({.group = "g"}).value();
        EXPECT_TRUE(producer.send(hello()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored(), 40U);
}

TEST_F(ThreadsTest, a_client_that_reaches_nobody_can_be_destroyed_at_once) {
  Client client({.name_servers = "127.0.0.1:1"});
  Producer producer = client.create_producer({.group = "g"}).value();
  std::promise<std::error_code> end;
  producer.send_async(hello(), [&](Result<SendReceipt> sent) { end.set_value(sent.error().code); });
  EXPECT_EQ(end.get_future().get(), Errc::no_name_server);
}

}  // namespace
}  // namespace rocketmq::client
