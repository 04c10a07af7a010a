#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "protocol/str.h"
#include "proxy/http/json.h"

namespace rocketmq::gateway {

struct Answered {
  int status = 0;
  std::string head;
  std::string body;

  Json json() const { return Json::parse(body, nullptr, false); }
};

// One connection to a gateway, used the blocking way.
class TestClient {
 public:
  // `receive_buffer`: bytes that the system keeps of what is not read; 0: many.
  explicit TestClient(std::string_view address, int receive_buffer = 0) {
    const std::size_t colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.data() + colon + 1)));
    inet_pton(AF_INET, std::string(address.substr(0, colon)).c_str(), &to.sin_addr);
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) {
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  ~TestClient() { ::close(socket_); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void write(std::string_view text) {
    EXPECT_EQ(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // Until `end` has come; everything up to there.
  std::string read_until(std::string_view end) {
    for (;;) {
      if (const std::size_t at = received_.find(end); at != received_.npos) {
        return take(at + end.size());
      }
      if (!read_more()) return take(received_.size());
    }
  }
  std::string read(std::size_t count) {
    while (received_.size() < count && read_more()) {
    }
    return take(std::min(count, received_.size()));
  }

  Answered say(std::string_view method, std::string_view target, std::string_view body = {},
               std::string_view headers = "Content-Type: application/json\r\n") {
    std::string text = str(method, ' ', target, " HTTP/1.1\r\nHost: localhost\r\n", headers);
    if (!body.empty()) text += str("Content-Length: ", body.size(), "\r\n");
    write(str(text, "\r\n", body));
    Answered answered;
    answered.head = read_until("\r\n\r\n");
    if (answered.head.size() > 12) answered.status = std::atoi(answered.head.c_str() + 9);
    const std::size_t length = answered.head.find("Content-Length: ");
    if (length != std::string::npos) {
      answered.body =
          read(static_cast<std::size_t>(std::atoi(answered.head.c_str() + length + 16)));
    } else if (answered.head.find("chunked") != std::string::npos) {
      answered.body = read_chunks();
    }
    return answered;
  }

 private:
  std::string read_chunks() {
    std::string body;
    for (;;) {
      const std::size_t size = std::strtoul(read_until("\r\n").c_str(), nullptr, 16);
      body += read(size);
      read(2);
      if (size == 0) return body;
    }
  }
  bool read_more() {
    char bytes[16 * 1024];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  std::string take(std::size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  int socket_ = -1;
  std::string received_;
};

}  // namespace rocketmq::gateway
