#include "client/queue_broker.h"

#include "client/pull_recovery.h"

namespace rocketmq::client {

Result<BrokerAddress> QueueBroker::address() const {
  auto found = core_.routes().table().address_to_read(queue_.broker_name, broker_id_, false);
  if (found) return *std::move(found);
  return Error{Errc::not_connected, str("broker ", queue_.broker_name, " has no known address")};
}

void QueueBroker::answered(const protocol::PullMessageResponse& answer) {
  failures_ = 0;
  broker_id_ = answer.suggest_which_broker_id;
}

net::Task<> QueueBroker::recover(Error error) {
  const PullRecovery recovery = recovery_from(error, options_);
  if (recovery.needs_route) {
    // The broker may have died with what we last stored there.
    offsets_.doubt(queue_);
    broker_id_ = master_id;
    core_.routes().doubt(queue_.topic);
  }
  // Said once, not every second for as long as a broker is down.
  const LogLevel level = failures_++ == 0 ? LogLevel::warning : LogLevel::debug;
  if (core_.log().takes(level)) {
    core_.log().write(level, str("pulling ", to_string(queue_), ": ", to_string(error)));
  }
  if (recovery.needs_heartbeat) co_await core_.groups().heartbeat();
  co_await net::sleep_for(core_.loop(), core_.jittered(recovery.delay));
}

}  // namespace rocketmq::client
