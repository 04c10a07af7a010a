#pragma once

#include <rocketmq/push_consumer.h>
#include <rocketmq/result.h>

#include <cstdint>
#include <string_view>

#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// What a heartbeat tells brokers about a subscription to a topic by tags. Fails with
// invalid_argument on an expression that names no tag. Java: FilterAPI.buildSubscriptionData.
Result<protocol::SubscriptionData> tag_subscription(std::string_view topic,
                                                    std::string_view expression,
                                                    std::int64_t version);

// Whether the subscription really wants a message of this tag (empty: none). Brokers compare hashes
// of tags, so messages come in that share a hash with a wanted one; and a broker without a consume
// queue entry at hand lets everything through. Java: PullAPIWrapper.processPullResult.
bool wants_tag(const protocol::SubscriptionData& subscription, std::string_view tag);

}  // namespace rocketmq::client
