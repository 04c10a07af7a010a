#pragma once

#include <string>
#include <string_view>

#include "net/websocket_frames.h"

namespace rocketmq::net {

// A frame as a client sends it: masked.
inline std::string client_frame(WebSocketOpcode opcode, std::string_view payload,
                                bool is_final = true) {
  std::string frame = websocket_frame_head(opcode, payload.size());
  if (!is_final) frame[0] = static_cast<char>(frame[0] & 0x7f);
  frame[1] = static_cast<char>(frame[1] | 0x80);
  const std::string_view mask = "\x11\x22\x33\x44";
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
  }
  return frame;
}

}  // namespace rocketmq::net
