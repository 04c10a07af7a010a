#include "protocol/frame.h"

#include "protocol/bytes.h"
#include "protocol/str.h"

namespace rocketmq::protocol {

Result<std::optional<FrameSpan>> next_frame(std::span<char> received, std::size_t frame_bytes_max) {
  constexpr std::size_t prefix_bytes = 4;
  constexpr std::size_t header_length_bytes = 4;
  if (received.size() < prefix_bytes) return std::optional<FrameSpan>();

  const auto length = load_big<std::int32_t>(received.data());
  if (length < static_cast<std::int32_t>(header_length_bytes)) {
    return Error{Errc::bad_frame, str("frame length ", length, " is too small")};
  }
  const std::size_t bytes = prefix_bytes + static_cast<std::size_t>(length);
  if (bytes > frame_bytes_max) {
    return Error{Errc::bad_frame,
                 str("frame of ", bytes, " bytes is over the limit of ", frame_bytes_max)};
  }
  if (received.size() < bytes) return std::optional<FrameSpan>();
  return std::optional(
      FrameSpan{received.subspan(prefix_bytes, static_cast<std::size_t>(length)), bytes});
}

}  // namespace rocketmq::protocol
