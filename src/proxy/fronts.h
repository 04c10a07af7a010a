#pragma once

#include <rocketmq/result.h>

#include <memory>
#include <string>

#include "net/event_loop.h"
#include "net/log.h"
#include "proxy/command_line.h"
#include "proxy/http_front.h"
#include "proxy/proxy.h"
#include "proxy/status_front.h"

namespace rocketmq::proxy {

// All that one process serves: RocketMQ clients on one loop, HTTP on another, and what tells how
// both are on a third. For the thread that made it.
class Fronts {
 public:
  struct Log {  // called from the loops
    net::LogLine warn;
    net::LogLine info;
  };
  // Errors name the setting.
  static Result<std::unique_ptr<Fronts>> start(const CommandLine& line, Log log);
  ~Fronts();
  Fronts(const Fronts&) = delete;
  Fronts& operator=(const Fronts&) = delete;

  const std::string& remoting_address() const { return proxy_->remoting_address(); }
  // Empty: there is none.
  std::string http_address() const { return http_ ? http_->address() : std::string(); }
  std::string metrics_address() const { return status_ ? status_->address() : std::string(); }

  // The files that settings name are read anew: users, certificates. One that is wrong changes
  // nothing.
  Result<void> reload();

  // Sends everybody elsewhere; ends when they have gone, or the time is over. Errors: timeout, and
  // then nothing can be destroyed any more.
  Result<void> drain();

 private:
  Fronts(ProxyOptions options, Log log);
  Result<void> start_remoting(FrontOptions front);
  Result<void> start_http(gateway::GatewayOptions gateway);
  Result<void> start_status();
  std::string remoting_metrics();
  Result<void> readiness();

  const ProxyOptions options_;
  const Log log_;
  net::EventLoop loop_;
  // Each asks the ones before it.
  std::unique_ptr<Proxy> proxy_;
  std::unique_ptr<HttpFront> http_;
  std::unique_ptr<StatusFront> status_;
};

}  // namespace rocketmq::proxy
