#include "client/pull_consumer_options.h"

#include <chrono>
#include <set>
#include <string>
#include <utility>

#include "client/names.h"
#include "client/subscription_data.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

Error refused(std::string reason) { return {Errc::invalid_argument, std::move(reason)}; }

}  // namespace

Result<void> check_options(const PullConsumerOptions& options) {
  if (auto group = check_group("consumer", options.group); !group) return group;
  std::set<std::string_view> topics;
  for (const Subscription& each : options.subscriptions) {
    if (!topics.insert(each.topic).second) {
      return refused(str("topic ", each.topic, " is subscribed to twice"));
    }
  }
  if (!options.subscriptions.empty() && !options.allocation.allocate) {
    return refused("the allocation strategy has no function");
  }
  if (options.pull_batch_size < 1 || options.pull_batch_size > 1024) {
    return refused("pull_batch_size is not 1-1024");
  }
  if (options.poll_timeout < 1ms || options.poll_timeout > 24h) {
    return refused("poll_timeout is not 1 ms to 24 h");
  }
  if (options.auto_commit_interval < 1s || options.auto_commit_interval > 24h) {
    return refused("auto_commit_interval is not 1 s to 24 h");
  }
  if (options.messages_max < 1 || options.queue_messages_max < 1 || options.queue_bytes_max < 1 ||
      options.queue_offset_span_max < 1 || options.message_bytes_max < 1) {
    return refused("a limit on what is fetched ahead is less than 1");
  }
  return {};
}

Result<std::vector<protocol::SubscriptionData>> subscriptions_of(const PullConsumerOptions& options,
                                                                 std::int64_t version) {
  std::vector<protocol::SubscriptionData> all;
  for (const Subscription& each : options.subscriptions) {
    auto data = subscription_data(each, version);
    if (!data) return std::move(data).error();
    all.push_back(*std::move(data));
  }
  return all;
}

PullOptions pull_options(const PullConsumerOptions& options) {
  PullOptions pull;
  pull.group = options.group;
  pull.start_at = options.start_at;
  pull.batch_size = options.pull_batch_size;
  pull.poll_timeout = options.poll_timeout;
  pull.answer_margin = 10s;  // Java: consumerTimeoutMillisWhenSuspend is 30 s, with the 20
  pull.message_bytes_max = options.message_bytes_max;
  pull.limits = {.messages_max = options.queue_messages_max,
                 .bytes_max = options.queue_bytes_max,
                 .offset_span_max = options.queue_offset_span_max};
  return pull;
}

}  // namespace rocketmq::client
