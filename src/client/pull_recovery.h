#pragma once

#include <rocketmq/result.h>

#include "client/pull_options.h"

namespace rocketmq::client {

// What to do about a pull that failed, before trying again.
struct PullRecovery {
  net::Duration delay;
  bool needs_heartbeat = false;  // the broker has forgotten who we are, or what we subscribe to
  bool needs_route = false;      // the broker may be elsewhere
};
PullRecovery recovery_from(const Error& error, const PullOptions& options);

}  // namespace rocketmq::client
