#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "net/event_loop.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;

bool is_ready(const std::future<std::thread::id>& future) {
  return future.wait_for(0s) == std::future_status::ready;
}

class CallerLeadTest : public testing::Test {
 protected:
  CallerLeadTest() {
    loop_.let_callers_lead([this] { return is_idle_.load(); });
    loop_.start();
    run_in(loop_, [this] { own_thread_ = std::this_thread::get_id(); });
  }

  // Waits for something small on the loop, and says which thread did it.
  std::thread::id wait_once() {
    std::promise<std::thread::id> promise;
    auto where = promise.get_future();
    EventLoop::Lead lead(loop_);
    loop_.post([&] {
      EXPECT_TRUE(loop_.in_loop_thread());
      promise.set_value(std::this_thread::get_id());
    });
    lead.run_until([&] { return is_ready(where); });
    return where.get();
  }

  // Again and again, until this thread has led; false: in ten seconds it did not.
  bool waits_until_it_leads() {
    const TimePoint until = loop_.now() + 10s;
    while (loop_.now() < until) {
      if (wait_once() == std::this_thread::get_id()) return true;
    }
    return false;
  }

  std::atomic<bool> is_idle_ = true;
  EventLoop loop_;
  std::thread::id own_thread_;
};

TEST_F(CallerLeadTest, whoever_waits_again_and_again_runs_the_loop) {
  EXPECT_EQ(wait_once(), own_thread_);
  EXPECT_TRUE(waits_until_it_leads());
  EXPECT_FALSE(loop_.in_loop_thread());
}

TEST_F(CallerLeadTest, nobody_leads_while_the_loop_has_other_work) {
  is_idle_ = false;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(wait_once(), own_thread_);
}

TEST_F(CallerLeadTest, what_is_posted_while_nobody_runs_the_loop_wakes_its_own_thread) {
  ASSERT_TRUE(waits_until_it_leads());
  std::promise<std::thread::id> where;
  loop_.post([&] { where.set_value(std::this_thread::get_id()); });
  EXPECT_EQ(where.get_future().get(), own_thread_);
}

TEST_F(CallerLeadTest, timers_fire_while_nobody_comes) {
  std::promise<std::thread::id> fired;
  std::unique_ptr<Timer> timer;
  run_in(loop_,
         [&] { timer = loop_.after(20ms, [&] { fired.set_value(std::this_thread::get_id()); }); });
  ASSERT_TRUE(waits_until_it_leads());
  EXPECT_EQ(fired.get_future().get(), own_thread_);
  run_in(loop_, [&] { timer.reset(); });
}

TEST_F(CallerLeadTest, a_leader_does_what_others_post_and_passes_on_what_is_left) {
  for (int round = 0; round < 100; ++round) {
    ASSERT_TRUE(waits_until_it_leads());
    std::promise<std::thread::id> promise;
    auto done = promise.get_future();
    std::promise<void> is_led;
    std::thread other([&] {
      is_led.get_future().wait();
      loop_.post([&] { promise.set_value(std::this_thread::get_id()); });
    });
    {
      EventLoop::Lead lead(loop_);
      is_led.set_value();
      lead.run_until([&] { return is_ready(done); });
    }
    done.get();
    other.join();
  }
}

TEST_F(CallerLeadTest, many_threads_wait_and_all_get_their_answers) {
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) {
        wait_once();
        ++answered;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 2000);
}

// A long wait: the own thread has given up counting, and is called when it ends.
TEST_F(CallerLeadTest, the_own_thread_takes_over_after_a_long_wait) {
  ASSERT_TRUE(waits_until_it_leads());
  std::promise<std::thread::id> promise;
  auto done = promise.get_future();
  std::unique_ptr<Timer> timer;
  {
    EventLoop::Lead lead(loop_);
    loop_.post(
        [&] { timer = loop_.after(50ms, [&] { promise.set_value(std::this_thread::get_id()); }); });
    lead.run_until([&] { return is_ready(done); });
  }
  done.get();
  std::thread::id next;
  run_in(loop_, [&] {
    timer.reset();
    next = std::this_thread::get_id();
  });
  EXPECT_EQ(next, own_thread_);
}

TEST_F(CallerLeadTest, stopping_ends_a_lead) {
  ASSERT_TRUE(waits_until_it_leads());
  EventLoop::Lead lead(loop_);
  std::thread other([&] { loop_.stop(); });
  lead.run_until([] { return false; });
  other.join();
}

}  // namespace
}  // namespace rocketmq::net
