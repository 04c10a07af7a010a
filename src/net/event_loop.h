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

  // For a thread that waits for something on the loop, over its making and its waiting:
  //
  //   EventLoop::Lead lead(loop);
  //   loop.post(…);  // begins it
  //   lead.run_until(…);
  //   … wait for it in the ordinary way …
  //
  // One that comes again at once finds the loop's own thread standing aside, and runs the loop
  // itself until it has what it waits for: no thread is woken for another. Only while the loop has
  // nothing else to do; otherwise run_until() returns at once. What arrives unasked between two
  // such waits is seen some milliseconds later. See docs/decisions/callers-may-lead.md.
  class Lead {
   public:
    explicit Lead(EventLoop& loop);
    ~Lead();
    Lead(const Lead&) = delete;
    Lead& operator=(const Lead&) = delete;

    void run_until(const std::function<bool()>& is_done);

   private:
    void give_back();

    EventLoop& loop_;
    bool is_held_;
  };
  // Lets callers lead. `is_idle` says on the loop that it has nothing to do but to wait for what
  // nobody asked for. On the loop, or before it runs.
  void let_callers_lead(std::function<bool()> is_idle);

  class Impl;

 private:
  const std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::net
