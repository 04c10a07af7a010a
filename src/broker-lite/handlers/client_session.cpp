#include "protocol/requests/client_session.h"

#include <string>
#include <vector>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/state/names.h"
#include "broker-lite/state/tag_filter.h"
#include "net/channel.h"
#include "protocol/str.h"

// Who is connected, in which groups, and who holds which queue. Java: ClientManageProcessor,
// DefaultConsumerIdsChangeListener, AdminBrokerProcessor.lockBatchMQ.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::ConsumerData;
using protocol::HeartbeatData;

// Where what the group fails to consume comes back: created before the heartbeat is answered,
// because tools find a group by the route of this topic.
void create_retry_topic(Core& core, const protocol::SubscriptionGroupConfig& group,
                        const ConsumerData& consumer) {
  if (group.retry_queue_nums <= 0) return;
  protocol::TopicConfig config;
  config.topic_name = retry_topic(group.group_name);
  config.read_queue_nums = config.write_queue_nums = group.retry_queue_nums;
  config.perm = perm_read | perm_write;
  config.topic_sys_flag = consumer.unit_mode ? 2 : 0;  // Java: TopicSysFlag.FLAG_UNIT_SUB
  for (const auto& subscription : consumer.subscription_data_set) {
    const protocol::TopicConfig* topic = core.topics.find(subscription.topic);
    config.order = config.order || (topic != nullptr && topic->order);
  }
  const auto created = core.topics.find_or_create(config, core.loop.wall_ms());
  if (created.is_new) core.topic_changed(config.topic_name);
}

Result<protocol::HeartBeatResponse> heart_beat(Core& core, RequestContext& context) {
  const auto heartbeat = protocol::from_json<HeartbeatData>(context.body(), "heartbeat body");
  if (!heartbeat) return Error{ResponseCode::system_error, heartbeat.error().message};

  ClientInfo client;
  client.channel = context.channel.handle();
  client.client_id = heartbeat->client_id;
  client.address = context.peer();
  client.language = context.language();
  client.version = context.version();
  const TimePoint now = core.loop.now();
  const bool is_v2 = heartbeat->heartbeat_fingerprint != 0;
  bool has_changed = false;
  bool is_full = false;
  for (const ConsumerData& consumer : heartbeat->consumer_data_set) {
    const auto group = core.groups.find_or_create(consumer.group_name, core.loop.wall_ms());
    if (group.is_new) core.groups_changed();
    if (group.group == nullptr) continue;  // as in Java: passed over, without a word
    create_retry_topic(core, *group.group, consumer);
    const auto registered = core.clients.register_consumer(
        client, consumer, heartbeat->heartbeat_fingerprint, heartbeat->without_sub, now);
    has_changed = has_changed || registered.subscription_changed;
    is_full = is_full || !registered.accepted;
    notify_members(core, registered.changed);
  }
  for (const protocol::ProducerData& producer : heartbeat->producer_data_set) {
    is_full = !core.clients.register_producer(client, producer.group_name, now) || is_full;
  }
  if (is_full) return Error{ResponseCode::system_busy, "too many clients are connected"};
  return protocol::HeartBeatResponse{.supports_heartbeat_v2 = true,
                                     .subscription_changed = !is_v2 || has_changed};
}

Result<void> unregister(Core& core, const protocol::UnregisterClient& request,
                        RequestContext& context) {
  const net::ChannelHandle channel = context.channel.handle();
  if (const auto& group = request.producer_group; group && !group->empty()) {
    core.clients.unregister_producer(channel, *group);
  }
  if (const auto& group = request.consumer_group; group && !group->empty()) {
    notify_members(core, core.clients.unregister_consumer(channel, *group));
  }
  return {};
}

Result<void> list_consumers(Core& core, const protocol::GetConsumerListByGroup& request,
                            RequestContext& context) {
  const ConsumerGroup* group = core.clients.find_consumers(request.consumer_group);
  if (group == nullptr || group->members.empty()) {
    return Error{ResponseCode::system_error,
                 str("no consumer for this group, ", request.consumer_group)};
  }
  protocol::ConsumerIdList ids;
  for (const ClientMember& member : group->members)
    ids.consumer_id_list.push_back(member.client_id);
  context.reply.body = protocol::to_json(ids);
  return {};
}

Result<void> lock_queues(Core& core, RequestContext& context) {
  const auto body =
      protocol::from_json<protocol::LockBatchRequestBody>(context.body(), "lock body");
  if (!body) return Error{ResponseCode::system_error, body.error().message};
  protocol::LockBatchResponseBody locked;
  locked.locked_queues =
      core.queue_locks.lock(body->consumer_group, body->client_id, body->mq_set, core.loop.now());
  context.reply.body = protocol::to_json(locked);
  return {};
}

Result<void> unlock_queues(Core& core, RequestContext& context) {
  const auto body =
      protocol::from_json<protocol::LockBatchRequestBody>(context.body(), "unlock body");
  if (!body) return Error{ResponseCode::system_error, body.error().message};
  core.queue_locks.unlock(body->consumer_group, body->client_id, body->mq_set);
  return {};
}

// Asked by consumers that filter by more than tags. Java: checkClientConfig.
Result<void> check_client_config(Core& core, RequestContext& context) {
  const auto body =
      protocol::from_json<protocol::CheckClientRequestBody>(context.body(), "client config body");
  if (!body) return Error{ResponseCode::system_error, body.error().message};
  if (!body->subscription_data || is_tag_type(body->subscription_data->expression_type)) return {};
  const protocol::SubscriptionData& subscription = *body->subscription_data;
  if (auto offered = check_filter_type(core, subscription.expression_type); !offered) {
    return offered;
  }
  const auto compiled = core.sql_filters.compile(subscription.sub_string);
  return compiled ? Result<void>() : compiled.error();
}

}  // namespace

Result<void> check_filter_type(const Core& core, std::string_view expression_type) {
  if (core.options.enable_property_filter && expression_type == "SQL92") return {};
  return Error{ResponseCode::system_error,
               str("The broker does not support consumer to filter message by ", expression_type)};
}

Result<MessageFilter> compile_filter(Core& core, std::string_view expression,
                                     std::string_view expression_type) {
  MessageFilter filter;
  if (is_tag_type(expression_type)) {
    auto codes = parse_tags(expression);
    if (!codes) return std::move(codes).error();
    filter.tags_codes = *std::move(codes);
    return filter;
  }
  if (auto offered = check_filter_type(core, expression_type); !offered) {
    return std::move(offered).error();
  }
  // Java: a wrong expression gets every message here. Nobody can want that.
  auto sql = core.sql_filters.compile(expression);
  if (!sql) {
    return Error{ResponseCode::subscription_parse_failed,
                 str("parse the consumer's subscription failed: ", sql.error().message)};
  }
  filter.sql = *std::move(sql);
  return filter;
}

void notify_members(Core& core, const std::vector<MembersChanged>& changes) {
  if (!core.options.notify_consumer_ids_changed_enable) return;
  for (const MembersChanged& change : changes) {
    const protocol::SubscriptionGroupConfig* group = core.groups.find(change.group);
    if (group != nullptr && !group->notify_consumer_ids_changed_enable) continue;
    for (const net::ChannelHandle& member : change.channels) {
      // Lost with the connection, if at all: whoever reconnects asks for the members anyway.
      if (net::Channel* channel = member.get()) {
        (void)channel->oneway(protocol::NotifyConsumerIdsChanged{.consumer_group = change.group});
      }
    }
  }
}

void add_client_session_handlers(net::Router& router, Core& core) {
  router.on<protocol::HeartBeat>([&core](const protocol::HeartBeat&, RequestContext& context) {
    return heart_beat(core, context);
  });
  router.on<protocol::UnregisterClient>(
      [&core](const protocol::UnregisterClient& request, RequestContext& context) {
        return unregister(core, request, context);
      });
  router.on<protocol::GetConsumerListByGroup>(
      [&core](const protocol::GetConsumerListByGroup& request, RequestContext& context) {
        return list_consumers(core, request, context);
      });
  router.on<protocol::LockBatchMq>([&core](const protocol::LockBatchMq&, RequestContext& context) {
    return lock_queues(core, context);
  });
  router.on<protocol::UnlockBatchMq>(
      [&core](const protocol::UnlockBatchMq&, RequestContext& context) {
        return unlock_queues(core, context);
      });
  router.on<protocol::CheckClientConfig>(
      [&core](const protocol::CheckClientConfig&, RequestContext& context) {
        return check_client_config(core, context);
      });
  router.on_channel_closed([&core](net::Channel& channel) {
    notify_members(core, core.clients.channel_closed(channel.handle()));
  });
}

}  // namespace rocketmq::broker
