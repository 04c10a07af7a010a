#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What is said over a WebSocket, as bytes: RFC 6455, the server's side, without extensions.

namespace rocketmq::net {

enum class WebSocketOpcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

// Sec-WebSocket-Accept, which says that the other end speaks this protocol.
std::string websocket_accept(std::string_view key);

// A frame as a server sends it: whole, and not masked.
std::string websocket_frame_head(WebSocketOpcode opcode, std::size_t payload_size);

struct WebSocketClose {
  std::uint16_t code = 0;  // 1005: none was given
  std::string reason;
};
// Errors: bad_frame.
Result<WebSocketClose> parse_websocket_close(std::string_view payload);
std::string websocket_close_payload(const WebSocketClose& close);

// Reads frames as they come, and puts messages together. That texts are UTF-8 is not checked here.
class WebSocketReader {
 public:
  explicit WebSocketReader(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  struct Got {
    WebSocketOpcode what = WebSocketOpcode::continuation;  // that is: nothing whole yet
    std::string payload;
  };
  // Takes from the front of `input` what makes one message, or all of it. Errors, after which
  // nothing can be read: bad_frame, and too_large for a message.
  Result<Got> read(std::string_view& input);

 private:
  bool take_head(std::string_view& input);
  Result<void> begin_frame();
  void take_payload(std::string_view& input);
  Got end_frame();

  bool is_control() const { return (static_cast<unsigned>(opcode_) & 8) != 0; }
  std::string& payload() { return is_control() ? control_ : message_; }

  const std::size_t message_bytes_max_;
  std::string head_;  // of the frame at hand, as far as it has come
  bool has_head_ = false;
  bool is_final_ = false;
  WebSocketOpcode opcode_ = WebSocketOpcode::continuation;
  std::uint64_t left_ = 0;  // bytes of the payload still to come
  std::size_t masked_ = 0;  // … that have come
  WebSocketOpcode kind_ =
      WebSocketOpcode::continuation;  // of the message at hand; none: continuation
  std::string message_;
  std::string control_;
};

}  // namespace rocketmq::net
