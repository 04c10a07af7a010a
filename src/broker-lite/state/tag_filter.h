#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/bodies/client_data.h"

namespace rocketmq::broker {

// The hashes of the tags in "a || b", as consume queues hold them; none for "*" and for nothing:
// every message. Only hashes are compared here; consumers compare the tags themselves. Fails with
// subscription_parse_failed where there are bars but no tag. Java: FilterAPI.buildSubscriptionData.
Result<std::vector<std::int32_t>> parse_tags(std::string_view expression);

// Java: ExpressionType.isTagType.
inline bool is_tag_type(std::string_view expression_type) {
  return expression_type.empty() || expression_type == "TAG";
}

// Those of a subscription a heartbeat brought. A client that left its codeSet empty meant the tags
// it wrote, not nothing.
std::vector<std::int32_t> tags_codes_of(const protocol::SubscriptionData& subscription);

}  // namespace rocketmq::broker
