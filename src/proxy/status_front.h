#pragma once

#include <rocketmq/result.h>

#include <memory>
#include <string>

#include "net/event_loop.h"
#include "net/status_pages.h"

namespace rocketmq::proxy {

// /metrics, /healthz and /readyz on a loop of their own: what they tell they ask the other loops
// for, and wait. For the thread that made it.
class StatusFront {
 public:
  // `source` is asked until this is destroyed.
  static Result<std::unique_ptr<StatusFront>> start(net::StatusSource source,
                                                    const std::string& address, net::LogLine log);
  ~StatusFront();

  const std::string& address() const { return address_; }

 private:
  StatusFront() = default;

  net::EventLoop loop_;
  std::unique_ptr<net::HttpServer> server_;
  std::string address_;
};

}  // namespace rocketmq::proxy
