#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "net/testing_websocket.h"
#include "protocol/str.h"
#include "proxy/http/testing_client.h"

namespace rocketmq::gateway {

// One WebSocket to a gateway, used the blocking way.
class TestSocket {
 public:
  explicit TestSocket(std::string_view address, std::string_view headers = {},
                      std::string_view protocols = "rmq.v1.json", int receive_buffer = 0)
      : client_(address, receive_buffer) {
    client_.write(
        str("GET /v1/ws HTTP/1.1\r\nHost: ", address,
            "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ",
            protocols, "\r\n", headers, "\r\n"));
    head = client_.read_until("\r\n\r\n");
  }

  void write(std::string_view text) {
    client_.write(net::client_frame(net::WebSocketOpcode::text, text));
  }
  // The next frame of ours; of a close its code: {"close":4400}; null: the connection has ended.
  Json read() {
    for (;;) {
      const auto [opcode, payload] = read_frame();
      if (opcode == text_opcode) return Json::parse(payload, nullptr, false);
      if (opcode == close_opcode) return {{"close", number(payload.substr(0, 2))}};
      if (opcode == nothing) return nullptr;
    }
  }
  // The next with this op, if the peer goes on that long.
  Json read(std::string_view op) {
    for (;;) {
      Json frame = read();
      if (frame.is_null() || frame.contains("close") || frame["op"] == op) return frame;
    }
  }
  // What it says in the end, whatever it says before: 0 where the connection just ends.
  std::size_t read_close() {
    for (;;) {
      const auto [opcode, payload] = read_frame();
      if (opcode == close_opcode) return number(payload.substr(0, 2));
      if (opcode == nothing) return 0;
    }
  }
  // The answer to a frame with id 1.
  Json ask(std::string_view text) {
    write(text);
    for (;;) {
      Json frame = read();
      if (frame.is_null() || frame.contains("close")) return frame;
      if (frame.contains("id") && frame["id"] == 1) return frame;
    }
  }

  std::string head;  // of the answer over HTTP

 private:
  static constexpr int text_opcode = 1;
  static constexpr int close_opcode = 8;
  static constexpr int nothing = -1;

  std::pair<int, std::string> read_frame() {
    const std::string first = client_.read(2);
    if (first.size() < 2) return {nothing, {}};
    std::size_t length = static_cast<unsigned char>(first[1]);
    if (length >= 126) length = number(client_.read(length == 126 ? 2 : 8));
    std::string payload = client_.read(length);
    if (payload.size() < length) return {nothing, {}};
    return {first[0] & 15, std::move(payload)};
  }
  static std::size_t number(std::string_view bytes) {
    std::size_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }

  TestClient client_;
};

}  // namespace rocketmq::gateway
