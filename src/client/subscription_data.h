#pragma once

#include <rocketmq/result.h>
#include <rocketmq/subscription.h>

#include <cstdint>

#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// What brokers are told about a subscription, in heartbeats and pulls. `version`: Unix ms. Errors:
// invalid_argument for a topic that cannot be one, or a filter that wants nothing. Java:
// FilterAPI.build.
Result<protocol::SubscriptionData> subscription_data(const Subscription& subscription,
                                                     std::int64_t version);

}  // namespace rocketmq::client
