#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rocketmq::protocol {

// Base64 (RFC 4648) with padding.
std::string to_base64(std::string_view bytes);
// With '-' and '_' for '+' and '/'.
std::string to_base64_url(std::string_view bytes);

// Nothing for what is not whole: a foreign character, a wrong length, padding within. The URL form
// may also lack its padding, as Java's decoder takes it.
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64_url(std::string_view text);

}  // namespace rocketmq::protocol
