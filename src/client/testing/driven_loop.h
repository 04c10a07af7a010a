#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "net/sim_loop.h"

namespace rocketmq::client::testing {

// A SimLoop for calls that wait for the loop, in one thread: whoever posts to it from outside finds
// it run until `is_idle()`, before post() returns.
class DrivenLoop final : public net::Loop {
 public:
  explicit DrivenLoop(net::SimLoop& loop) : loop_(loop) {}

  std::function<bool()> is_idle = [] { return true; };

  void post(std::function<void()> function) override {
    loop_.post(std::move(function));
    if (is_running_) return;
    is_running_ = true;
    loop_.run_until(is_idle);
    is_running_ = false;
  }
  bool in_loop_thread() const override { return is_running_; }

  net::TimePoint now() const override { return loop_.now(); }
  std::int64_t wall_ms() const override { return loop_.wall_ms(); }
  void defer(std::function<void()> function) override { loop_.defer(std::move(function)); }
  std::unique_ptr<net::Timer> after(net::Duration delay, std::function<void()> function) override {
    return loop_.after(delay, std::move(function));
  }
  Result<std::unique_ptr<net::Listener>> listen(std::string_view address,
                                                const net::ListenOptions& options,
                                                net::OnAccept on_accept) override {
    return loop_.listen(address, options, std::move(on_accept));
  }
  std::unique_ptr<net::Connecting> connect(std::string_view address,
                                           const net::ConnectOptions& options,
                                           net::OnConnect on_connect) override {
    return loop_.connect(address, options, std::move(on_connect));
  }

 private:
  net::SimLoop& loop_;
  bool is_running_ = false;
};

}  // namespace rocketmq::client::testing
