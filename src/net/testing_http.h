#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/sim_loop.h"
#include "protocol/str.h"

namespace rocketmq::net {

// A peer that writes what it is told to, and keeps what comes back.
class HttpPeer final : StreamHandler {
 public:
  explicit HttpPeer(SimLoop& loop) : loop_(loop) {
    connecting_ = loop.connect("broker:1", {}, [this](Result<std::unique_ptr<Stream>> stream) {
      if (!stream) return;
      stream_ = *std::move(stream);
      stream_->start(*this);
    });
    loop.run_ready();
  }

  // What was answered.
  std::string say(std::string_view text) {
    received.clear();
    stream_->output().append(text);
    loop_.run_ready();
    return received;
  }
  std::string get(std::string_view path) {
    return say(str("GET ", path, " HTTP/1.1\r\nHost: broker\r\n\r\n"));
  }

  std::string received;
  bool is_closed = false;

 private:
  void on_data(protocol::Buffer& input) override {
    received += input.view();
    input.clear();
  }
  void on_closed(const Error&) override { is_closed = true; }

  SimLoop& loop_;
  std::unique_ptr<Connecting> connecting_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace rocketmq::net
