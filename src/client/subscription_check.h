#pragma once

#include <string>

#include "client/core.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// Can the brokers of the topic filter by this? Asked for SQL filters only: tags they all know. A
// broker that cannot be reached, or a topic without a route, is no objection. Errors: the broker's,
// with what it says about the expression; request_code_not_supported from one that is too old.
// Java: MQClientInstance.checkClientInBroker.
net::Task<Result<void>> check_subscription(Client::Core& core, std::string group,
                                           protocol::SubscriptionData subscription);

// Do the brokers of the topic hand out single messages? Brokers that cannot be reached are no
// objection here either. Errors: request_code_not_supported from one that is too old.
net::Task<Result<void>> check_pop(Client::Core& core, std::string group, std::string topic);

}  // namespace rocketmq::client
