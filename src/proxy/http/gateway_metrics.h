#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "proxy/http/resource.h"

namespace rocketmq::gateway {

// What the gateway has done, counted.
struct GatewayMetrics {
  // By route (nullptr: none was found) and status.
  std::map<std::pair<const Route*, unsigned>, std::uint64_t> requests;
  std::size_t requests_in_flight = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_delivered = 0;
  std::uint64_t messages_given_back = 0;  // taken for a peer that had gone
  std::size_t transactions_open = 0;
  std::size_t sockets_open = 0;

  std::string to_text() const;  // as Prometheus reads it
};

}  // namespace rocketmq::gateway
