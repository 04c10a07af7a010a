#include "proxy/http/gateway_metrics.h"

#include "protocol/prometheus_text.h"
#include "protocol/str.h"

namespace rocketmq::gateway {

std::string GatewayMetrics::to_text() const {
  std::string out;
  protocol::PrometheusText text(out);
  const auto number = [&text](std::string_view name, std::string_view type, std::string_view help,
                              auto value) {
    text.metric(name, type, help);
    text.line(value);
  };
  text.metric("rocketmq_gateway_requests_total", "counter", "Requests answered, or begun to be.");
  for (const auto& [what, count] : requests) {
    const auto& [route, status] = what;
    text.line(count, protocol::prometheus_labels({{"method", route ? route->method : "other"},
                                                  {"route", route ? route->pattern : "none"},
                                                  {"status", str(status)}}));
  }
  number("rocketmq_gateway_requests_in_flight", "gauge", "Requests not answered yet.",
         requests_in_flight);
  number("rocketmq_gateway_messages_in_total", "counter", "Messages sent to brokers.",
         messages_sent);
  number("rocketmq_gateway_messages_out_total", "counter", "Messages handed out.",
         messages_delivered);
  number("rocketmq_gateway_messages_given_back_total", "counter",
         "Messages taken for a peer that had gone by then.", messages_given_back);
  number("rocketmq_gateway_transactions_open", "gauge", "Neither committed nor rolled back.",
         transactions_open);
  number("rocketmq_gateway_sockets_open", "gauge", "WebSockets.", sockets_open);
  return out;
}

}  // namespace rocketmq::gateway
