#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace rocketmq::protocol {

// How a message body may be packed. Java: CompressionType, in sysFlag bits 8-10.
enum class Compression { zlib, lz4, zstd };

inline constexpr int compression_level_default = 5;  // Java: DefaultMQProducer's compressLevel

// The sysFlag bits a producer sets for a packed body: "compressed" and the type.
std::int32_t compression_sys_flag(Compression type);

// The type that sysFlag names; type 0 is zlib, as written before types existed. Fails with
// unsupported on a type nobody defined. Says nothing about the "compressed" bit.
Result<Compression> compression_of(std::int32_t sys_flag);

// Packs `plain`. zlib writes a stream with header, lz4 and zstd one frame each, as stock reads
// them. The level is the library's for zlib (0-12) and zstd; lz4 has only the fast one, like stock.
Result<std::string> compress(Compression type, std::string_view plain,
                             int level = compression_level_default);

// Unpacks any valid stream or frame. Fails with bad_message where it is damaged or cut short, and
// with too_large once the output would pass `size_max`: memory never exceeds about twice that, so a
// bomb stops here.
Result<std::string> decompress(Compression type, std::string_view packed, std::size_t size_max);

}  // namespace rocketmq::protocol
