#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocketmq::protocol {

// BatchAck::bits: which messages, counted from the start of their pop. Base64 of the bits, the
// lowest of the first byte being message 0. Java: BitSet.toByteArray.

// `indexes` in any order; each below ack_bits_max.
inline constexpr std::uint32_t ack_bits_max = 1 << 16;
std::string encode_ack_bits(std::span<const std::uint32_t> indexes);
// Ascending. Nothing for what is no Base64 or is longer than ack_bits_max.
std::optional<std::vector<std::uint32_t>> decode_ack_bits(std::string_view text);

}  // namespace rocketmq::protocol
