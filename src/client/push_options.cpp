#include "client/push_options.h"

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "client/names.h"
#include "client/offset_store.h"
#include "client/tag_filter.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

Error refused(std::string reason) { return {Errc::invalid_argument, std::move(reason)}; }

}  // namespace

Result<void> check_options(const PushConsumerOptions& options) {
  if (auto group = check_group("consumer", options.group); !group) return group;
  if (!options.on_message) return refused("on_message is not set");
  if (options.subscriptions.empty()) return refused("there is no subscription");
  std::set<std::string_view> topics;
  for (const Subscription& each : options.subscriptions) {
    if (auto topic = check_topic(each.topic); !topic) return topic;
    if (!topics.insert(each.topic).second) {
      return refused(str("topic ", each.topic, " is subscribed to twice"));
    }
  }
  if (options.threads < 1 || options.threads > 1000) return refused("threads is not 1-1000");
  if (options.pull_batch_size < 1 || options.pull_batch_size > 1024) {
    return refused("pull_batch_size is not 1-1024");
  }
  if (options.poll_timeout < std::chrono::milliseconds(1)) {
    return refused("poll_timeout is not at least 1 ms");
  }
  if (options.reconsume_times_max < -1) return refused("reconsume_times_max is below -1");
  if (options.queue_messages_max < 1 || options.queue_bytes_max < 1 ||
      options.queue_offset_span_max < 1 || options.message_bytes_max < 1) {
    return refused("a limit on what is in hand is less than 1");
  }
  return {};
}

Result<std::vector<protocol::SubscriptionData>> subscriptions_of(const PushConsumerOptions& options,
                                                                 std::int64_t version) {
  std::vector<protocol::SubscriptionData> all;
  for (const Subscription& each : options.subscriptions) {
    auto subscription = tag_subscription(each.topic, each.filter.expression, version);
    if (!subscription) return std::move(subscription).error();
    all.push_back(*std::move(subscription));
  }
  // Everything in it was wanted once, so nothing of it is filtered.
  auto given_back = tag_subscription(str(retry_topic_prefix, options.group), "*", version);
  if (!given_back) return std::move(given_back).error();
  all.push_back(*std::move(given_back));
  return all;
}

}  // namespace rocketmq::client
