#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <memory>
#include <string>

#include "net/event_loop.h"
#include "proxy/http/gateway.h"

namespace rocketmq::proxy {

// The HTTP gateway on a loop of its own: reading a long JSON text keeps no RocketMQ client waiting.
// For the thread that made it.
class HttpFront {
 public:
  static Result<std::unique_ptr<HttpFront>> start(gateway::GatewayOptions options,
                                                  const std::string& address);

  const std::string& address() const { return address_; }

  // See Gateway::reload.
  void reload(const gateway::GatewayOptions& options) { gateway_.reload(options); }

  std::string metrics() const { return gateway_.metrics(); }

  // Sends peers elsewhere, as far as they follow.
  void drain(std::chrono::milliseconds grace) { gateway_.drain(grace); }
  bool is_drained() const { return gateway_.connection_count() == 0; }

 private:
  explicit HttpFront(gateway::GatewayOptions options) : gateway_(loop_, std::move(options)) {}

  net::EventLoop loop_;
  gateway::Gateway gateway_;
  std::string address_;
};

}  // namespace rocketmq::proxy
