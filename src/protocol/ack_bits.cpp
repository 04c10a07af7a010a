#include "protocol/ack_bits.h"

#include <cassert>

#include "protocol/base64.h"

namespace rocketmq::protocol {

std::string encode_ack_bits(std::span<const std::uint32_t> indexes) {
  std::string bytes;
  for (const std::uint32_t index : indexes) {
    assert(index < ack_bits_max);
    if (bytes.size() <= index / 8) bytes.resize(index / 8 + 1, '\0');
    bytes[index / 8] = static_cast<char>(bytes[index / 8] | 1 << index % 8);
  }
  return to_base64(bytes);
}

std::optional<std::vector<std::uint32_t>> decode_ack_bits(std::string_view text) {
  const auto bytes = from_base64(text);
  if (!bytes || bytes->size() > ack_bits_max / 8) return std::nullopt;
  std::vector<std::uint32_t> indexes;
  for (std::uint32_t i = 0; i < bytes->size() * 8; ++i) {
    if (((*bytes)[i / 8] >> i % 8 & 1) != 0) indexes.push_back(i);
  }
  return indexes;
}

}  // namespace rocketmq::protocol
