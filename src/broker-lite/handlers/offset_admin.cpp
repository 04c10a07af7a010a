#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker-lite/handlers/admin.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/group_admin.h"
#include "protocol/str.h"

// Offsets of groups, as tools move, copy and ask for them.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::InvokeBrokerToResetOffset;
using protocol::MessageQueueData;
using protocol::ResetOffsetBody;

// Java: V3_0_7_SNAPSHOT, before which clients know nothing of resets.
constexpr std::int32_t version_3_0_7 = 28;
constexpr auto client_answer_time_max = std::chrono::seconds(5);

Error too_old(const ClientMember& client) {
  return {ResponseCode::system_error,
          str("the client does not support this feature. version=", client.version)};
}

// Where a queue is to be consumed from. A negative time: from its end.
std::int64_t offset_at(const MessageStore& store, const MessageQueueData& queue,
                       std::int64_t timestamp) {
  if (timestamp < 0) return store.max_offset(queue.topic, queue.queue_id);
  return store.offset_by_time(queue.topic, queue.queue_id, timestamp, TimeBoundary::lower);
}

Result<ResetOffsetBody> one_target(const Core& core, const protocol::TopicConfig& topic,
                                   const InvokeBrokerToResetOffset& request) {
  const MessageQueueData queue{core.options.broker_name, *request.queue_id, topic.topic_name};
  // Stock stores an offset for whatever queue it is told of.
  if (queue.queue_id >= topic.read_queue_nums) {
    return Error{ResponseCode::invalid_parameter,
                 str("queueId[", queue.queue_id, "] is illegal, topic:[", queue.topic, "]")};
  }
  std::int64_t target = request.offset.value_or(-1);
  if (target == -1) {
    target = offset_at(core.store, queue, request.timestamp);
  } else {
    const std::int64_t min = core.store.min_offset(queue.topic, queue.queue_id);
    const std::int64_t max = core.store.max_offset(queue.topic, queue.queue_id);
    if (target < min || target > max + 1) {
      return Error{
          ResponseCode::system_error,
          str("Target offset ", target, " not in consume queue range [", min, "-", max, "]")};
    }
  }
  return ResetOffsetBody{{{queue, target}}};
}

ResetOffsetBody all_targets(const Core& core, const protocol::TopicConfig& topic,
                            std::int64_t timestamp, std::int32_t queues) {
  ResetOffsetBody targets;
  queues = std::min(queues, core.topics.options().queue_nums_max);
  for (std::int32_t id = 0; id < queues; ++id) {
    const MessageQueueData queue{core.options.broker_name, id, topic.topic_name};
    targets.offset_table.emplace_back(queue, offset_at(core.store, queue, timestamp));
  }
  return targets;
}

// The broker moves the group; a consumer hears of it with its next pull. Java:
// resetOffsetInner.
Result<ResetOffsetBody> reset_here(Core& core, const InvokeBrokerToResetOffset& request) {
  const protocol::TopicConfig* topic = core.topics.find(request.topic);
  if (topic == nullptr) {
    return Error{ResponseCode::topic_not_exist, str("Topic ", request.topic, " does not exist")};
  }
  if (core.groups.find(request.group) == nullptr) {
    return Error{ResponseCode::subscription_group_not_exist,
                 str("Group ", request.group, " does not exist")};
  }
  Result<ResetOffsetBody> targets =
      request.queue_id.value_or(-1) >= 0
          ? one_target(core, *topic, request)
          : all_targets(core, *topic, request.timestamp, topic->read_queue_nums);
  if (!targets) return targets;
  if (targets->offset_table.empty()) {
    return Error{ResponseCode::system_error, "No queues to reset."};
  }
  for (const auto& [queue, offset] : targets->offset_table) {
    core.offsets.reset(request.group, queue.topic, queue.queue_id, offset, core.loop.wall_ms());
  }
  return targets;
}

// Without isForce nobody is moved forwards.
Result<void> hold_back(const Core& core, const InvokeBrokerToResetOffset& request,
                       ResetOffsetBody& targets) {
  for (auto& [queue, target] : targets.offset_table) {
    const auto stored = core.offsets.find(request.group, queue.topic, queue.queue_id);
    if (!stored) {
      return Error{ResponseCode::system_error,
                   str("THe consumer group <", request.group, "> not exist")};
    }
    if (!request.is_force) target = std::min(target, *stored);
  }
  return {};
}

// Old consumers written in C++ read no JSON but the standard's.
std::string body_for(protocol::Language language, const ResetOffsetBody& targets) {
  if (language != protocol::Language::cpp) return protocol::to_json(targets);
  protocol::ResetOffsetBodyForC list;
  for (const auto& [queue, offset] : targets.offset_table) {
    list.offset_table.push_back({queue.broker_name, offset, queue.queue_id, queue.topic});
  }
  return protocol::to_json(list);
}

// The way of 4.x: the consumers that are online move themselves. Java: Broker2Client.resetOffset.
Result<ResetOffsetBody> reset_in_clients(Core& core, const InvokeBrokerToResetOffset& request) {
  const protocol::TopicConfig* topic = core.topics.find(request.topic);
  if (topic == nullptr) {
    return Error{
        ResponseCode::topic_not_exist,
        str("[reset-offset] reset offset failed, no topic in this broker. topic=", request.topic)};
  }
  ResetOffsetBody targets = all_targets(core, *topic, request.timestamp, topic->write_queue_nums);
  if (auto held = hold_back(core, request, targets); !held) return std::move(held).error();
  const ConsumerGroup* group = core.clients.find_consumers(request.group);
  if (group == nullptr) {
    return Error{ResponseCode::consumer_not_online,
                 str("Consumer not online, so can not reset offset, Group: ", request.group,
                     " Topic: ", request.topic, " Timestamp: ", request.timestamp)};
  }
  for (const ClientMember& member : group->members) {
    if (member.version < version_3_0_7) return too_old(member);
  }
  protocol::ResetConsumerClientOffset push;
  push.topic = request.topic;
  push.group = request.group;
  push.queue_id = -1;
  push.timestamp = request.timestamp;
  for (const ClientMember& member : group->members) {
    if (net::Channel* const channel = member.channel.get()) {
      (void)channel->oneway(push, body_for(member.language, targets));
    }
  }
  return targets;
}

Result<void> reset_offsets(Core& core, const InvokeBrokerToResetOffset& request,
                           RequestContext& context) {
  const auto targets = core.options.use_server_side_reset_offset ? reset_here(core, request)
                                                                 : reset_in_clients(core, request);
  if (!targets) return targets.error();
  context.reply.body = protocol::to_json(*targets);
  return {};
}

// What the members of a group said, until the last has.
struct Survey {
  net::Responder tool;
  protocol::GetConsumerStatusBody said;
  std::size_t waiting = 0;

  void answered() {
    if (--waiting == 0) tool.reply(protocol::NoFields{}, protocol::to_json(said));
  }
};

// Java: Broker2Client.getConsumeStatus. Who does not answer is left out.
void ask_for_offsets(Core& core, net::Call<protocol::InvokeBrokerToGetConsumerStatus> call) {
  const ConsumerGroup* group = core.clients.find_consumers(call->group);
  if (group == nullptr) {
    return call.fail({ResponseCode::system_error,
                      str("No Any Consumer online in the consumer group: [", call->group, "]")});
  }
  protocol::GetConsumerStatusFromClient question;
  question.topic = call->topic;
  question.group = call->group;
  const std::string_view only = call->client_addr.value_or("");
  std::vector<const ClientMember*> asked;
  for (const ClientMember& member : group->members) {
    if (!only.empty() && member.client_id != only) continue;
    if (member.version < version_3_0_7) return call.fail(too_old(member));
    if (member.channel) asked.push_back(&member);
  }
  const auto survey = std::make_shared<Survey>();
  survey->waiting = asked.size() + 1;
  for (const ClientMember* member : asked) {
    member->channel->call<protocol::GetConsumerStatusFromClient>(
        question, {}, client_answer_time_max, [survey, id = member->client_id](auto answer) {
          if (answer) {
            auto body =
                protocol::from_json<protocol::GetConsumerStatusBody>(answer->body, "status");
            if (body) survey->said.consumer_table[id] = std::move(body->message_queue_table);
          }
          survey->answered();
        });
  }
  survey->tool = std::move(call).take_responder();
  survey->answered();
}

// Of the topics that the first group consumes, or of the one that is named. Stock copies nothing
// where none is named.
Result<void> clone_offsets(Core& core, const protocol::CloneGroupOffset& request) {
  const std::string_view from = request.src_group;
  const auto to = core.groups.find_or_create(request.dest_group, core.loop.wall_ms());
  if (to.is_new) core.groups_changed();
  if (to.group == nullptr) {
    return Error{ResponseCode::subscription_group_not_exist,
                 str("Group ", request.dest_group, " does not exist")};
  }
  std::vector<std::string> topics;
  if (request.topic && !request.topic->empty()) {
    topics.emplace_back(*request.topic);
  } else {
    topics = core.offsets.topics_of(from);
  }
  const ConsumerGroup* online =
      request.offline.value_or(false) ? nullptr : core.clients.find_consumers(from);
  for (const std::string& topic : topics) {
    if (core.topics.find(topic) == nullptr) continue;
    if (online != nullptr && !online->subscriptions.contains(topic)) continue;
    core.offsets.clone(from, request.dest_group, topic, core.loop.wall_ms());
  }
  return {};
}

}  // namespace

void add_offset_admin_handlers(net::Router& router, Core& core) {
  router.on<InvokeBrokerToResetOffset>(
      [&core](const InvokeBrokerToResetOffset& request, RequestContext& context) {
        return reset_offsets(core, request, context);
      });
  router.on_deferred<protocol::InvokeBrokerToGetConsumerStatus>(
      [&core](net::Call<protocol::InvokeBrokerToGetConsumerStatus> call) {
        ask_for_offsets(core, std::move(call));
      });
  router.on<protocol::CloneGroupOffset>(
      [&core](const protocol::CloneGroupOffset& request, RequestContext&) {
        return clone_offsets(core, request);
      });
}

}  // namespace rocketmq::broker
