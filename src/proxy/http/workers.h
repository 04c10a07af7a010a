#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "client/executor.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/wait.h"

namespace rocketmq::gateway {

// For a loop that must not wait: calls that do, on threads beside it.
class Workers {
 public:
  Workers(net::Loop& loop, std::size_t threads, std::size_t calls_max)
      : loop_(loop), calls_max_(calls_max), threads_(threads) {}

  // On the loop. Errors: overloaded, and those of `work`.
  template <class T>
  net::Task<Result<T>> run(std::function<Result<T>()> work) {
    if (*calls_ >= calls_max_) {
      co_return Error{Errc::overloaded, "too many questions like this are being asked"};
    }
    const auto answer = std::make_shared<net::OneShot<Result<T>>>();
    ++*calls_;
    threads_.run([&loop = loop_, answer, calls = calls_, work = std::move(work)] {
      auto result = std::make_shared<Result<T>>(work());
      loop.post([answer, calls, result] {
        --*calls;
        answer->set(std::move(*result));
      });
    });
    co_return co_await answer->take();
  }

 private:
  net::Loop& loop_;
  const std::size_t calls_max_;
  const std::shared_ptr<std::size_t> calls_ = std::make_shared<std::size_t>(0);
  client::ThreadPool threads_;
};

}  // namespace rocketmq::gateway
