#pragma once

#include <rocketmq/push_consumer.h>
#include <rocketmq/result.h>

#include <cstdint>
#include <vector>

#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// Why these options cannot be used (invalid_argument), if so. Java: checkConfig of
// DefaultMQPushConsumerImpl.
Result<void> check_options(const PushConsumerOptions& options);

// What the consumer tells brokers that it wants: its subscriptions, and the messages its group has
// given back. `version`: Unix ms. Fails as check_options() does.
Result<std::vector<protocol::SubscriptionData>> subscriptions_of(const PushConsumerOptions& options,
                                                                 std::int64_t version);

}  // namespace rocketmq::client
