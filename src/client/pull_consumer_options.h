#pragma once

#include <rocketmq/pull_consumer.h>

#include <cstdint>
#include <vector>

#include "client/pull_options.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// Why these options cannot be used (invalid_argument), if so. Java: checkConfig of
// DefaultLitePullConsumerImpl.
Result<void> check_options(const PullConsumerOptions& options);

// Fails as check_options() does. `version`: Unix ms.
Result<std::vector<protocol::SubscriptionData>> subscriptions_of(const PullConsumerOptions& options,
                                                                 std::int64_t version);

PullOptions pull_options(const PullConsumerOptions& options);

}  // namespace rocketmq::client
