#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rocketmq::gateway {

// Nothing for a '%' without two hex digits, and where control characters or bytes that are no UTF-8
// come out: none of our names has any.
std::optional<std::string> percent_decoded(std::string_view text);
// For a part of a path: all but letters, digits and "-._~".
std::string percent_encoded(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace rocketmq::gateway
