#pragma once

#include <rocketmq/admin.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "client/core.h"
#include "net/task.h"
#include "proxy/http/workers.h"

namespace rocketmq::gateway {

// The public Admin for a loop that must not wait: its calls, which do, run on threads beside it.
class AdminWorkers {
 public:
  AdminWorkers(std::shared_ptr<Client::Core> core, std::size_t threads, std::size_t calls_max);

  // See Workers::run.
  template <class T>
  net::Task<Result<T>> run(std::function<Result<T>(Admin&)> work) {
    return workers_.run<T>([this, work = std::move(work)] { return work(admin_); });
  }

 private:
  Admin admin_;
  Workers workers_;  // last: what they do uses the rest
};

}  // namespace rocketmq::gateway
