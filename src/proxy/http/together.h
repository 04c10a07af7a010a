#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"
#include "proxy/http/json.h"

namespace rocketmq::gateway {

// What a function with a callback gives, to wait for. Whoever waits may be destroyed meanwhile.
template <class T>
net::Task<Result<T>> once(std::function<void(std::function<void(Result<T>)> done)> start) {
  const auto answer = std::make_shared<net::OneShot<Result<T>>>();
  start([answer](Result<T> result) { answer->set(std::move(result)); });
  co_return co_await answer->take();
}

// Runs them side by side in `set`, and gives what each says, in order: a list.
net::Task<std::unique_ptr<Json>> together(net::TaskSet& set,
                                          std::vector<net::Task<std::unique_ptr<Json>>> tasks);

}  // namespace rocketmq::gateway
