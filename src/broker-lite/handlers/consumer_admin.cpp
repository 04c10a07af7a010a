#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker-lite/handlers/admin.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/topic_group_admin.h"
#include "protocol/str.h"

// Who is connected, who consumes what, and how far they are.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::ConsumeStats;

constexpr std::size_t named_topics_max = 1000;  // of one request

std::vector<protocol::Connection> connections_of(const std::vector<ClientMember>& members) {
  std::vector<protocol::Connection> connections;
  for (const ClientMember& member : members) {
    connections.push_back({.client_addr = member.address,
                           .client_id = member.client_id,
                           .language = std::string(protocol::to_string(member.language)),
                           .version = member.version});
  }
  return connections;
}

Result<void> list_consumers(Core& core, const protocol::GetConsumerConnectionList& request,
                            RequestContext& context) {
  const ConsumerGroup* group = core.clients.find_consumers(request.consumer_group);
  if (group == nullptr) {
    return Error{ResponseCode::consumer_not_online,
                 str("the consumer group[", request.consumer_group, "] not online")};
  }
  protocol::ConsumerConnection connection;
  connection.connection_set = connections_of(group->members);
  connection.consume_from_where = group->consume_from_where;
  connection.consume_type = group->consume_type;
  connection.message_model = group->message_model;
  connection.subscription_table = {group->subscriptions.begin(), group->subscriptions.end()};
  context.reply.body = protocol::to_json(connection);
  return {};
}

Result<void> list_producers(Core& core, const protocol::GetProducerConnectionList& request,
                            RequestContext& context) {
  const std::vector<ClientMember>* members = core.clients.find_producers(request.producer_group);
  if (members == nullptr) {
    return Error{ResponseCode::system_error,
                 str("the producer group[", request.producer_group, "] not exist")};
  }
  context.reply.body = protocol::to_json(protocol::ProducerConnection{connections_of(*members)});
  return {};
}

std::vector<std::string> split(std::string_view joined, char separator) {
  std::vector<std::string> parts;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find(separator), joined.size());
    if (end > 0) parts.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return parts;
}

// The topics named in the request; or those the group has offsets in, without those that it, being
// online, no longer subscribes to.
std::vector<std::string> topics_of(const Core& core, const protocol::GetConsumeStats& request) {
  if (auto named = split(request.topic_list.value_or(""), ';'); !named.empty()) {
    std::sort(named.begin(), named.end());  // each once, however often it is named
    named.erase(std::unique(named.begin(), named.end()), named.end());
    return named;
  }
  std::vector<std::string> topics;
  if (const auto topic = request.topic; topic && !topic->empty()) {
    topics.emplace_back(*topic);
  } else {
    topics = core.offsets.topics_of(request.consumer_group);
  }
  const ConsumerGroup* online = core.clients.find_consumers(request.consumer_group);
  if (online != nullptr && !online->subscriptions.empty()) {
    std::erase_if(topics, [&](const auto& t) { return !online->subscriptions.contains(t); });
  }
  return topics;
}

void add_stats(Core& core, std::string_view group, const protocol::TopicConfig& topic,
               ConsumeStats& stats) {
  const std::string& name = topic.topic_name;
  const std::int32_t queues = std::min(topic.read_queue_nums, core.topics.options().queue_nums_max);
  for (std::int32_t queue_id = 0; queue_id < queues; ++queue_id) {
    protocol::OffsetWrapper offsets;
    offsets.broker_offset = std::max<std::int64_t>(0, core.store.max_offset(name, queue_id));
    offsets.consumer_offset =
        std::max<std::int64_t>(0, core.offsets.find(group, name, queue_id).value_or(0));
    offsets.pull_offset = std::max(offsets.consumer_offset,
                                   core.offsets.find_pulled(group, name, queue_id).value_or(0));
    if (offsets.consumer_offset > 0) {
      offsets.last_timestamp =
          core.store.store_time(name, queue_id, offsets.consumer_offset - 1).value_or(0);
    }
    stats.offset_table.emplace_back(
        protocol::MessageQueueData{core.options.broker_name, queue_id, name}, offsets);
  }
  stats.consume_tps += core.traffic.get_rate(group, name, core.loop.now());
}

// A group or topic nobody knows is no error: there is nothing to tell of it.
Result<void> consume_stats(Core& core, const protocol::GetConsumeStats& request,
                           RequestContext& context) {
  ConsumeStats stats;
  const std::vector<std::string> topics = topics_of(core, request);
  if (request.topic_list && topics.size() > named_topics_max) {
    return Error{ResponseCode::invalid_parameter,
                 str("more than ", named_topics_max, " topics at once")};
  }
  for (const std::string& name : topics) {
    const protocol::TopicConfig* topic = core.topics.find(name);
    if (topic != nullptr) add_stats(core, request.consumer_group, *topic, stats);
  }
  context.reply.body = protocol::to_json(stats);
  return {};
}

Result<void> who_consumes(Core& core, const protocol::QueryTopicConsumeByWho& request,
                          RequestContext& context) {
  const auto online = core.clients.groups_subscribed_to(request.topic);
  const auto with_offsets = core.offsets.groups_of(request.topic);
  protocol::GroupList list;
  std::set_union(online.begin(), online.end(), with_offsets.begin(), with_offsets.end(),
                 std::back_inserter(list.group_list));
  context.reply.body = protocol::to_json(list);
  return {};
}

Result<void> topics_consumed(Core& core, const protocol::QueryTopicsByConsumer& request,
                             RequestContext& context) {
  context.reply.body =
      protocol::to_json(protocol::TopicList{core.address, core.offsets.topics_of(request.group)});
  return {};
}

}  // namespace

void add_consumer_admin_handlers(net::Router& router, Core& core) {
  router.on<protocol::GetConsumerConnectionList>(
      [&core](const protocol::GetConsumerConnectionList& request, RequestContext& context) {
        return list_consumers(core, request, context);
      });
  router.on<protocol::GetProducerConnectionList>(
      [&core](const protocol::GetProducerConnectionList& request, RequestContext& context) {
        return list_producers(core, request, context);
      });
  router.on<protocol::GetConsumeStats>(
      [&core](const protocol::GetConsumeStats& request, RequestContext& context) {
        return consume_stats(core, request, context);
      });
  router.on<protocol::QueryTopicConsumeByWho>(
      [&core](const protocol::QueryTopicConsumeByWho& request, RequestContext& context) {
        return who_consumes(core, request, context);
      });
  router.on<protocol::QueryTopicsByConsumer>(
      [&core](const protocol::QueryTopicsByConsumer& request, RequestContext& context) {
        return topics_consumed(core, request, context);
      });
}

}  // namespace rocketmq::broker
