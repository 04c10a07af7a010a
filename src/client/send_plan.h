#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/fault_table.h"
#include "client/route_table.h"

namespace rocketmq::client {

// How much there is against a broker at this address, as far as anybody knows.
using RankOf = std::function<BrokerRank(std::string_view broker_name, std::string_view address)>;

// Which queue a message is tried on next, and whether it is tried again. Decides, never waits.
// Java: DefaultMQProducerImpl.sendDefaultImpl, MQFaultStrategy.selectOneMessageQueue.
class SendPlan {
 public:
  // `ticket` spreads messages over the queues: one more for each message.
  SendPlan(int attempts_max, std::uint32_t ticket)
      : attempts_left_(attempts_max), ticket_(ticket) {}

  // The first attempt goes round robin. After a failure another broker is next, if there is one,
  // because the usual reason for a failure is the broker. Of those the one with the best rank.
  // Nothing: no attempt is left, or the route has no queue to write to; then error() says why.
  std::optional<PublishQueue> next(const Route& route, const RankOf& rank_of);
  // The same where somebody else has chosen the queue, or could not.
  std::optional<PublishQueue> next(Result<PublishQueue> chosen);

  // Is the queue that next() gave on the broker that just failed? Then a pause is due.
  bool is_same_broker_again() const { return is_same_broker_again_; }

  // The attempt at that broker failed. False: trying again will not help.
  bool failed(std::string_view broker_name, Error error);
  bool has_attempts_left() const { return attempts_left_ > 0; }

  bool may_be_stored() const { return may_be_stored_; }
  // How the whole send failed. Its outcome is unknown once that of any attempt was.
  Error error() const;

 private:
  int attempts_left_;
  std::uint32_t ticket_;
  std::string failed_broker_;  // the last
  Result<void> last_failure_;
  bool may_be_stored_ = false;
  bool is_same_broker_again_ = false;
};

}  // namespace rocketmq::client
