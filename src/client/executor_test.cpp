#include "client/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <set>

namespace rocketmq::client {
namespace {

class Note final : public Work {
 public:
  Note(std::vector<int>& notes, int number) : notes_(notes), number_(number) {}
  void run() override {
    notes_.push_back(number_);
    delete this;
  }

 private:
  std::vector<int>& notes_;
  const int number_;
};

TEST(WorkList, keeps_the_order_across_appending) {
  std::vector<int> notes;
  WorkList first;
  WorkList second;
  first.push(*new Note(notes, 1));
  second.push(*new Note(notes, 2));
  second.push(*new Note(notes, 3));
  first.append(std::move(second));
  first.append(WorkList());
  first.push(*new Note(notes, 4));
  while (Work* work = first.pop()) work->run();
  EXPECT_EQ(notes, (std::vector<int>{1, 2, 3, 4}));
  EXPECT_TRUE(first.empty());
}

TEST(ThreadPool, runs_everything_before_it_is_gone) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(3);
    for (int i = 0; i < 1000; ++i) pool.run([&ran] { ++ran; });
  }
  EXPECT_EQ(ran, 1000);
}

TEST(ThreadPool, uses_all_its_threads_for_one_list) {
  ThreadPool pool(2);
  // Each waits for the other: one thread alone would never finish.
  std::promise<void> first;
  std::promise<void> second;
  std::promise<void> done;
  pool.run([&] {
    first.set_value();
    second.get_future().wait();
    done.set_value();
  });
  pool.run([&] {
    first.get_future().wait();
    second.set_value();
  });
  done.get_future().wait();
}

TEST(ThreadPool, may_be_destroyed_on_its_own_thread) {
  auto pool = std::make_shared<ThreadPool>(2);
  std::promise<bool> was_pool_thread;
  ThreadPool& running = *pool;
  running.run([&was_pool_thread, pool = std::move(pool)]() mutable {
    const bool is_pool_thread = ThreadPool::is_pool_thread();
    pool.reset();
    was_pool_thread.set_value(is_pool_thread);
  });
  EXPECT_TRUE(was_pool_thread.get_future().get());
  EXPECT_FALSE(ThreadPool::is_pool_thread());
}

TEST(ThreadPool, does_not_wait_for_ever_for_a_task_that_hangs) {
  auto let_go = std::make_shared<std::promise<void>>();
  auto ended = std::make_shared<std::promise<void>>();
  {
    ThreadPool pool(1, std::chrono::milliseconds(0));
    pool.run([let_go, ended] {
      let_go->get_future().wait();
      ended->set_value();
    });
  }
  let_go->set_value();
  ended->get_future().wait();
}

}  // namespace
}  // namespace rocketmq::client
