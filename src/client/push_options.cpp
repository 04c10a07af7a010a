#include "client/push_options.h"

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "client/names.h"
#include "client/offset_store.h"
#include "client/subscription_data.h"
#include "client/tag_filter.h"
#include "protocol/str.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

Error refused(std::string reason) { return {Errc::invalid_argument, std::move(reason)}; }

Result<void> check_listeners(const PushConsumerOptions& options) {
  const int listeners = (options.on_message ? 1 : 0) + (options.on_messages ? 1 : 0) +
                        (options.on_message_in_order ? 1 : 0);
  if (listeners != 1) {
    return refused("not one of on_message, on_messages and on_message_in_order is set");
  }
  if (options.consume_batch_size < 1 || options.consume_batch_size > 1024) {
    return refused("consume_batch_size is not 1-1024");
  }
  if (options.consume_batch_size != 1 && !options.on_messages) {
    return refused("consume_batch_size is for on_messages");
  }
  if (options.threads < 1 || options.threads > 1000) return refused("threads is not 1-1000");
  return {};
}

Result<void> check_subscriptions(const PushConsumerOptions& options) {
  if (options.subscriptions.empty()) return refused("there is no subscription");
  std::set<std::string_view> topics;
  for (const Subscription& each : options.subscriptions) {
    if (auto topic = check_topic(each.topic); !topic) return topic;
    if (!topics.insert(each.topic).second) {
      return refused(str("topic ", each.topic, " is subscribed to twice"));
    }
  }
  return {};
}

Result<void> check_limits(const PushConsumerOptions& options) {
  if (options.pull_batch_size < 1 || options.pull_batch_size > 1024) {
    return refused("pull_batch_size is not 1-1024");
  }
  if (options.queue_messages_max < 1 || options.queue_bytes_max < 1 ||
      options.queue_offset_span_max < 1 || options.message_bytes_max < 1) {
    return refused("a limit on what is in hand is less than 1");
  }
  return {};
}

Result<void> check_popping(const PushConsumerOptions& options) {
  const bool may_pop = options.mode == ConsumeMode::pop || options.assigned_by_broker;
  if (!may_pop) return {};
  if (options.on_message_in_order) return refused("in order, queues are pulled by their owners");
  if (options.model == MessageModel::broadcasting) {
    return refused("broadcasting, every member pulls all queues");
  }
  if (options.mode == ConsumeMode::pop && options.start_at.kind() == StartAt::Kind::time) {
    return refused("start_at is a time, which popping cannot begin at");
  }
  if (options.pop_invisible_time < 5s || options.pop_invisible_time > 5min) {
    return refused("pop_invisible_time is not 5 s to 5 min");
  }
  if (options.pop_batch_size < 1 || options.pop_batch_size > 32) {
    return refused("pop_batch_size is not 1-32");
  }
  if (options.pop_unacknowledged_max < 1) return refused("pop_unacknowledged_max is 0");
  return {};
}

Result<void> check_times(const PushConsumerOptions& options) {
  if (options.poll_timeout < 1ms || options.poll_timeout > 24h) {
    return refused("poll_timeout is not 1 ms to 24 h");
  }
  if (options.pull_interval < 0ms || options.pull_interval > 65535ms) {
    return refused("pull_interval is not 0-65535 ms");
  }
  if (options.suspend_time < 0ms) return refused("suspend_time is negative");
  if (options.consume_timeout < 0ms || options.consume_timeout > 24h * 365) {
    return refused("consume_timeout is not 0 to a year");
  }
  if (options.reconsume_times_max < -1) return refused("reconsume_times_max is below -1");
  return {};
}

}  // namespace

Result<void> check_options(const PushConsumerOptions& options) {
  if (auto group = check_group("consumer", options.group); !group) return group;
  for (const auto check :
       {check_listeners, check_subscriptions, check_limits, check_times, check_popping}) {
    if (auto checked = check(options); !checked) return checked;
  }
  if (!options.allocation.allocate) return refused("the allocation strategy has no function");
  for (const auto& hook : options.hooks) {
    if (hook == nullptr) return refused("a hook is null");
  }
  return {};
}

Result<std::vector<protocol::SubscriptionData>> subscriptions_of(const PushConsumerOptions& options,
                                                                 std::int64_t version) {
  std::vector<protocol::SubscriptionData> all;
  for (const Subscription& each : options.subscriptions) {
    auto subscription = subscription_data(each, version);
    if (!subscription) return std::move(subscription).error();
    all.push_back(*std::move(subscription));
  }
  if (options.model == MessageModel::broadcasting) return all;  // nothing is given back
  // Everything in it was wanted once, so nothing of it is filtered.
  auto given_back = tag_subscription(str(retry_topic_prefix, options.group), "*", version);
  if (!given_back) return std::move(given_back).error();
  all.push_back(*std::move(given_back));
  return all;
}

}  // namespace rocketmq::client
