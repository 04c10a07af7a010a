#include "client/subscription_data.h"

#include <string_view>

#include "client/names.h"
#include "client/tag_filter.h"
#include "protocol/str.h"

namespace rocketmq::client {

Result<protocol::SubscriptionData> subscription_data(const Subscription& subscription,
                                                     std::int64_t version) {
  const auto& [topic, filter] = subscription;
  if (auto checked = check_topic(topic); !checked) return std::move(checked).error();
  if (filter.kind == FilterExpression::Kind::tags) {
    return tag_subscription(topic, filter.expression, version);
  }
  // Only brokers can read it.
  if (filter.expression.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Error{Errc::invalid_argument, str("the SQL filter of topic ", topic, " is empty")};
  }
  protocol::SubscriptionData data;
  data.topic = topic;
  data.expression_type = "SQL92";
  data.sub_string = filter.expression;
  data.sub_version = version;
  return data;
}

}  // namespace rocketmq::client
