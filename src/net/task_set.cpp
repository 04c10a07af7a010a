#include "net/task_set.h"

#include <utility>

namespace rocketmq::net {

void TaskSet::start(Task<> task) {
  finished_.clear();
  ++running_count_;
  const auto self = running_.emplace(running_.end());
  *self = run(*this, self, std::move(task));
  self->start();
}

Task<> TaskSet::run(TaskSet& set, std::list<Task<>>::iterator self, Task<> task) {
  co_await std::move(task);
  --set.running_count_;
  set.finished_.splice(set.finished_.end(), set.running_, self);
}

}  // namespace rocketmq::net
