#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/address.h"
#include "net/proxy_header.h"

// Arbitrary bytes at once and byte by byte: the same is taken and read, nothing is taken behind the
// end, and a source is an address.

using namespace rocketmq::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ProxyHeader whole;
  const auto taken = whole.take(bytes);
  if (taken && *taken > size) __builtin_trap();
  if (taken && !whole.is_whole() && *taken != size) __builtin_trap();

  ProxyHeader slow;
  bool is_bad = false;
  std::size_t count = 0;
  while (count < size && !slow.is_whole() && !is_bad) {
    const auto one = slow.take(bytes.substr(count, 1));
    is_bad = !one;
    if (one) count += *one;
  }
  if (is_bad == taken.has_value()) __builtin_trap();
  if (is_bad) return 0;
  if (count != *taken || slow.is_whole() != whole.is_whole()) __builtin_trap();
  if (slow.source() != whole.source()) __builtin_trap();
  if (whole.source() && !parse_address(*whole.source())) __builtin_trap();
  return 0;
}
