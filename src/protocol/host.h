#pragma once

#include <rocketmq/result.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rocketmq::protocol {

// An address as records and message ids carry it: the bytes of an IPv4 or IPv6 address and a port.
// A value; never resolved, never a name.
struct Host {
  std::array<char, 16> ip{};  // the first `ip_size` bytes, network order; the rest is zero
  std::uint8_t ip_size = 4;   // 4 or 16
  std::int32_t port = 0;      // 32 bits on the wire, so it may hold more than a port

  bool is_v6() const { return ip_size == 16; }
  std::string_view ip_bytes() const { return {ip.data(), ip_size}; }

  // Bytes of this host in a record or an id: the address and 4 bytes of port.
  std::size_t encoded_size() const { return ip_size + sizeof port; }

  friend bool operator==(const Host&, const Host&) = default;
};

// `ip_bytes` of 4 or 16 bytes.
Host make_host(std::string_view ip_bytes, std::int32_t port);

// "10.0.0.9:5555" or "[fd00::2]:5555".
std::string to_string(const Host& host);

// The inverse. Fails with invalid_argument on anything but a literal address and a port 0..65535.
Result<Host> parse_host(std::string_view text);

}  // namespace rocketmq::protocol
