#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/loop.h"

namespace rocketmq::client {

// How much there is against a broker. Of two the lower is tried first.
enum class BrokerRank {
  fine,
  slow,         // it answers late, and is left alone for a while
  failing,      // it said no, or nothing
  unreachable,  // there is no connection to it
};

// Which brokers to keep away from, and for how long: the slower the longer. Decides, never asks.
// Java: LatencyFaultToleranceImpl, MQFaultStrategy.
class FaultTable {
 public:
  explicit FaultTable(bool is_probed) : is_probed_(is_probed) {}

  void answered(std::string_view broker, net::Duration latency, net::TimePoint now);
  // The broker said no. Without somebody who probes it comes last until it takes a message again.
  void refused(std::string_view broker, net::TimePoint now);
  // No connection, or no answer.
  void not_reached(std::string_view broker, net::TimePoint now);

  BrokerRank rank(std::string_view broker, net::TimePoint now) const;

  // Brokers that it is time to ask whether they are back, each at most every two seconds.
  std::vector<std::string> to_probe(net::TimePoint now);
  void is_back(std::string_view broker);
  void forget(std::string_view broker);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    net::TimePoint avoided_until{};
    bool is_reachable = true;
    net::TimePoint probe_at{};
  };
  void put(std::string_view broker, net::Duration latency, bool is_reachable, net::TimePoint now);

  const bool is_probed_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace rocketmq::client
