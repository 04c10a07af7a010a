#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <string>

#include "net/http_server.h"

namespace rocketmq::net {

// What the pages show; called on the loop.
struct StatusSource {
  std::function<std::string()> metrics;     // Prometheus' text
  std::function<Result<void>()> readiness;  // or why it is not ready
};

// /metrics, /healthz: the process answers, and /readyz: clients find the broker and may send. For
// who watches or restarts it.
HttpServer::Handler status_pages(StatusSource source);

}  // namespace rocketmq::net
