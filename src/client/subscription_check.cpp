#include "client/subscription_check.h"

#include <utility>

#include "protocol/json_body.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/pop.h"

namespace rocketmq::client {

net::Task<Result<void>> check_subscription(Client::Core& core, std::string group,
                                           protocol::SubscriptionData subscription) {
  if (subscription.expression_type == "TAG") co_return Result<void>{};
  const auto route = co_await core.routes().get(subscription.topic);
  if (!route) co_return Result<void>{};
  const std::string topic = subscription.topic;
  const std::string body = protocol::to_json(protocol::CheckClientRequestBody{
      .client_id = core.client_id(), .group = group, .subscription_data = std::move(subscription)});
  for (const protocol::BrokerData& broker : (*route)->brokers) {
    const auto answer = co_await core.call(broker.broker_name, protocol::CheckClientConfig{}, body,
                                           core.options().request_timeout);
    if (answer) continue;
    Error error = answer.error();
    if (error.code.category() == client_category()) continue;  // not reached
    error.message = str("broker ", broker.broker_name, " on the SQL filter of topic ", topic, ": ",
                        error.message);
    co_return error;
  }
  co_return Result<void>{};
}

net::Task<Result<void>> check_pop(Client::Core& core, std::string group, std::string topic) {
  const auto route = co_await core.routes().get(topic);
  if (!route) co_return Result<void>{};
  for (const protocol::BrokerData& broker : (*route)->brokers) {
    // A question without consequences that only brokers with POP know.
    const protocol::PollingInfo question{.consumer_group = group, .topic = topic, .queue_id = 0};
    const auto answer =
        co_await core.call(broker.broker_name, question, {}, core.options().request_timeout);
    if (answer || answer.error().code != ResponseCode::request_code_not_supported) continue;
    Error error = answer.error();
    error.message =
        str("broker ", broker.broker_name,
            " does not hand out single messages (POP), which takes RocketMQ 5: ", error.message);
    co_return error;
  }
  co_return Result<void>{};
}

}  // namespace rocketmq::client
