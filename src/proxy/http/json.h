#pragma once

#include <rocketmq/result.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace rocketmq::gateway {

// Keeps the order in which it was written.
using Json = nlohmann::ordered_json;

// Errors: Slug::bad_request, for what is no JSON, or is nested deeper than anybody means.
Result<Json> parse_json(std::string_view text);
// Bytes that are no UTF-8 are replaced: they come from brokers, and must not spoil the rest.
std::string to_text(const Json& json);

}  // namespace rocketmq::gateway
