#include "net/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "net/sim_loop.h"
#include "net/task_set.h"
#include "net/testing.h"
#include "net/wait.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// Says when it dies, so that a test sees what a cancelled coroutine held.
struct Witness {
  explicit Witness(bool& d) : died(d) {}
  ~Witness() { died = true; }
  bool& died;
};

Task<int> three() { co_return 3; }
Task<int> twice(Task<int> task) { co_return 2 * co_await std::move(task); }
Task<> append(std::vector<int>& to, int value) {
  to.push_back(value);
  co_return;
}

TEST(Task, does_nothing_until_it_is_started) {
  std::vector<int> done;
  Task<> task = append(done, 1);
  EXPECT_THAT(done, ElementsAre());
  EXPECT_FALSE(task.done());
  task.start();
  EXPECT_THAT(done, ElementsAre(1));
  EXPECT_TRUE(task.done());
}

TEST(Task, gives_its_value_to_who_awaits_it) {
  Task<int> task = twice(three());
  task.start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 6);
}

Task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(5); }

TEST(Task, carries_values_that_only_move) {
  auto task = move_only();
  task.start();
  EXPECT_EQ(*task.take(), 5);
}

Task<> hold_while_sleeping(Loop& loop, bool& died, bool& finished) {
  const Witness witness(died);
  co_await sleep_for(loop, 1s);
  finished = true;
}
Task<> outer(Loop& loop, bool& died, bool& finished) {
  co_await hold_while_sleeping(loop, died, finished);
}

TEST(Task, is_cancelled_with_all_it_awaits_when_it_is_destroyed) {
  SimLoop loop;
  bool died = false, finished = false;
  {
    Task<> task = outer(loop, died, finished);
    task.start();
    EXPECT_FALSE(died);
  }
  EXPECT_TRUE(died);
  loop.advance(2s);
  EXPECT_FALSE(finished);
}

TEST(Task, that_was_never_started_only_drops_its_parameters) {
  bool died = false;
  {
    const auto keep = [](std::unique_ptr<Witness>) -> Task<> { co_return; };
    Task<> task = keep(std::make_unique<Witness>(died));
    EXPECT_FALSE(died);
  }
  EXPECT_TRUE(died);
}

Task<> heartbeats(Loop& loop, int& count) {
  for (;;) {
    co_await sleep_for(loop, 30s);
    ++count;
  }
}

TEST(Task, beats_120_times_in_a_virtual_hour) {
  SimLoop loop;
  int count = 0;
  Task<> task = heartbeats(loop, count);
  task.start();
  loop.advance(1h);
  EXPECT_EQ(count, 120);
}

Task<std::int64_t> sum_of_many(int count) {
  std::int64_t sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await three();
  co_return sum;
}

TEST(Task, needs_no_stack_for_a_long_row_of_tasks_that_are_done_at_once) {
  auto task = sum_of_many(1'000'000);
  task.start();
  EXPECT_EQ(task.take(), 3'000'000);
}

// ---- waiting

Task<> wait_and_note(Event& event, std::vector<int>& notes, int name) {
  co_await event.wait();
  notes.push_back(name);
}

TEST(Event, resumes_all_who_wait_in_the_order_they_came) {
  Event event;
  std::vector<int> notes;
  Task<> a = wait_and_note(event, notes, 1), b = wait_and_note(event, notes, 2);
  a.start();
  b.start();
  EXPECT_THAT(notes, ElementsAre());
  event.set();
  EXPECT_THAT(notes, ElementsAre(1, 2));
}

TEST(Event, lets_pass_who_comes_late_until_it_is_reset) {
  Event event;
  std::vector<int> notes;
  event.set();
  Task<> late = wait_and_note(event, notes, 1);
  late.start();
  EXPECT_TRUE(late.done());
  event.reset();
  Task<> next = wait_and_note(event, notes, 2);
  next.start();
  EXPECT_FALSE(next.done());
}

TEST(Event, forgets_who_was_destroyed_while_waiting) {
  Event event;
  std::vector<int> notes;
  Task<> a = wait_and_note(event, notes, 1), b = wait_and_note(event, notes, 2),
         c = wait_and_note(event, notes, 3);
  for (Task<>* task : {&a, &b, &c}) task->start();
  b.cancel();
  event.set();
  EXPECT_THAT(notes, ElementsAre(1, 3));
}

Task<> wait_and_cancel(Event& event, Task<>& other) {
  co_await event.wait();
  other.cancel();
}

TEST(Event, may_be_used_to_cancel_another_waiter) {
  Event event;
  std::vector<int> notes;
  Task<> victim = wait_and_note(event, notes, 1);
  Task<> killer = wait_and_cancel(event, victim);
  killer.start();
  victim.start();
  event.set();
  EXPECT_THAT(notes, ElementsAre());
}

TEST(OneShot, gives_its_value_before_or_after_it_is_awaited) {
  OneShot<std::string> before, after;
  Task<std::string> waits = after.take();
  waits.start();
  EXPECT_FALSE(waits.done());
  after.set("after");
  EXPECT_EQ(waits.take(), "after");

  before.set("before");
  Task<std::string> finds = before.take();
  finds.start();
  EXPECT_EQ(finds.take(), "before");
}

Task<Result<int>> after_a_while(Loop& loop, Duration while_, int value) {
  co_await sleep_for(loop, while_);
  co_return value;
}
Task<Result<int>> limited(Loop& loop, Duration timeout, Duration while_) {
  co_return co_await with_timeout(loop, timeout, after_a_while(loop, while_, 7));
}

TEST(with_timeout, gives_the_result_when_it_comes_in_time) {
  SimLoop loop;
  const TimePoint start = loop.now();
  EXPECT_EQ(run_task(loop, limited(loop, 3s, 1s)).value(), 7);
  EXPECT_EQ(loop.now() - start, 1s);
}

TEST(with_timeout, cancels_the_task_when_its_time_is_over) {
  SimLoop loop;
  const TimePoint start = loop.now();
  const auto result = run_task(loop, limited(loop, 3s, 9s));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::timeout);
  EXPECT_EQ(loop.now() - start, 3s);
  loop.advance(1h);
}

TEST(with_timeout, gives_the_result_of_a_task_that_is_done_at_once) {
  SimLoop loop;
  const auto at_once = [](Loop& on) -> Task<Result<int>> {
    const auto done = []() -> Task<Result<int>> { co_return 1; };
    co_return co_await with_timeout(on, 1s, done());
  };
  EXPECT_EQ(run_task(loop, at_once(loop)).value(), 1);
}

TEST(with_timeout, is_cancelled_from_outside_like_any_wait) {
  SimLoop loop;
  Task<Result<int>> task = limited(loop, 3s, 1s);
  task.start();
  task.cancel();
  loop.advance(1h);
}

TEST(TaskSet, runs_tasks_side_by_side_until_each_ends) {
  SimLoop loop;
  TaskSet set;
  bool died[2] = {}, finished[2] = {};
  set.start(hold_while_sleeping(loop, died[0], finished[0]));
  loop.advance(500ms);
  set.start(hold_while_sleeping(loop, died[1], finished[1]));
  EXPECT_EQ(set.size(), 2u);
  loop.advance(500ms);
  EXPECT_TRUE(finished[0]);
  EXPECT_EQ(set.size(), 1u);
  loop.advance(500ms);
  EXPECT_TRUE(finished[1]);
  EXPECT_TRUE(set.empty());
}

TEST(TaskSet, cancels_what_still_runs_when_it_is_destroyed) {
  SimLoop loop;
  bool died = false, finished = false;
  {
    TaskSet set;
    set.start(hold_while_sleeping(loop, died, finished));
  }
  EXPECT_TRUE(died);
  EXPECT_FALSE(finished);
}

Task<> start_others(TaskSet& set, std::vector<int>& done, int count) {
  for (int i = 0; i < count; ++i) set.start(append(done, i));
  co_return;
}

TEST(TaskSet, lets_a_task_start_others) {
  TaskSet set;
  std::vector<int> done;
  set.start(start_others(set, done, 3));
  EXPECT_THAT(done, ElementsAre(0, 1, 2));
  EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace rocketmq::net
