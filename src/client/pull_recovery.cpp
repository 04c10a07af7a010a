#include "client/pull_recovery.h"

namespace rocketmq::client {

PullRecovery recovery_from(const Error& error, const PullOptions& options) {
  if (error.code == ResponseCode::flow_control) return {options.flow_control_delay};
  PullRecovery recovery{options.error_delay};
  recovery.needs_heartbeat = error.code == ResponseCode::subscription_not_exist ||
                             error.code == ResponseCode::subscription_not_latest;
  recovery.needs_route = error.code.category() == client_category();
  return recovery;
}

}  // namespace rocketmq::client
