#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "broker-lite/faults.h"
#include "net/loop.h"

namespace rocketmq::broker {

// The loop it wraps, except that what its servers accept goes through Faults: between the sockets
// and the protocol, where things go wrong in the world. Servers on it know nothing of that. They
// are destroyed before it. Plain connections only.
class FaultLoop final : public net::Loop {
 public:
  // Both outlive it.
  FaultLoop(net::Loop& loop, Faults& faults) : loop_(loop), faults_(faults) {}
  FaultLoop(const FaultLoop&) = delete;
  FaultLoop& operator=(const FaultLoop&) = delete;

  // Those of clients; the one on which a broker has registered with a name server stays, or clients
  // would find no route for as long as its next registration takes.
  void drop_connections();
  // False: new connections are refused. Fails when an address cannot be had again.
  Result<void> accept_connections(bool yes);

  net::TimePoint now() const override { return loop_.now(); }
  std::int64_t wall_ms() const override { return loop_.wall_ms(); }
  void post(std::function<void()> function) override { loop_.post(std::move(function)); }
  void defer(std::function<void()> function) override { loop_.defer(std::move(function)); }
  std::unique_ptr<net::Timer> after(net::Duration delay, std::function<void()> function) override {
    return loop_.after(delay, std::move(function));
  }
  bool in_loop_thread() const override { return loop_.in_loop_thread(); }
  Result<std::unique_ptr<net::Listener>> listen(std::string_view address,
                                                const net::ListenOptions& options,
                                                net::OnAccept on_accept) override;
  std::unique_ptr<net::Connecting> connect(std::string_view address,
                                           const net::ConnectOptions& options,
                                           net::OnConnect on_connect) override {
    return loop_.connect(address, options, std::move(on_connect));
  }

 private:
  class FaultListener;
  class FaultStream;

  net::Loop& loop_;
  Faults& faults_;
  bool accepts_ = true;
  std::list<FaultListener*> listeners_;  // each takes itself out
  std::list<FaultStream*> streams_;
};

}  // namespace rocketmq::broker
