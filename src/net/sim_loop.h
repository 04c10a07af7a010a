#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/loop.h"

namespace rocketmq::net {

// A Loop for tests: time stands still until advance() or run_until() moves it, and addresses meet
// in memory. Clients, brokers and name servers of one test share one SimLoop. The same seed and the
// same calls give the same run. Everything on one thread; post() alone may come from others.
class SimLoop final : public Loop {
 public:
  explicit SimLoop(std::uint64_t seed = 1);
  ~SimLoop() override;

  // Runs what is due now, without moving time.
  void run_ready();
  // Moves time on by `duration`, running everything that becomes due on the way.
  void advance(Duration duration);
  // Moves time until `reached()`; false when that does not come true within `limit`.
  bool run_until(const std::function<bool()>& reached, Duration limit = std::chrono::hours(1));

  // What happens to connections with the listener at `address` ("host:port"); may be changed at any
  // time, before anybody listens too. Listening under port 0 gives ports from 40001 on.
  struct Link {
    bool refuse = false;     // new connections are refused
    bool blackhole = false;  // nothing gets through nor is refused; connections it swallowed bytes
                             // of stay silent even when it is over
    Duration delay{};        // from write to arrival
    Duration jitter{};       // up to this much more, by the seed; order is kept
    bool one_byte_pieces = false;
    // Once this many more bytes went through, the rest is lost and the connection ends, both ways.
    // Then this is -1 again: never.
    std::int64_t cut_after_bytes = -1;
    // What the operating systems hold between a writer and a reader that does not read.
    std::size_t window_bytes = 256 * 1024;
  };
  Link& link(std::string_view address);
  // Ends every connection with that listener, as a reset does.
  void drop_connections(std::string_view address);
  // How many were made so far.
  std::size_t connections_made(std::string_view address) const;

  TimePoint now() const override;
  std::int64_t wall_ms() const override;
  void post(std::function<void()> function) override;
  void defer(std::function<void()> function) override;
  std::unique_ptr<Timer> after(Duration delay, std::function<void()> function) override;
  bool in_loop_thread() const override { return true; }
  Result<std::unique_ptr<Listener>> listen(std::string_view address, const ListenOptions& options,
                                           OnAccept on_accept) override;
  std::unique_ptr<Connecting> connect(std::string_view address, const ConnectOptions& options,
                                      OnConnect on_connect) override;

  class Impl;

 private:
  const std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::net
