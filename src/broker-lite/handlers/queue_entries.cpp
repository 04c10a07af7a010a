#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "broker-lite/handlers/admin.h"
#include "broker-lite/handlers/handlers.h"
#include "broker-lite/state/tag_filter.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/str.h"

// A look into a queue: where its messages lie, and which of them a group would get. Java:
// AdminBrokerProcessor.queryConsumeQueue.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::QueryConsumeQueue;
using protocol::SubscriptionData;

constexpr std::int32_t entries_max = 1000;  // of one answer

// Which entries a subscription takes.
class Taker {
 public:
  Taker(Core& core, const SubscriptionData& subscription)
      : store_(core.store), is_by_tags_(is_tag_type(subscription.expression_type)) {
    if (is_by_tags_) {
      codes_ = tags_codes_of(subscription);
    } else if (auto sql = core.sql_filters.compile(subscription.sub_string)) {
      sql_ = *std::move(sql);
    }
  }

  bool takes(const QueueEntry& entry) const {
    if (is_by_tags_) return wants(codes_, entry.tags_code);
    if (sql_ == nullptr) return false;
    const auto stored = store_.record_at(entry.position);
    return stored && wants(sql_.get(), stored->record.bytes);
  }

 private:
  const MessageStore& store_;
  const bool is_by_tags_;
  std::vector<std::int32_t> codes_;
  std::shared_ptr<const SqlFilter> sql_;
};

Result<void> look_into_queue(Core& core, const QueryConsumeQueue& request,
                             RequestContext& context) {
  const std::string_view topic = request.topic.value_or("");
  const std::int32_t queue_id = request.queue_id.value_or(0);
  if (!core.store.has_queue(topic, queue_id)) {
    return Error{ResponseCode::system_error, str(queue_id, '@', topic, " is not exist!")};
  }
  protocol::QueryConsumeQueueResponseBody body;
  body.min_queue_index = core.store.min_offset(topic, queue_id);
  body.max_queue_index = core.store.max_offset(topic, queue_id);
  std::optional<Taker> taker;
  if (const auto group = request.consumer_group; group && !group->empty()) {
    const SubscriptionData* subscription = core.clients.find_subscription(*group, topic);
    if (subscription == nullptr) {
      body.filter_data = str(*group, '@', topic, " is not online!");
    } else {
      body.subscription_data = *subscription;
      body.filter_data =
          is_tag_type(subscription->expression_type) ? "null" : subscription->sub_string;
      taker.emplace(core, *subscription);
    }
  }
  // Beyond its ends there is nothing. Stock answers without a body then, which breaks its tools.
  std::vector<QueueEntry> entries(
      static_cast<std::size_t>(std::clamp(request.count.value_or(0), 0, entries_max)));
  entries.resize(core.store.queue_entries(topic, queue_id, request.index.value_or(0), entries));
  for (const QueueEntry& entry : entries) {
    protocol::ConsumeQueueData data;
    data.physic_offset = entry.position;
    data.physic_size = entry.size;
    data.tags_code = entry.tags_code;
    data.eval = taker && taker->takes(entry);
    body.queue_data.push_back(std::move(data));
  }
  context.reply.body = protocol::to_json(body);
  return {};
}

}  // namespace

void add_queue_entries_handlers(net::Router& router, Core& core) {
  router.on<QueryConsumeQueue>([&core](const QueryConsumeQueue& request, RequestContext& context) {
    return look_into_queue(core, request, context);
  });
}

}  // namespace rocketmq::broker
