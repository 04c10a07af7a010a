#include "client/ordered_dispatch.h"

#include <gmock/gmock.h>

#include "client/testing/message_at.h"
#include "net/sim_loop.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::message_at;

struct OrderedDispatcherTest : ::testing::Test {
  explicit OrderedDispatcherTest(int reconsume_times_max = -1) {
    DispatchOptions options;
    options.reconsume_times_max = reconsume_times_max;
    dispatcher = std::make_unique<OrderedDispatcher>(
        loop, options,
        Listener{batch_listener([this](const MessageView& message) {
                   calls.push_back(message.queue_offset());
                   return listener(message);
                 }),
                 {},
                 nullptr},
        [this](WorkList list) { waiting.append(std::move(list)); },
        GiveBack{.later = [this](MessageView message,
                                 std::int32_t level) { return send(dead, message, level); },
                 .tried_enough = [this](MessageView message) { return send(tried, message, 0); }},
        log);
  }
  ~OrderedDispatcherTest() override { run_threads(); }

  net::Task<Result<void>> send(std::vector<std::int64_t>& to, MessageView message, std::int32_t) {
    co_await net::sleep_for(loop, 1ms);
    if (broker_refuses) co_return Error{ResponseCode::system_error, "store is full"};
    to.push_back(message.queue_offset());
    co_return Result<void>{};
  }
  void deliver(std::int64_t first, int count) {
    std::vector<MessageInHand> messages;
    for (std::int64_t offset = first; offset < first + count; ++offset) {
      messages.push_back({message_at(offset), queue->in_hand.add(offset, 1)});
    }
    dispatcher->deliver(queue, std::move(messages));
  }
  void run_threads() {
    while (Work* const work = waiting.pop()) {
      work->run();
      loop.run_ready();
    }
  }

  net::SimLoop loop;
  const Log log{{}, LogLevel::info};
  std::shared_ptr<HeldQueue> queue =
      std::make_shared<HeldQueue>(MessageQueue{"T", "b", 0}, 0, FlowLimits{});
  MessageListener listener = [](const MessageView&) { return Consumed::ok; };
  std::vector<std::int64_t> calls;
  std::vector<std::int64_t> dead;
  std::vector<std::int64_t> tried;
  bool broker_refuses = false;
  WorkList waiting;
  std::unique_ptr<OrderedDispatcher> dispatcher;
};

struct LimitedTriesTest : OrderedDispatcherTest {
  LimitedTriesTest() : OrderedDispatcherTest(2) {}
};

TEST_F(OrderedDispatcherTest, gives_the_listener_one_message_of_a_queue_at_a_time) {
  deliver(0, 3);
  Work* const first = waiting.pop();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(waiting.pop(), nullptr);
  first->run();
  loop.run_ready();
  deliver(3, 1);
  run_threads();
  EXPECT_THAT(calls, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(queue->in_hand.safe_offset(), 4);
  EXPECT_EQ(dispatcher->statistics().consumed, 4u);
}

TEST_F(OrderedDispatcherTest, stands_still_until_the_listener_takes_the_message) {
  std::vector<int> times;
  listener = [&](const MessageView& message) {
    times.push_back(message.reconsume_times());
    return times.size() < 3 ? Consumed::retry_later(2s) : Consumed::ok;
  };
  deliver(0, 2);
  run_threads();
  loop.advance(1900ms);
  run_threads();
  EXPECT_THAT(calls, ElementsAre(0));
  loop.advance(200ms);
  run_threads();
  loop.advance(2s);
  run_threads();
  EXPECT_THAT(calls, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(times, ElementsAre(0, 1, 2, 0));
}

TEST_F(LimitedTriesTest, lets_a_message_go_that_was_tried_often_enough) {
  listener = [](const MessageView& message) {
    return message.queue_offset() == 0 ? Consumed::retry_later() : Consumed::ok;
  };
  deliver(0, 2);
  for (int second = 0; second < 5; ++second) {
    run_threads();
    loop.advance(1s);
  }
  run_threads();
  EXPECT_THAT(calls, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(tried, ElementsAre(0));
  EXPECT_EQ(queue->in_hand.safe_offset(), 2);
}

TEST_F(OrderedDispatcherTest, does_not_pass_a_message_that_the_broker_does_not_take) {
  listener = [](const MessageView& message) {
    return message.queue_offset() == 0 ? Consumed::to_dead_letters : Consumed::ok;
  };
  broker_refuses = true;
  deliver(0, 2);
  run_threads();
  loop.advance(4s);
  run_threads();
  EXPECT_THAT(calls, ElementsAre(0));
  broker_refuses = false;
  loop.advance(2s);
  run_threads();
  loop.advance(1ms);
  run_threads();
  EXPECT_THAT(dead, ElementsAre(0));
  EXPECT_THAT(calls, ElementsAre(0, 0, 1));
}

TEST_F(OrderedDispatcherTest, calls_nobody_while_the_lock_is_not_certain) {
  queue->gate.open_until = loop.now() + 10s;
  deliver(0, 2);
  loop.advance(11s);  // the call has not had its turn
  run_threads();
  EXPECT_THAT(calls, IsEmpty());
  EXPECT_FALSE(queue->is_busy);
  queue->gate.open_until = loop.now() + 10s;
  dispatcher->reopened(queue);
  run_threads();
  EXPECT_THAT(calls, ElementsAre(0, 1));
}

TEST_F(OrderedDispatcherTest, says_when_the_last_listener_of_a_queue_is_done) {
  deliver(0, 2);
  queue->gate.is_closed = true;
  EXPECT_TRUE(queue->is_busy);
  EXPECT_FALSE(queue->idle.is_set());
  run_threads();
  EXPECT_FALSE(queue->is_busy);
  EXPECT_TRUE(queue->idle.is_set());
  EXPECT_THAT(calls, IsEmpty());
}

TEST_F(OrderedDispatcherTest, forgets_what_a_reset_took_back) {
  deliver(0, 3);
  queue->in_hand.move_to(1);
  deliver(1, 1);
  run_threads();
  EXPECT_THAT(calls, ElementsAre(0, 1));
}

TEST(SuspendDelay, is_the_listeners_within_bounds) {
  EXPECT_EQ(suspend_delay(Consumed::retry_later(), 1s), 1s);
  EXPECT_EQ(suspend_delay(Consumed::retry_later(3s), 1s), 3s);
  EXPECT_EQ(suspend_delay(Consumed::retry_later(1ms), 1s), 10ms);
  EXPECT_EQ(suspend_delay(Consumed::retry_later(1h), 1s), 30s);
}

}  // namespace
}  // namespace rocketmq::client
