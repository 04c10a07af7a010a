#pragma once

#include <cstdint>

#include "protocol/prometheus_text.h"

namespace rocketmq::proxy {

// What sessions have counted, all together.
struct SessionCounts {
  std::uint64_t unknown_users = 0;  // requests that nobody known had signed
  std::uint64_t denied = 0;         // requests that rules or the policy of tools let not through
  // Requests beyond those that may be under way, and beyond what Limits allow.
  std::uint64_t throttled_in_flight = 0;
  std::uint64_t throttled_clients = 0;
  std::uint64_t throttled_topics = 0;
  std::uint64_t route_hits = 0;
  std::uint64_t route_misses = 0;

  void write(protocol::PrometheusText& text) const {
    const auto counter = [&text](std::string_view name, std::string_view help,
                                 std::uint64_t value) {
      text.metric(name, "counter", help);
      text.line(value);
    };
    counter("rocketmq_proxy_auth_failures_total", "Requests that no known user had signed.",
            unknown_users);
    counter("rocketmq_proxy_acl_denied_total",
            "Requests of users without a right to them, and of tools.", denied);
    text.metric("rocketmq_proxy_throttled_total", "counter",
                "Requests refused: too many under way, of the client, or for the topic.");
    text.line(throttled_in_flight, R"(reason="in_flight")");
    text.line(throttled_clients, R"(reason="client")");
    text.line(throttled_topics, R"(reason="topic")");
    counter("rocketmq_proxy_route_cache_hits_total", "Routes told from memory.", route_hits);
    counter("rocketmq_proxy_route_cache_misses_total", "Routes asked of name servers.",
            route_misses);
  }
};

}  // namespace rocketmq::proxy
