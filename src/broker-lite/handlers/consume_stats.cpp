#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker-lite/handlers/admin.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/group_admin.h"
#include "protocol/requests/topic_group_admin.h"
#include "protocol/str.h"

// Who consumes what, and how far they are.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::ConsumeStats;

constexpr std::size_t named_topics_max = 1000;  // of one request

std::vector<std::string> split(std::string_view joined, char separator) {
  std::vector<std::string> parts;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find(separator), joined.size());
    if (end > 0) parts.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return parts;
}

bool is_subscribed(const ConsumerGroup* online, std::string_view topic) {
  return online == nullptr || online->subscriptions.empty() ||
         online->subscriptions.contains(topic);
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
  std::erase_if(topics, [&](const auto& topic) { return !is_subscribed(online, topic); });
  return topics;
}

protocol::OffsetWrapper offsets_in(const Core& core, std::string_view group, std::string_view topic,
                                   std::int32_t queue_id) {
  protocol::OffsetWrapper offsets;
  offsets.broker_offset = core.store.max_offset(topic, queue_id);
  offsets.consumer_offset =
      std::max<std::int64_t>(0, core.offsets.find(group, topic, queue_id).value_or(0));
  offsets.pull_offset = std::max(offsets.consumer_offset,
                                 core.offsets.find_pulled(group, topic, queue_id).value_or(0));
  if (offsets.consumer_offset > 0) {
    offsets.last_timestamp =
        core.store.store_time(topic, queue_id, offsets.consumer_offset - 1).value_or(0);
  }
  return offsets;
}

// In so many queues of the topic.
void add_stats(const Core& core, std::string_view group, const protocol::TopicConfig& topic,
               std::int32_t queues, ConsumeStats& stats) {
  const std::string& name = topic.topic_name;
  queues = std::min(queues, core.topics.options().queue_nums_max);
  for (std::int32_t queue_id = 0; queue_id < queues; ++queue_id) {
    stats.offset_table.emplace_back(
        protocol::MessageQueueData{core.options.broker_name, queue_id, name},
        offsets_in(core, group, name, queue_id));
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
    if (topic == nullptr) continue;
    add_stats(core, request.consumer_group, *topic, topic->read_queue_nums, stats);
  }
  context.reply.body = protocol::to_json(stats);
  return {};
}

// Every group has its place in the answer, those that consume nothing too.
Result<void> all_consume_stats(Core& core, const protocol::GetBrokerConsumeStats& request,
                               RequestContext& context) {
  std::map<std::string, std::vector<ConsumeStats>> by_group;
  for (const std::string& group : core.groups.names()) by_group[group];
  core.offsets.for_each([&](const std::string& name, const std::string& group) {
    const auto known = by_group.find(group);
    const protocol::TopicConfig* topic = core.topics.find(name);
    if (known == by_group.end() || topic == nullptr || (request.is_order && !topic->order)) return;
    if (!is_subscribed(core.clients.find_consumers(group), name)) return;
    add_stats(core, group, *topic, topic->write_queue_nums, known->second.emplace_back());
  });

  protocol::ConsumeStatsList list{core.address, {}, 0, 0};
  for (auto& [group, all] : by_group) {
    for (const ConsumeStats& stats : all) {
      for (const auto& [queue, offsets] : stats.offset_table) {
        list.total_diff += offsets.broker_offset - offsets.consumer_offset;
        list.total_inflight_diff += offsets.pull_offset - offsets.consumer_offset;
      }
    }
    list.consume_stats_list.push_back({{group, std::move(all)}});
  }
  context.reply.body = protocol::to_json(list);
  return {};
}

protocol::QueueTimeSpan time_span(const Core& core, std::string_view group,
                                  const protocol::MessageQueueData& queue) {
  const MessageStore& store = core.store;
  const auto stored_at = [&](std::int64_t offset) {
    return store.store_time(queue.topic, queue.queue_id, offset).value_or(-1);
  };
  const std::int64_t min = store.min_offset(queue.topic, queue.queue_id);
  const std::int64_t max = store.max_offset(queue.topic, queue.queue_id);
  const std::int64_t next =
      std::max(min, core.offsets.find(group, queue.topic, queue.queue_id).value_or(0));
  protocol::QueueTimeSpan span;
  span.message_queue = queue;
  span.min_timestamp = stored_at(min);
  span.max_timestamp = stored_at(max - 1);
  span.consume_timestamp = next > min ? stored_at(next - 1) : span.min_timestamp;
  if (next < max) span.delay_time = core.loop.wall_ms() - stored_at(next);
  return span;
}

Result<void> consume_time_span(Core& core, const protocol::QueryConsumeTimeSpan& request,
                               RequestContext& context) {
  const protocol::TopicConfig* topic = core.topics.find(request.topic);
  if (topic == nullptr) {
    return Error{ResponseCode::topic_not_exist, str("topic[", request.topic, "] not exist")};
  }
  protocol::QueryConsumeTimeSpanBody body;
  const std::int32_t queues =
      std::min(topic->write_queue_nums, core.topics.options().queue_nums_max);
  for (std::int32_t queue_id = 0; queue_id < queues; ++queue_id) {
    body.consume_time_span_set.push_back(
        time_span(core, request.group, {core.options.broker_name, queue_id, topic->topic_name}));
  }
  context.reply.body = protocol::to_json(body);
  return {};
}

// Per queue what the slowest group of the topic has consumed. Stock forgets the offsets of the
// groups that are to be left out; a question should change nothing.
Result<void> slowest_offsets(Core& core, const protocol::QueryCorrectionOffset& request,
                             RequestContext& context) {
  const std::vector<std::string> left_out = split(request.filter_groups.value_or(""), ',');
  std::map<std::int64_t, std::int64_t> slowest;
  for (const std::string& group : core.offsets.groups_of(request.topic)) {
    if (std::ranges::find(left_out, group) != left_out.end()) continue;
    for (const auto& [queue_id, offset] : *core.offsets.find(group, request.topic)) {
      if (offset < core.store.min_offset(request.topic, queue_id)) continue;
      const auto [there, is_first] = slowest.emplace(queue_id, offset);
      there->second = std::min(there->second, offset);
    }
  }
  if (const auto* compared = core.offsets.find(request.compare_group, request.topic)) {
    for (const auto& [queue_id, offset] : *compared) {
      const auto there = slowest.find(queue_id);
      if (there == slowest.end() || there->second <= offset) continue;
      there->second = std::numeric_limits<std::int64_t>::max();
    }
  }
  context.reply.body = protocol::to_json(protocol::QueryCorrectionOffsetBody{slowest});
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

void add_consume_stats_handlers(net::Router& router, Core& core) {
  router.on<protocol::GetConsumeStats>(
      [&core](const protocol::GetConsumeStats& request, RequestContext& context) {
        return consume_stats(core, request, context);
      });
  router.on<protocol::GetBrokerConsumeStats>(
      [&core](const protocol::GetBrokerConsumeStats& request, RequestContext& context) {
        return all_consume_stats(core, request, context);
      });
  router.on<protocol::QueryConsumeTimeSpan>(
      [&core](const protocol::QueryConsumeTimeSpan& request, RequestContext& context) {
        return consume_time_span(core, request, context);
      });
  router.on<protocol::QueryCorrectionOffset>(
      [&core](const protocol::QueryCorrectionOffset& request, RequestContext& context) {
        return slowest_offsets(core, request, context);
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
