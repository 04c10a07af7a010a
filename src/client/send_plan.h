#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/route_table.h"

namespace rocketmq::client {

// Can this address be reached, as far as anybody knows?
using IsReachable = std::function<bool(std::string_view address)>;

// Which queue a message is tried on next, and whether it is tried again. Decides, never waits.
// Java: DefaultMQProducerImpl.sendDefaultImpl, MQFaultStrategy.selectOneMessageQueue.
class SendPlan {
 public:
  // `ticket` spreads messages over the queues: one more for each message.
  SendPlan(int attempts_max, std::uint32_t ticket)
      : attempts_left_(attempts_max), ticket_(ticket) {}

  // The first attempt goes round robin. After a failure another broker is next, if there is one,
  // because the usual reason for a failure is the broker. Brokers that cannot be reached come last.
  // Nothing: no attempt is left, or the route has no queue to write to; then error() says why.
  std::optional<PublishQueue> next(const Route& route, const IsReachable& is_reachable);

  // Is the queue that next() gave on the broker that just failed? Then a pause is due.
  bool is_same_broker_again() const { return is_same_broker_again_; }

  // The attempt failed. False: trying again will not help.
  bool failed(Error error);

  bool may_be_stored() const { return may_be_stored_; }
  // How the whole send failed. Its outcome is unknown once that of any attempt was.
  Error error() const;

 private:
  int attempts_left_;
  std::uint32_t ticket_;
  std::string last_broker_;
  Error last_error_;
  bool may_be_stored_ = false;
  bool is_same_broker_again_ = false;
};

}  // namespace rocketmq::client
