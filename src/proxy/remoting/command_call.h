#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "net/channel.h"
#include "proxy/remoting/kept_command.h"

namespace rocketmq::proxy {

// co_await CommandCall(channel, command, timeout) gives the answer as it came, whatever its code.
// Errors: timeout, not_connected, overloaded, too_large.
class [[nodiscard]] CommandCall final : protocol::PendingCall {
 public:
  CommandCall(net::Channel& channel, const protocol::Command& command, net::Duration timeout) {
    if (auto sent = channel.send(*this, command, timeout); !sent) {
      result_.emplace(std::move(sent).error());
    }
  }

  bool await_ready() const { return result_.has_value(); }
  void await_suspend(std::coroutine_handle<> caller) { caller_ = caller; }
  Result<KeptCommand> await_resume() { return *std::move(result_); }

 private:
  void answered(protocol::Incoming& answer) override {
    result_.emplace(KeptCommand(answer.command()));
    caller_.resume();
  }
  void failed(const Error& error) override {
    result_.emplace(error);
    caller_.resume();
  }

  std::coroutine_handle<> caller_;
  std::optional<Result<KeptCommand>> result_;
};

}  // namespace rocketmq::proxy
