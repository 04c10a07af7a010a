#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/websocket_frames.h"

// Arbitrary bytes as frames. Read in one piece or byte by byte they say the same, and no message is
// longer than allowed.

using namespace rocketmq::net;

namespace {

constexpr std::size_t message_bytes_max = 300;

struct Seen {
  std::size_t messages = 0;
  std::size_t bytes = 0;
  bool is_bad = false;
  bool operator==(const Seen&) const = default;
};

Seen read(std::string_view input, std::size_t piece) {
  WebSocketReader reader(message_bytes_max);
  Seen seen;
  while (!input.empty()) {
    std::string_view now = input.substr(0, piece);
    input.remove_prefix(now.size());
    while (!now.empty()) {
      const auto got = reader.read(now);
      if (!got) {
        seen.is_bad = true;
        return seen;
      }
      if (got->payload.size() > message_bytes_max) __builtin_trap();
      if (got->what == WebSocketOpcode::continuation) continue;
      ++seen.messages;
      seen.bytes += got->payload.size();
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (read(input, size) != read(input, 1)) __builtin_trap();
  static_cast<void>(parse_websocket_close(input));
  return 0;
}
