#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "net/sim_loop.h"

namespace rocketmq::net {

class SimStream;

// What the network needs of its loop.
class SimScheduler {
 public:
  virtual TimePoint now() const = 0;
  // Runs `function` at that time; those of one time in the order asked.
  virtual void at(TimePoint time, std::function<void()> function) = 0;
  // Has stream.flush() called at the end of this turn, unless forgotten before.
  virtual void flush_later(SimStream& stream) = 0;
  virtual void forget(SimStream& stream) = 0;

 protected:
  ~SimScheduler() = default;
};

// The in-memory network of a SimLoop: who listens where, and how connections with them fare.
class SimNetwork {
 public:
  SimNetwork(SimScheduler& scheduler, std::uint64_t seed) : scheduler_(scheduler), random_(seed) {}

  struct Node {
    SimLoop::Link link;
    OnAccept on_accept;  // empty: nobody listens
    StreamOptions stream;
    std::vector<SimStream*> accepted;  // the ends on this side that live
    std::size_t connections_made = 0;
  };

  Node& node(std::string_view address);
  Result<std::unique_ptr<Listener>> listen(std::string_view address, const ListenOptions& options,
                                           OnAccept on_accept);
  std::unique_ptr<Connecting> connect(std::string_view address, const ConnectOptions& options,
                                      OnConnect on_connect);
  void drop_connections(std::string_view address);

  SimScheduler& scheduler() { return scheduler_; }
  // When what is sent now arrives, but for the order.
  TimePoint arrival(const SimLoop::Link& link);

 private:
  struct Attempt;

  void arrive(const std::shared_ptr<Attempt>& attempt);
  void meet(Node& node, Attempt& attempt);

  SimScheduler& scheduler_;
  std::mt19937_64 random_;
  std::map<std::string, std::unique_ptr<Node>, std::less<>> nodes_;
  std::uint16_t next_listen_port_ = 40001;
  std::uint16_t next_client_port_ = 50001;
};

}  // namespace rocketmq::net
