// What is there without credentials.

#include <nlohmann/json.hpp>

#include "client/admin_calls.h"
#include "protocol/str.h"
#include "proxy/http/openapi.h"
#include "proxy/http/operations.h"

namespace rocketmq::gateway {

net::Task<Reply> operate_openapi(Parts&, RequestPtr) {
  co_return net::HttpResponse{.body = std::string(openapi_document()),
                              .content_type = "application/json"};
}

net::Task<Reply> operate_health(Parts&, RequestPtr) {
  co_return net::HttpResponse{.body = "alive\n"};
}

net::Task<Reply> operate_readiness(Parts& parts, RequestPtr) {
  if (parts.is_draining) co_return Error{Slug::not_ready, "this gateway is being stopped"};
  client::AdminCalls calls(*parts.core);
  const auto cluster = co_await calls.cluster_info();
  if (!cluster) {
    co_return Error{Slug::not_ready, str("no name server says: ", to_string(cluster.error()))};
  }
  if (cluster->broker_addr_table.empty()) co_return Error{Slug::not_ready, "there is no broker"};
  co_return net::HttpResponse{.body = "ready\n"};
}

std::string metrics_text(Parts& parts) {
  parts.metrics.transactions_open = parts.transactions.size();
  parts.metrics.sockets_open = parts.sockets.size();
  return parts.metrics.to_text();
}

net::Task<Reply> operate_metrics(Parts& parts, RequestPtr) {
  std::string text;
  if (parts.other_metrics != nullptr) {
    auto others = co_await parts.other_metrics->run<std::string>(
        [ask = parts.options.other_metrics]() -> Result<std::string> { return ask(); });
    if (!others) co_return std::move(others).error();
    text = *std::move(others);
  }
  text += metrics_text(parts);
  co_return net::HttpResponse{.body = std::move(text),
                              .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace rocketmq::gateway
