#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "broker-lite/filter/sql_filter.h"

namespace rocketmq::broker {

// Which messages of a queue a consumer wants.
struct MessageFilter {
  std::vector<std::int32_t> tags_codes;    // hashes of the wanted tags; empty: whatever the tag
  std::shared_ptr<const SqlFilter> sql{};  // nullptr: whatever the properties
};

}  // namespace rocketmq::broker
