#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <string>

#include "net/log.h"
#include "net/loop.h"
#include "proxy/options.h"
#include "proxy/remoting/front.h"

namespace rocketmq::proxy {

// What one process serves RocketMQ clients. Belongs to its loop, destroyed on it.
class Proxy {
 public:
  // `front` is what follows from `options`. Errors name the setting.
  static Result<std::unique_ptr<Proxy>> start(net::Loop& loop, const ProxyOptions& options,
                                              const FrontOptions& front, net::LogLine log);

  const std::string& remoting_address() const { return remoting_address_; }
  bool is_stopping() const { return is_stopping_; }

  // Of the front and the process, as Prometheus reads it.
  std::string metrics() const;

  // See Front::reload.
  void reload(const FrontOptions& front) { front_->reload(front); }

  // Sends clients elsewhere, as far as they understand it, and ends after the time to drain.
  void stop(std::function<void()> on_stopped);

 private:
  Proxy(net::Duration drain_time, std::unique_ptr<Front> front, std::string remoting_address);

  const net::Duration drain_time_;
  const std::unique_ptr<Front> front_;
  const std::string remoting_address_;
  bool is_stopping_ = false;
};

}  // namespace rocketmq::proxy
