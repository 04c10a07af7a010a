#include "protocol/host.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <charconv>

#include "protocol/str.h"

namespace rocketmq::protocol {

Host make_host(std::string_view ip_bytes, std::int32_t port) {
  assert(ip_bytes.size() == 4 || ip_bytes.size() == 16);
  Host host{.ip_size = static_cast<std::uint8_t>(ip_bytes.size()), .port = port};
  std::copy(ip_bytes.begin(), ip_bytes.end(), host.ip.begin());
  return host;
}

std::string to_string(const Host& host) {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(host.is_v6() ? AF_INET6 : AF_INET, host.ip.data(), text, sizeof text);
  return host.is_v6() ? str('[', text, "]:", host.port) : str(text, ':', host.port);
}

Result<Host> parse_host(std::string_view text) {
  const auto bad = [text] {
    return Error{Errc::invalid_argument, str("not an address with a port: ", text)};
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();

  std::string_view ip = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  Host host;
  const bool is_bracketed = ip.size() > 2 && ip.front() == '[' && ip.back() == ']';
  if (is_bracketed) {
    ip = ip.substr(1, ip.size() - 2);
    host.ip_size = 16;
  }
  char address[INET6_ADDRSTRLEN] = {};  // no allocation: a broker does this for every message
  if (ip.size() >= sizeof address) return bad();
  ip.copy(address, ip.size());
  if (inet_pton(is_bracketed ? AF_INET6 : AF_INET, address, host.ip.data()) != 1) {
    return bad();
  }
  const char* end = port_text.data() + port_text.size();
  const auto parsed = std::from_chars(port_text.data(), end, host.port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return bad();
  if (host.port < 0 || host.port > 65535) return bad();
  return host;
}

}  // namespace rocketmq::protocol
