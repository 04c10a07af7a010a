#pragma once

#include <rocketmq/admin.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "client/core.h"
#include "client/executor.h"
#include "net/task.h"
#include "net/wait.h"

namespace rocketmq::gateway {

// The public Admin for a loop that must not wait: its calls, which do, run on threads beside it.
class AdminWorkers {
 public:
  AdminWorkers(std::shared_ptr<Client::Core> core, std::size_t threads, std::size_t calls_max);

  // On the loop. Errors: overloaded, and those of `work`.
  template <class T>
  net::Task<Result<T>> run(std::function<Result<T>(Admin&)> work) {
    if (*calls_ >= calls_max_) {
      co_return Error{Errc::overloaded, "too many questions about the cluster are being asked"};
    }
    const auto answer = std::make_shared<net::OneShot<Result<T>>>();
    ++*calls_;
    threads_.run([this, answer, calls = calls_, work = std::move(work)] {
      auto result = std::make_shared<Result<T>>(work(admin_));
      loop_.post([answer, calls, result] {
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
  Admin admin_;
  client::ThreadPool threads_;  // last: what they do uses the rest
};

}  // namespace rocketmq::gateway
