#pragma once

#include <string_view>

namespace rocketmq::gateway {

// openapi.json, which stands beside this file and says what is served.
std::string_view openapi_document();

}  // namespace rocketmq::gateway
