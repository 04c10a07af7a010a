#pragma once

#include <chrono>
#include <utility>

#include "net/sim_loop.h"
#include "net/task.h"

// Helpers for tests of whatever runs on a SimLoop.

namespace rocketmq::net {

// Runs `task` to its end and gives its value; as much virtual time as it takes, up to an hour.
// Terminates when it does not end: the test cannot go on.
template <class T>
T run_task(SimLoop& loop, Task<T> task) {
  task.start();
  if (!loop.run_until([&task] { return task.done(); })) std::terminate();
  if constexpr (!std::is_void_v<T>) return task.take();
}

}  // namespace rocketmq::net
