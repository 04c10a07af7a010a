#pragma once

#include <cstddef>
#include <list>

#include "net/task.h"

namespace rocketmq::net {

// Owns tasks that run side by side, each until it ends by itself; destroying the set cancels those
// that still run. Declared last in the object whose data they use. A task may start others here,
// but must not destroy the set.
class TaskSet {
 public:
  TaskSet() = default;
  TaskSet(const TaskSet&) = delete;
  TaskSet& operator=(const TaskSet&) = delete;

  // Runs it until it first waits.
  void start(Task<> task);
  std::size_t size() const { return running_count_; }
  bool empty() const { return running_count_ == 0; }

 private:
  static Task<> run(TaskSet& set, std::list<Task<>>::iterator self, Task<> task);

  std::list<Task<>> running_;
  std::list<Task<>> finished_;  // a coroutine cannot destroy itself: the next start() does
  std::size_t running_count_ = 0;
};

}  // namespace rocketmq::net
