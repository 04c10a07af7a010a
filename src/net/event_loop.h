#pragma once

#include <memory>

#include "net/loop.h"

namespace rocketmq::net {

// The real Loop: libevent, sockets, TLS.
class EventLoop final : public Loop {
 public:
  EventLoop();
  // Stops, and waits for its thread. What was made from this loop (timers, streams, listeners) has
  // been destroyed before.
  ~EventLoop() override;

  // Either a thread of its own, or the caller's until stop(). Once.
  void start();
  void run();
  // From any thread. Functions not yet run are dropped.
  void stop();

  TimePoint now() const override;
  std::int64_t wall_ms() const override;
  void post(std::function<void()> function) override;
  void defer(std::function<void()> function) override;
  std::unique_ptr<Timer> after(Duration delay, std::function<void()> function) override;
  bool in_loop_thread() const override;
  Result<std::unique_ptr<Listener>> listen(std::string_view address, const ListenOptions& options,
                                           OnAccept on_accept) override;
  std::unique_ptr<Connecting> connect(std::string_view address, const ConnectOptions& options,
                                      OnConnect on_connect) override;

  class Impl;

 private:
  const std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::net
