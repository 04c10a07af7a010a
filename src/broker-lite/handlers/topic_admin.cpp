#include <string>
#include <utility>
#include <vector>

#include "broker-lite/handlers/admin.h"
#include "broker-lite/state/names.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/topic_group_admin.h"
#include "protocol/str.h"

// Topics, as tools create, look at and delete them.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

void update_topic(Core& core, net::Call<protocol::UpdateAndCreateTopic> call) {
  const Result<bool> changed = core.topics.update(call.request(), core.loop.wall_ms());
  if (!changed) return call.fail(changed.error());
  if (!*changed) return call.reply({});
  core.topic_changed(call->topic);
  reply_when_settled(core, std::move(call));
}

void update_topics(Core& core, net::Call<protocol::UpdateAndCreateTopicList> call) {
  const auto list =
      protocol::from_json<protocol::CreateTopicListRequestBody>(call.body(), "topic list");
  if (!list) return call.fail({ResponseCode::system_error, list.error().message});
  const auto changed = core.topics.update(list->topic_config_list, core.loop.wall_ms());
  if (!changed) return call.fail(changed.error());
  for (const std::string& topic : *changed) core.topic_changed(topic);
  reply_when_settled(core, std::move(call));
}

// The queues first: where they cannot be dropped the topic stays, and can be deleted again.
Result<void> remove_topic(Core& core, std::string_view topic) {
  if (core.topics.find(topic) == nullptr) return {};
  static_cast<void>(core.commit_messages());  // their senders must hear what became of them
  if (auto deleted = core.store.delete_topic(topic); !deleted) return deleted;
  core.topics.remove(topic, core.loop.wall_ms());
  core.offsets.remove_topic(topic);
  core.traffic.topic_removed(topic);
  core.topic_removed(topic);
  return {};
}

// The route of the topic stays until a tool removes it from the name servers too.
void delete_topic(Core& core, net::Call<protocol::DeleteTopicInBroker> call) {
  const std::string topic(call->topic);
  if (auto may = core.topics.check_may_delete(topic); !may) return call.fail(may.error());
  if (core.topics.find(topic) == nullptr) return call.reply({});

  // Java: clearRetryTopicWhenDeleteTopic. The two names of a group's retry topic for POP.
  for (const std::string& group : core.offsets.groups_of(topic)) {
    for (const char separator : {'_', '+'}) {
      const std::string retry = str(retry_topic(group), separator, topic);
      if (auto removed = remove_topic(core, retry); !removed) return call.fail(removed.error());
    }
  }
  if (auto removed = remove_topic(core, topic); !removed) return call.fail(removed.error());
  reply_when_settled(core, std::move(call));
}

Result<protocol::TotalTopicNumResponse> list_topics(Core& core,
                                                    const protocol::GetAllTopicConfig& request,
                                                    RequestContext& context) {
  auto all = core.topics.wrapper();
  const auto total = static_cast<std::int32_t>(all.topic_config_table.size());
  keep_page(all.topic_config_table, request.topic_seq.value_or(0), request.max_topic_num,
            request.data_version.value_or(""), all.data_version);
  context.reply.body = protocol::to_json(all);
  return protocol::TotalTopicNumResponse{total};
}

Result<void> describe_topic(Core& core, const protocol::GetTopicConfig& request,
                            RequestContext& context) {
  const protocol::TopicConfig* topic = core.topics.find(request.topic);
  if (topic == nullptr) {
    return Error{ResponseCode::topic_not_exist,
                 str("No topic in this broker. topic: ", request.topic)};
  }
  context.reply.body = protocol::to_json(*topic);
  return {};
}

protocol::TopicOffset offsets_of_queue(const MessageStore& store, std::string_view topic,
                                       std::int32_t queue_id) {
  protocol::TopicOffset offset;
  offset.min_offset = store.min_offset(topic, queue_id);
  offset.max_offset = store.max_offset(topic, queue_id);
  if (offset.max_offset > 0) {
    offset.last_update_timestamp =
        store.store_time(topic, queue_id, offset.max_offset - 1).value_or(-1);
  }
  return offset;
}

Result<void> topic_stats(Core& core, const protocol::GetTopicStatsInfo& request,
                         RequestContext& context) {
  const protocol::TopicConfig* topic = core.topics.find(request.topic);
  if (topic == nullptr) {
    return Error{ResponseCode::topic_not_exist, str("topic[", request.topic, "] not exist")};
  }
  protocol::TopicStatsTable stats;
  stats.topic_put_tps = core.traffic.put_rate(request.topic, core.loop.now());
  const std::int32_t queues = std::min(std::max(topic->read_queue_nums, topic->write_queue_nums),
                                       core.topics.options().queue_nums_max);
  for (std::int32_t queue_id = 0; queue_id < queues; ++queue_id) {
    stats.offset_table.emplace_back(
        protocol::MessageQueueData{core.options.broker_name, queue_id, topic->topic_name},
        offsets_of_queue(core.store, request.topic, queue_id));
  }
  context.reply.body = protocol::to_json(stats);
  return {};
}

}  // namespace

void add_topic_admin_handlers(net::Router& router, Core& core) {
  router.on_deferred<protocol::UpdateAndCreateTopic>(
      [&core](net::Call<protocol::UpdateAndCreateTopic> call) {
        update_topic(core, std::move(call));
      });
  router.on_deferred<protocol::UpdateAndCreateTopicList>(
      [&core](net::Call<protocol::UpdateAndCreateTopicList> call) {
        update_topics(core, std::move(call));
      });
  router.on_deferred<protocol::DeleteTopicInBroker>(
      [&core](net::Call<protocol::DeleteTopicInBroker> call) {
        delete_topic(core, std::move(call));
      });
  router.on<protocol::GetAllTopicConfig>(
      [&core](const protocol::GetAllTopicConfig& request, RequestContext& context) {
        return list_topics(core, request, context);
      });
  router.on<protocol::GetTopicConfig>(
      [&core](const protocol::GetTopicConfig& request, RequestContext& context) {
        return describe_topic(core, request, context);
      });
  router.on<protocol::GetSystemTopicListFromBroker>(
      [&core](const protocol::GetSystemTopicListFromBroker&,
              RequestContext& context) -> Result<void> {
        context.reply.body =
            protocol::to_json(protocol::TopicList{std::nullopt, core.topics.system_topics()});
        return {};
      });
  router.on<protocol::GetTopicStatsInfo>(
      [&core](const protocol::GetTopicStatsInfo& request, RequestContext& context) {
        return topic_stats(core, request, context);
      });
}

}  // namespace rocketmq::broker
