#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace rocketmq {

/// What one handle of a client has done since it was made.
struct HandleStatistics {
  std::string kind;  ///< "producer", "push_consumer", "pull_consumer", "simple_consumer"
  std::string group;
  std::uint64_t done = 0;     ///< sent, or consumed
  std::uint64_t failed = 0;   ///< sends that ended in an error; messages given back
  std::uint64_t pending = 0;  ///< sends under way; messages in hand
};

/// Latencies of one kind of request, as a histogram: counts[i] took less than 2^i ms and not less
/// than half of that, the last one longer.
struct RequestStatistics {
  std::string request;  ///< "SEND_MESSAGE_V2"
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;   ///< no answer: timeout, connection lost
  std::uint64_t refused = 0;  ///< answered with another code than success
  std::vector<std::uint64_t> counts;
  std::uint64_t total_us = 0;  ///< all that were answered took, together
};

/// A moment of one Client.
struct ClientStatistics {
  std::string client_id;
  std::size_t connections = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::size_t topics = 0;  ///< routes known
  std::vector<HandleStatistics> handles;
  std::vector<RequestStatistics> requests;

  /// Prometheus text format, names rocketmq_client_….
  void to_prometheus(std::ostream& out) const;
};

}  // namespace rocketmq
