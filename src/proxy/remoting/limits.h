#pragma once

#include <rocketmq/result.h>

#include <string_view>

#include "net/loop.h"
#include "net/token_buckets.h"
#include "protocol/command.h"
#include "proxy/remoting/session_counts.h"

namespace rocketmq::proxy {

// How much a client may ask for in a second, and how much may be sent to a topic. Who has had it is
// told that the broker is busy: Java's producers try again, consumers some seconds later.
class Limits {
 public:
  // 0: no limit.
  Limits(double requests_per_second, double messages_per_second, SessionCounts& counts)
      : clients_(requests_per_second), topics_(messages_per_second), counts_(counts) {}

  bool are_set() const { return clients_.is_limited() || topics_.is_limited(); }

  // `client`: whose requests are counted together. Errors: overloaded.
  Result<void> count(std::string_view client, const protocol::Command& request, net::TimePoint now);

 private:
  net::TokenBuckets clients_;
  net::TokenBuckets topics_;
  SessionCounts& counts_;
};

}  // namespace rocketmq::proxy
