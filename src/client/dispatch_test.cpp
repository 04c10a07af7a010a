#include "client/dispatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "client/testing/message_at.h"
#include "net/sim_loop.h"
#include "protocol/message_codec.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::message_at;
using ::testing::SizeIs;

// A dispatcher whose listener threads run when the test says so, and whose broker is a function.
struct Fixture : ::testing::Test {
  struct GivenBack {
    std::int64_t offset;
    std::int32_t level;
  };

  Fixture() { make(1); }

  void make(std::size_t threads) {
    dispatcher.reset();
    options.threads = threads;
    dispatcher = std::make_unique<ConcurrentDispatcher>(
        loop, options,
        Listener{[this](Span<const MessageView> batch) { return consume(batch); }, hooks, nullptr},
        [this](WorkList list) { waiting.append(std::move(list)); },
        GiveBack{
            [this](MessageView message, std::int32_t level) { return send_back(message, level); },
            {}},
        log);
  }
  ~Fixture() override { run_threads(); }

  Consumed consume(Span<const MessageView> batch) {
    batches.push_back(batch.size());
    return listener(batch[0]);
  }
  void deliver(std::initializer_list<MessageView> messages) {
    std::vector<MessageInHand> in_hand;
    for (const MessageView& message : messages) {
      in_hand.push_back({message, queue->in_hand.add(message.queue_offset(), 1)});
    }
    dispatcher->deliver(queue, in_hand);
  }
  void run_threads() {
    while (Work* const work = waiting.pop()) work->run();
    loop.run_ready();
  }
  net::Task<Result<void>> send_back(MessageView message, std::int32_t level) {
    co_await net::sleep_for(loop, 1ms);
    if (broker_refuses) co_return Error{ResponseCode::system_error, "store is full"};
    given_back.push_back({message.queue_offset(), level});
    co_return Result<void>{};
  }
  bool is_drained() {
    bool is_done = false;
    net::Task<> waiter = tell_when_drained(is_done);
    waiter.start();
    return is_done;
  }
  net::Task<> tell_when_drained(bool& is_done) {
    (void)co_await dispatcher->drained();
    is_done = true;
  }
  std::int64_t safe_offset() const { return queue->in_hand.safe_offset(); }

  net::SimLoop loop;
  const Log log{{}, LogLevel::info};
  std::shared_ptr<HeldQueue> queue =
      std::make_shared<HeldQueue>(MessageQueue{"T", "b", 0}, 0, FlowLimits{});
  MessageListener listener = [](const MessageView&) { return Consumed::ok; };
  std::vector<std::size_t> batches;
  std::vector<std::shared_ptr<ConsumeHook>> hooks;
  DispatchOptions options;
  std::vector<GivenBack> given_back;
  bool broker_refuses = false;
  WorkList waiting;
  std::unique_ptr<ConcurrentDispatcher> dispatcher;
};
using DispatcherTest = Fixture;

TEST_F(DispatcherTest, is_done_with_a_message_once_the_listener_says_ok) {
  deliver({message_at(0), message_at(1)});
  EXPECT_EQ(safe_offset(), 0);
  EXPECT_FALSE(is_drained());
  run_threads();
  EXPECT_EQ(safe_offset(), 2);
  EXPECT_EQ(dispatcher->statistics().consumed, 2u);
  EXPECT_TRUE(is_drained());
}

TEST_F(DispatcherTest, gives_a_message_back_with_the_delay_the_listener_asks_for) {
  listener = [](const MessageView&) { return Consumed::retry_later(10s); };
  deliver({message_at(0)});
  run_threads();
  EXPECT_EQ(safe_offset(), 0);  // in hand until the broker has it
  EXPECT_FALSE(is_drained());
  loop.advance(1ms);
  ASSERT_THAT(given_back, SizeIs(1));
  EXPECT_EQ(given_back[0].level, 3);
  EXPECT_EQ(safe_offset(), 1);
  EXPECT_EQ(dispatcher->statistics().given_back, 1u);
  EXPECT_TRUE(is_drained());
}

TEST_F(DispatcherTest, takes_an_exception_as_retry_later) {
  listener = [](const MessageView&) -> Consumed { throw std::runtime_error("no database"); };
  deliver({message_at(0)});
  run_threads();
  loop.advance(1ms);
  ASSERT_THAT(given_back, SizeIs(1));
  EXPECT_EQ(given_back[0].level, 0);
}

TEST_F(DispatcherTest, keeps_a_message_the_broker_does_not_take_back_and_tries_again_in_5_s) {
  std::vector<std::int32_t> times;
  listener = [&times](const MessageView& message) {
    times.push_back(message.reconsume_times());
    return times.size() < 3 ? Consumed::retry_later() : Consumed::ok;
  };
  broker_refuses = true;
  deliver({message_at(0)});
  run_threads();
  loop.advance(4999ms);
  run_threads();
  EXPECT_THAT(times, ElementsAre(0));
  for (int i = 0; i < 2; ++i) {
    loop.advance(5001ms);
    run_threads();
  }
  EXPECT_THAT(times, ElementsAre(0, 1, 2));
  EXPECT_THAT(given_back, IsEmpty());
  EXPECT_EQ(safe_offset(), 1);
}

TEST_F(DispatcherTest, asks_the_listener_no_more_about_a_message_for_the_dead_letters) {
  int calls = 0;
  listener = [&calls](const MessageView&) {
    ++calls;
    return Consumed::to_dead_letters;
  };
  broker_refuses = true;
  deliver({message_at(0)});
  run_threads();
  loop.advance(6s);
  broker_refuses = false;
  EXPECT_EQ(safe_offset(), 0);
  loop.advance(6s);
  EXPECT_EQ(calls, 1);
  ASSERT_THAT(given_back, SizeIs(1));
  EXPECT_EQ(given_back[0].level, -1);
  EXPECT_EQ(safe_offset(), 1);
}

TEST_F(DispatcherTest, gives_an_unreadable_message_to_the_dead_letters_without_asking) {
  listener = [](const MessageView&) -> Consumed {
    ADD_FAILURE() << "the listener saw it";
    return Consumed::ok;
  };
  deliver({message_at(0, protocol::sys_flag::compressed)});
  run_threads();
  loop.advance(1ms);
  ASSERT_THAT(given_back, SizeIs(1));
  EXPECT_EQ(given_back[0].level, -1);
}

TEST_F(DispatcherTest, does_not_begin_with_messages_of_a_queue_that_was_taken_away) {
  int calls = 0;
  listener = [this, &calls](const MessageView&) {
    ++calls;
    queue->end();  // while the first one is with the listener
    return Consumed::retry_later();
  };
  deliver({message_at(0), message_at(1)});
  run_threads();
  loop.advance(1s);
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(given_back, IsEmpty());  // the new owner will get it
  EXPECT_EQ(safe_offset(), 0);
  EXPECT_TRUE(is_drained());
}

TEST_F(DispatcherTest, calls_no_listener_once_stopped) {
  listener = [](const MessageView&) -> Consumed {
    ADD_FAILURE() << "called";
    return Consumed::ok;
  };
  deliver({message_at(0)});
  dispatcher->calls().stop();
  run_threads();
  EXPECT_EQ(safe_offset(), 0);
}

TEST_F(DispatcherTest, forgets_the_result_of_a_listener_that_outlives_it) {
  deliver({message_at(0)});
  listener = [this](const MessageView&) {
    dispatcher.reset();
    return Consumed::ok;
  };
  Work* const work = waiting.pop();
  work->run();
  loop.run_ready();
  EXPECT_EQ(safe_offset(), 0);
}

TEST_F(DispatcherTest, keeps_what_its_listeners_use_until_the_last_has_returned) {
  auto owner = std::make_shared<int>(1);
  const std::weak_ptr<int> is_kept = owner;
  listener = [&](const MessageView&) {
    dispatcher->calls().keep_for_listeners(std::move(owner));
    dispatcher.reset();
    EXPECT_FALSE(is_kept.expired());
    return Consumed::ok;
  };
  deliver({message_at(0)});
  waiting.pop()->run();
  EXPECT_FALSE(is_kept.expired());  // the result is still on its way to the loop
  loop.run_ready();
  EXPECT_TRUE(is_kept.expired());
}

TEST_F(DispatcherTest, knows_which_of_its_calls_a_thread_is_in) {
  EXPECT_EQ(dispatcher->calls().current_call(), nullptr);
  bool is_known = false;
  listener = [this, &is_known](const MessageView&) {
    is_known = dispatcher->calls().current_call() != nullptr;
    return Consumed::ok;
  };
  deliver({message_at(0)});
  run_threads();
  EXPECT_TRUE(is_known);
  EXPECT_EQ(dispatcher->calls().current_call(), nullptr);
}

TEST_F(DispatcherTest, does_not_wait_for_a_listener_that_waits_for_it) {
  make(2);
  bool drained_inside = true;
  bool drained_at_last = false;
  listener = [&](const MessageView& message) {
    if (message.queue_offset() == 0) {
      dispatcher->calls().waits_in_listener(*dispatcher->calls().current_call());
      drained_inside = is_drained();  // the other thread has still to run the second message
      while (Work* const work = waiting.pop()) work->run();
      loop.run_ready();
      drained_at_last = is_drained();
    }
    return Consumed::ok;
  };
  deliver({message_at(0), message_at(1)});
  run_threads();
  EXPECT_FALSE(drained_inside);
  EXPECT_TRUE(drained_at_last);
}

TEST_F(DispatcherTest, does_not_wait_for_what_no_thread_is_left_to_run) {
  bool drained_inside = false;
  listener = [&](const MessageView& message) {
    if (message.queue_offset() == 0) {
      dispatcher->calls().waits_in_listener(*dispatcher->calls().current_call());
      drained_inside = is_drained();
    }
    return Consumed::ok;
  };
  deliver({message_at(0), message_at(1)});
  run_threads();
  EXPECT_TRUE(drained_inside);
}

struct BatchesTest : Fixture {
  BatchesTest() {
    options.batch_size = 2;
    make(1);
  }
};

TEST_F(BatchesTest, give_the_listener_neighbours_together_and_what_it_says_goes_for_all) {
  deliver({message_at(0), message_at(1), message_at(2)});
  listener = [](const MessageView& first) {
    return first.queue_offset() == 0 ? Consumed::retry_later() : Consumed::ok;
  };
  run_threads();
  loop.advance(1ms);
  EXPECT_THAT(batches, ElementsAre(2, 1));
  EXPECT_THAT(given_back, SizeIs(2));
  EXPECT_EQ(dispatcher->statistics().consumed, 1u);
}

struct TimeoutTest : Fixture {
  TimeoutTest() {
    options.consume_timeout = 10s;
    make(2);
  }
};

TEST_F(TimeoutTest, gives_back_what_a_listener_takes_too_long_for) {
  listener = [this](const MessageView&) {
    loop.advance(12s);  // the listener's own time
    EXPECT_EQ(dispatcher->statistics().timed_out, 1u);
    EXPECT_THAT(given_back, SizeIs(1));
    EXPECT_EQ(safe_offset(), 1);
    return Consumed::retry_later();
  };
  deliver({message_at(0)});
  run_threads();
  loop.advance(1s);
  EXPECT_THAT(given_back, SizeIs(1));  // and not once more
  EXPECT_EQ(given_back.at(0).level, 3);
}

TEST_F(TimeoutTest, does_not_count_the_time_before_a_thread_is_free) {
  deliver({message_at(0)});
  loop.advance(60s);
  EXPECT_THAT(given_back, IsEmpty());
  run_threads();
  EXPECT_EQ(dispatcher->statistics().consumed, 1u);
}

struct BroadcastTest : Fixture {
  BroadcastTest() {
    options.gives_back = false;
    make(1);
  }
};

TEST_F(BroadcastTest, gives_nothing_back) {
  listener = [](const MessageView&) { return Consumed::retry_later(); };
  deliver({message_at(0), message_at(1, protocol::sys_flag::compressed)});
  run_threads();
  EXPECT_THAT(given_back, IsEmpty());
  EXPECT_EQ(safe_offset(), 2);
}

TEST_F(DispatcherTest, keeps_messages_while_the_gate_is_closed) {
  deliver({message_at(0)});
  queue->gate.is_paused = true;
  run_threads();  // had been handed to the threads already
  deliver({message_at(1)});
  run_threads();
  EXPECT_EQ(dispatcher->statistics().consumed, 0u);
  queue->gate.is_paused = false;
  dispatcher->reopened(queue);
  run_threads();
  EXPECT_EQ(dispatcher->statistics().consumed, 2u);
  EXPECT_EQ(safe_offset(), 2);
}

TEST_F(DispatcherTest, shows_every_message_to_the_hooks_whatever_they_throw) {
  struct Hook final : ConsumeHook {
    void before_consume(const MessageView&) override {
      seen += 'b';
      throw std::runtime_error("hook");
    }
    void after_consume(const MessageView&, const Consumed& result) override {
      seen += result.kind() == Consumed::Kind::ok ? 'o' : 'r';
    }
    std::string seen;
  };
  const auto hook = std::make_shared<Hook>();
  hooks.push_back(hook);
  make(1);
  listener = [](const MessageView& message) {
    if (message.queue_offset() == 1) throw std::runtime_error("no");
    return Consumed::ok;
  };
  deliver({message_at(0), message_at(1)});
  run_threads();
  loop.advance(1ms);
  EXPECT_EQ(hook->seen, "bobr");
}

}  // namespace
}  // namespace rocketmq::client
