#include "net/address.h"

#include <charconv>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

Error bad_address(std::string_view text, std::string_view why) {
  return Error{Errc::invalid_argument, str("bad address \"", text, "\": ", why)};
}

bool is_separator(char c) { return c == ';' || c == ',' || c == ' ' || c == '\t' || c == '\n'; }

}  // namespace

std::string to_string(const Address& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return is_v6 ? str('[', address.host, "]:", address.port) : str(address.host, ':', address.port);
}

Result<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text, "no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);

  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad_address(text, "an IPv6 address wants brackets, as in [::1]:9876");
  }
  if (host.empty()) return bad_address(text, "no host");
  for (const char c : host) {
    if (c <= ' ' || c == '[' || c == ']') return bad_address(text, "bad host");
  }

  Address address{.host = std::string(host)};
  const char* const end = port.data() + port.size();
  const auto [at, problem] = std::from_chars(port.data(), end, address.port);
  if (problem != std::errc() || at != end) return bad_address(text, "bad port");
  return address;
}

Result<std::vector<Address>> parse_address_list(std::string_view text) {
  std::vector<Address> addresses;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && !is_separator(text[end])) ++end;
    if (end > at) {
      auto address = parse_address(text.substr(at, end - at));
      if (!address) return std::move(address).error();
      addresses.push_back(*std::move(address));
    }
    at = end + 1;
  }
  if (addresses.empty()) return Error{Errc::invalid_argument, "an empty list of addresses"};
  return addresses;
}

}  // namespace rocketmq::net
