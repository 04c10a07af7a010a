#pragma once

#include <rocketmq/options.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace rocketmq::client {

// A piece of work that can stand in a WorkList: made with new, and gone after run().
class Work {
 public:
  virtual void run() = 0;  // ends with the Work destroyed, by itself

 protected:
  Work() = default;
  ~Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

 private:
  friend class WorkList;
  Work* next_ = nullptr;
};

// Work in the order it was added, linked through itself: handing over a thousand costs what one
// costs. Must be empty when destroyed.
class WorkList {
 public:
  WorkList() = default;
  WorkList(WorkList&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)), last_(std::exchange(other.last_, nullptr)) {}
  WorkList& operator=(WorkList&&) = delete;

  bool empty() const { return first_ == nullptr; }
  void push(Work& work);
  Work* pop();  // nullptr: empty
  void append(WorkList list);

 private:
  Work* first_ = nullptr;
  Work* last_ = nullptr;
};

// Threads that run user code. Everything given to it is run, at the latest while it is destroyed;
// that waits for user code to return, but not for ever: after `patience` its threads are let go, as
// is at once the one it is destroyed on, and end by themselves.
class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(std::size_t threads,
                      std::chrono::milliseconds patience = std::chrono::seconds(10));
  ~ThreadPool() override;

  void run(std::function<void()> task) override;
  void run(WorkList list);

  // Is this the thread of some pool, of this client or another?
  static bool is_pool_thread();

 private:
  struct Shared;  // outlives the pool where a thread was let go

  const std::chrono::milliseconds patience_;
  const std::shared_ptr<Shared> shared_;
  std::vector<std::thread> threads_;
};

// Runs tasks where they are given. For tests, and for users who promise not to block.
class InlineExecutor final : public Executor {
 public:
  void run(std::function<void()> task) override { task(); }
};

}  // namespace rocketmq::client
