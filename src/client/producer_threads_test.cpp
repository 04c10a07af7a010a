// What a producer does that needs real threads: waiting for room, and closing it twice.
#include <gtest/gtest.h>
#include <rocketmq/rocketmq.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <optional>
#include <thread>

#include "client/testing/loopback_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedBroker;

Message hello() { return {.topic = "T", .body = "hello"}; }

class ProducerThreadsTest : public testing::LoopbackFixture<ScriptedBroker> {
 protected:
  Producer make(ProducerOptions options) {
    options.group = "g";
    return client->create_producer(std::move(options)).value();
  }
  void delay_answers(net::Duration by) {
    on_loop([&] { broker->delay(RequestCode::send_message_v2, by); });
  }

  std::optional<Client> client{client_options()};
};

TEST_F(ProducerThreadsTest, waits_for_room_where_it_was_told_to) {
  Producer producer = make({.pending_sends_max = 2, .wait_when_full = true});
  delay_answers(5ms);
  std::atomic<int> sent = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        producer.send_async(hello(), [&](const Result<SendReceipt>& result) {
          EXPECT_TRUE(result);
          if (result) ++sent;
        });
        EXPECT_LE(producer.statistics().pending, 4U);  // one more a thread that is being refused
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(producer.close());
  EXPECT_EQ(sent, 60);
}

TEST_F(ProducerThreadsTest, waits_for_room_for_bytes_too) {
  Producer producer = make({.message_bytes_max = 5,
                            .compression = Compression::none,
                            .pending_bytes_max = 5,
                            .wait_when_full = true});
  delay_answers(1ms);
  std::atomic<int> sent = 0;
  for (int i = 0; i < 20; ++i) {
    producer.send_async(hello(), [&](const Result<SendReceipt>& result) {
      if (result) ++sent;
    });
  }
  EXPECT_TRUE(producer.close());
  EXPECT_EQ(sent, 20);
}

TEST_F(ProducerThreadsTest, waits_for_room_no_longer_than_a_send_may_take) {
  Producer producer = make({.send_timeout = 10s, .pending_sends_max = 1, .wait_when_full = true});
  delay_answers(1h);
  producer.send_async(hello(), [](const Result<SendReceipt>&) {});
  const auto refused = producer.send(hello(), {.timeout = 50ms});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::overloaded);
  EXPECT_EQ(refused.error().outcome, Outcome::not_sent);
  static_cast<void>(producer.close(0ms));
}

TEST_F(ProducerThreadsTest, does_not_wait_for_room_in_a_callback) {
  Producer producer = make({.pending_sends_max = 1, .wait_when_full = true});
  std::promise<std::error_code> inside;
  producer.send_async(hello(), [&](const Result<SendReceipt>&) {
    delay_answers(1h);
    producer.send_async(hello(), [](const Result<SendReceipt>&) {});  // takes the only place
    const auto refused = producer.send(hello());
    inside.set_value(refused ? std::error_code() : refused.error().code);
  });
  EXPECT_EQ(inside.get_future().get(), Errc::overloaded);
  static_cast<void>(producer.close(0ms));
}

TEST_F(ProducerThreadsTest, refuses_who_waits_for_room_when_it_is_closed) {
  Producer producer = make({.send_timeout = 1min, .pending_sends_max = 1, .wait_when_full = true});
  delay_answers(1h);
  producer.send_async(hello(), [](const Result<SendReceipt>&) {});
  std::thread waiting([&] { EXPECT_EQ(producer.send(hello()).error().code, Errc::client_closed); });
  while (!producer.statistics().pending) std::this_thread::yield();
  static_cast<void>(producer.close(10ms));
  waiting.join();
}

TEST_F(ProducerThreadsTest, is_closed_when_a_second_close_returns) {
  for (int round = 0; round < 20; ++round) {
    Producer producer = make({});
    delay_answers(2ms);
    std::atomic<bool> is_told = false;
    producer.send_async(hello(), [&](const Result<SendReceipt>&) { is_told = true; });
    std::thread other([&] {
      EXPECT_TRUE(producer.close());
      EXPECT_TRUE(is_told);
    });
    EXPECT_TRUE(producer.close());
    EXPECT_TRUE(is_told);
    other.join();
  }
}

TEST_F(ProducerThreadsTest, may_be_closed_in_a_callback_while_somebody_closes_it) {
  Producer producer = make({});
  std::promise<void> entered;
  producer.send_async(hello(), [&](const Result<SendReceipt>&) {
    entered.set_value();
    EXPECT_TRUE(producer.close());
  });
  entered.get_future().wait();
  EXPECT_TRUE(producer.close());
}

TEST_F(ProducerThreadsTest, belongs_to_the_process_that_made_it) {
  Producer producer = make({});
  ASSERT_TRUE(producer.send(hello()));
  const pid_t child = fork();
  if (child == 0) {
    bool is_told = false;
    producer.send_async(hello(), [&](const Result<SendReceipt>& result) {
      is_told = !result && result.error().code == Errc::forked;
    });
    const bool are_refused = producer.send(hello()).error().code == Errc::forked &&
                             producer.send_future(hello()).get().error().code == Errc::forked &&
                             producer.send_oneway(hello()).error().code == Errc::forked &&
                             producer.recall("T", "handle").error().code == Errc::forked &&
                             producer.close().error().code == Errc::forked;
    {
      const Producer gone = std::move(producer);
    }
    _exit(is_told && are_refused ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(producer.send(hello()));
}

}  // namespace
}  // namespace rocketmq::client
