#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "net/loop.h"

namespace rocketmq::broker {

// Calls a function again and again, a period after it returned. Destroying it ends that; not from
// inside the function.
class Every {
 public:
  Every(net::Loop& loop, net::Duration period, std::function<void()> function)
      : loop_(loop), period_(period), function_(std::move(function)) {
    arm();
  }
  Every(const Every&) = delete;
  Every& operator=(const Every&) = delete;

 private:
  void arm() {
    timer_ = loop_.after(period_, [this] {
      function_();
      arm();
    });
  }

  net::Loop& loop_;
  const net::Duration period_;
  const std::function<void()> function_;
  std::unique_ptr<net::Timer> timer_;
};

}  // namespace rocketmq::broker
