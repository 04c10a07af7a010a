#pragma once

#include <string_view>

namespace rocketmq::protocol {

// "10.0.0.1", "10.0.0.0/8", "fd00::/16": one address, or all that begin with the same bits.
bool is_ip_range(std::string_view text);

// False where `range` is none.
bool is_in(std::string_view range, std::string_view ip);

}  // namespace rocketmq::protocol
