#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rocketmq::net {

// Where to connect or listen: a name or a literal address, and a port. Not resolved.
struct Address {
  std::string host;  // "broker-a", "10.0.0.9", "::1" (without brackets)
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

// "broker-a:10911", "[::1]:10911".
std::string to_string(const Address& address);

// The inverse. A bare IPv6 address without brackets is refused: it may end in a port or not.
Result<Address> parse_address(std::string_view text);

// "a:9876;b:9876". Java separates with ';'; ',' and blanks are taken too. An empty list is an
// error.
Result<std::vector<Address>> parse_address_list(std::string_view text);

}  // namespace rocketmq::net
