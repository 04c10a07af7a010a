#include "net/websocket_frames.h"

#include <openssl/sha.h>

#include <algorithm>
#include <utility>

#include "protocol/base64.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

//  0               1               2 …
//  F RRR opcode    M length        (2 or 8 more of length) mask(4) payload
constexpr unsigned final_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned opcode_bits = 0x0f;
constexpr unsigned masked_bit = 0x80;
constexpr unsigned length_bits = 0x7f;
constexpr unsigned length_in_2 = 126;
constexpr unsigned length_in_8 = 127;
constexpr std::size_t mask_size = 4;
constexpr std::size_t control_bytes_max = 125;
constexpr std::uint16_t no_code = 1005;

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

std::size_t length_size(std::string_view head) {
  const unsigned length = byte_at(head, 1) & length_bits;
  if (length == length_in_2) return 2;
  return length == length_in_8 ? 8 : 0;
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void append_number(std::string& out, std::uint64_t value, int bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
}

bool is_known(unsigned opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

// RFC 6455, 7.4: those that may be sent.
bool is_close_code(unsigned code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != no_code && code != 1006) ||
         (code >= 3000 && code <= 4999);
}

Error bad(std::string what) { return {Errc::bad_frame, std::move(what)}; }

}  // namespace

std::string websocket_accept(std::string_view key) {
  const std::string text = str(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  unsigned char hash[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  return protocol::to_base64(std::string_view(reinterpret_cast<const char*>(hash), sizeof hash));
}

std::string websocket_frame_head(WebSocketOpcode opcode, std::size_t payload_size) {
  std::string head(1, static_cast<char>(final_bit | static_cast<unsigned>(opcode)));
  if (payload_size < length_in_2) {
    append_number(head, payload_size, 1);
  } else if (payload_size <= 0xffff) {
    append_number(head, length_in_2, 1);
    append_number(head, payload_size, 2);
  } else {
    append_number(head, length_in_8, 1);
    append_number(head, payload_size, 8);
  }
  return head;
}

Result<WebSocketClose> parse_websocket_close(std::string_view payload) {
  if (payload.empty()) return WebSocketClose{.code = no_code, .reason = {}};
  if (payload.size() == 1) return bad("a close frame with half a code");
  const auto code = static_cast<std::uint16_t>(number(payload.substr(0, 2)));
  if (!is_close_code(code)) return bad(str("close code ", code, " may not be sent"));
  return WebSocketClose{.code = code, .reason = std::string(payload.substr(2))};
}

std::string websocket_close_payload(const WebSocketClose& close) {
  std::string payload;
  if (close.code == no_code) return payload;
  append_number(payload, close.code, 2);
  payload.append(close.reason, 0, control_bytes_max - payload.size());
  return payload;
}

Result<WebSocketReader::Got> WebSocketReader::read(std::string_view& input) {
  while (!input.empty()) {
    if (!has_head_) {
      if (!take_head(input)) break;
      if (auto begun = begin_frame(); !begun) return begun.error();
    }
    take_payload(input);
    if (left_ > 0) break;
    has_head_ = false;
    if (is_control() || is_final_) return end_frame();
  }
  return Got();
}

// false: more of it must come.
bool WebSocketReader::take_head(std::string_view& input) {
  const auto take = [&](std::size_t size) {
    const std::size_t count = std::min(size - std::min(size, head_.size()), input.size());
    head_ += input.substr(0, count);
    input.remove_prefix(count);
    return head_.size() >= size;
  };
  return take(2) && take(2 + length_size(head_) + mask_size);
}

Result<void> WebSocketReader::begin_frame() {
  const unsigned opcode = byte_at(head_, 0) & opcode_bits;
  if ((byte_at(head_, 0) & reserved_bits) != 0) return bad("no extension was agreed upon");
  if (!is_known(opcode)) return bad(str("opcode ", opcode, " is not known"));
  if ((byte_at(head_, 1) & masked_bit) == 0) return bad("a client's frame that is not masked");
  opcode_ = static_cast<WebSocketOpcode>(opcode);
  is_final_ = (byte_at(head_, 0) & final_bit) != 0;
  const std::size_t size = length_size(head_);
  left_ =
      size == 0 ? byte_at(head_, 1) & length_bits : number(std::string_view(head_).substr(2, size));
  head_.erase(0, 2 + size);  // the mask is left
  masked_ = 0;
  has_head_ = true;
  if (is_control()) {
    if (!is_final_ || left_ > control_bytes_max)
      return bad("a control frame that is no short whole");
    control_.clear();
    return {};
  }
  const bool is_first = kind_ == WebSocketOpcode::continuation;
  if (is_first == (opcode_ == WebSocketOpcode::continuation)) {
    return bad(is_first ? "a message without a beginning" : "a message within another");
  }
  if (is_first) kind_ = opcode_;
  if (left_ > message_bytes_max_ - message_.size()) {
    return Error{Errc::too_large, str("a message is longer than ", message_bytes_max_, " bytes")};
  }
  return {};
}

void WebSocketReader::take_payload(std::string_view& input) {
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  std::string& to = payload();
  for (std::size_t i = 0; i < count; ++i) {
    to += static_cast<char>(input[i] ^ head_[masked_++ % mask_size]);
  }
  input.remove_prefix(count);
  left_ -= count;
  if (left_ == 0) head_.clear();
}

WebSocketReader::Got WebSocketReader::end_frame() {
  if (is_control()) return {.what = opcode_, .payload = std::exchange(control_, {})};
  return {.what = std::exchange(kind_, WebSocketOpcode::continuation),
          .payload = std::exchange(message_, {})};
}

}  // namespace rocketmq::net
