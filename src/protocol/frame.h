#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace rocketmq::protocol {

// Java: com.rocketmq.remoting.frameMaxLength. Counts the 4-byte length prefix too.
inline constexpr std::size_t default_frame_bytes_max = 16 * 1024 * 1024;

// Where one whole frame lies at the front of `received`.
struct FrameSpan {
  std::span<char> content;  // what follows the length prefix
  std::size_t bytes;        // how much of `received` it takes up, prefix included
};

// The first frame of `received`: a frame, nothing yet (more bytes are needed), or why the peer must
// be cut off. A length is refused as soon as its 4 bytes are there, so nobody waits for, or makes
// room for, a frame that is over the limit.
//
//   0        4                 8
//   | length | codec | hlength | header … | body … |
//
// Java: NettyDecoder over netty's LengthFieldBasedFrameDecoder.
Result<std::optional<FrameSpan>> next_frame(std::span<char> received,
                                            std::size_t frame_bytes_max = default_frame_bytes_max);

}  // namespace rocketmq::protocol
