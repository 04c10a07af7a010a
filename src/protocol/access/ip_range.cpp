#include "protocol/access/ip_range.h"

#include <cstddef>
#include <optional>

#include "protocol/describe.h"
#include "protocol/host.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

struct Range {
  Host host;
  std::size_t bits = 0;
};

std::optional<Host> host_of(std::string_view ip) {
  const bool is_v6 = ip.find(':') != ip.npos && !ip.starts_with('[');
  const auto host = parse_host(is_v6 ? str('[', ip, "]:0") : str(ip, ":0"));
  return host ? std::optional(*host) : std::nullopt;
}

std::optional<Range> parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto host = host_of(text.substr(0, slash));
  if (!host) return std::nullopt;
  Range range{*host, host->ip_bytes().size() * 8};
  if (slash == text.npos) return range;
  std::int32_t bits = 0;
  const bool is_number = from_text(text.substr(slash + 1), bits);
  if (!is_number || bits < 0 || static_cast<std::size_t>(bits) > range.bits) return std::nullopt;
  range.bits = static_cast<std::size_t>(bits);
  return range;
}

}  // namespace

bool is_ip_range(std::string_view text) { return parse(text).has_value(); }

bool is_in(std::string_view range_text, std::string_view ip) {
  const auto range = parse(range_text);
  const auto host = host_of(ip);
  if (!range || !host) return false;
  const std::string_view a = range->host.ip_bytes();
  const std::string_view b = host->ip_bytes();
  if (a.size() != b.size()) return false;
  for (std::size_t bit = 0; bit < range->bits; ++bit) {
    const auto differ = static_cast<unsigned>(static_cast<unsigned char>(a[bit / 8] ^ b[bit / 8]));
    if ((differ >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

}  // namespace rocketmq::protocol
