#pragma once

#include <rocketmq/options.h>
#include <rocketmq/result.h>
#include <rocketmq/simple_consumer.h>
#include <rocketmq/subscription.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "proxy/http/parameters.h"

namespace rocketmq::gateway {

inline constexpr std::int64_t receive_max = 32;  // a broker gives no more at once

// What somebody wants to receive.
struct Wanted {
  std::string group;
  Subscription subscription;
  StartAt start_at = StartAt::latest;  // of a group that is new
  bool is_in_order = false;            // in JSON: fifo
  ReceiveOptions options;
};

// Errors: bad_request, illegal_filter.
Result<Wanted> wanted_of(const Parameters& parameters, const std::string& group,
                         std::chrono::milliseconds wait_otherwise,
                         std::chrono::milliseconds wait_max);
Result<Wanted> wanted_of(const Members& members, const std::string& group,
                         std::chrono::milliseconds wait_max);

}  // namespace rocketmq::gateway
