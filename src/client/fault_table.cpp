#include "client/fault_table.h"

#include <array>
#include <utility>

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

// How long a broker is avoided that took at least so long. Java: MQFaultStrategy.latencyMax,
// notAvailableDuration.
constexpr std::array<std::pair<net::Duration, net::Duration>, 7> avoidance{{
    {50ms, 0ms},
    {100ms, 0ms},
    {550ms, 2s},
    {1800ms, 5s},
    {3s, 6s},
    {5s, 10s},
    {15s, 30s},
}};
constexpr net::Duration latency_of_failure = 10s;  // what a failure counts as
constexpr net::Duration probe_interval = 2s;       // Java: detectInterval

net::Duration avoided_for(net::Duration latency) {
  for (auto step = avoidance.rbegin(); step != avoidance.rend(); ++step) {
    if (latency >= step->first) return step->second;
  }
  return 0ms;
}

}  // namespace

void FaultTable::answered(std::string_view broker, net::Duration latency, net::TimePoint now) {
  put(broker, latency, true, now);
}

void FaultTable::refused(std::string_view broker, net::TimePoint now) {
  put(broker, latency_of_failure, false, now);
}

void FaultTable::not_reached(std::string_view broker, net::TimePoint now) {
  put(broker, latency_of_failure, !is_probed_, now);
}

void FaultTable::put(std::string_view broker, net::Duration latency, bool is_reachable,
                     net::TimePoint now) {
  const net::Duration avoided = avoided_for(latency);
  auto found = entries_.find(broker);
  if (avoided == 0ms && is_reachable) {
    if (found != entries_.end()) entries_.erase(found);
    return;
  }
  if (found == entries_.end()) found = entries_.emplace(broker, Entry{}).first;
  found->second.avoided_until = now + avoided;
  found->second.is_reachable = is_reachable;
}

BrokerRank FaultTable::rank(std::string_view broker, net::TimePoint now) const {
  const auto found = entries_.find(broker);
  if (found == entries_.end()) return BrokerRank::fine;
  if (!found->second.is_reachable) return BrokerRank::failing;
  return found->second.avoided_until > now ? BrokerRank::slow : BrokerRank::fine;
}

std::vector<std::string> FaultTable::to_probe(net::TimePoint now) {
  std::erase_if(entries_, [now](const auto& entry) {
    return entry.second.is_reachable && entry.second.avoided_until <= now;
  });
  std::vector<std::string> due;
  for (auto& [broker, entry] : entries_) {
    if (entry.probe_at > now) continue;
    entry.probe_at = now + probe_interval;
    due.push_back(broker);
  }
  return due;
}

void FaultTable::is_back(std::string_view broker) {
  const auto found = entries_.find(broker);
  if (found != entries_.end()) found->second.is_reachable = true;
}

void FaultTable::forget(std::string_view broker) {
  const auto found = entries_.find(broker);
  if (found != entries_.end()) entries_.erase(found);
}

}  // namespace rocketmq::client
