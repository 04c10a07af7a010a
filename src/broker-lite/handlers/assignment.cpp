#include "broker-lite/state/assignment.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker-lite/handlers/admin.h"
#include "broker-lite/handlers/handlers.h"
#include "broker-lite/state/names.h"
#include "broker-lite/state/request_modes.h"
#include "protocol/requests/assignment.h"
#include "protocol/str.h"

// Queues divided among a group's members by the broker, and whether they are pulled or popped.
// Java: QueryAssignmentProcessor.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::MessageQueueData;
using protocol::MessageRequestMode;
using protocol::QueryAssignment;
using protocol::QueryAssignmentRequestBody;
using protocol::SetMessageRequestMode;
using protocol::TopicRouteData;

struct Mode {
  MessageRequestMode mode = MessageRequestMode::pull;
  std::int32_t pop_share_queue_num = 0;
};

Mode mode_of(const Core& core, const RequestModes& modes, std::string_view topic,
             std::string_view group) {
  if (const auto* set = modes.find(topic, group)) return {set->mode, set->pop_share_queue_num};
  if (is_retry_topic(topic)) return {};
  return {core.options.default_message_request_mode, core.options.default_pop_share_queue_num};
}

void add_queues(const protocol::QueueData& data, std::string_view topic, std::int32_t queues_max,
                std::vector<MessageQueueData>& queues) {
  if ((data.perm & perm_read) == 0) return;
  const std::int32_t count = std::min(data.read_queue_nums, queues_max);
  for (std::int32_t id = 0; id < count; ++id) {
    queues.push_back({data.broker_name, id, std::string(topic)});
  }
}

// All queues the topic has, wherever; what this broker knows where no name server answers. Nothing:
// there is no such topic.
std::optional<std::vector<MessageQueueData>> queues_of(const Core& core, std::string_view topic,
                                                       const Result<TopicRouteData>& route) {
  const std::int32_t queues_max = core.topics.options().queue_nums_max;
  std::vector<MessageQueueData> queues;
  if (route) {
    for (const protocol::QueueData& data : route->queue_datas) {
      add_queues(data, topic, queues_max, queues);
    }
    return queues;
  }
  const protocol::TopicConfig* own = core.topics.find(topic);
  if (own == nullptr || route.error().code == ResponseCode::topic_not_exist) return std::nullopt;
  protocol::QueueData data;
  data.broker_name = core.options.broker_name;
  data.perm = own->perm;
  data.read_queue_nums = own->read_queue_nums;
  add_queues(data, topic, queues_max, queues);
  return queues;
}

std::vector<std::string> members_of(const Core& core, std::string_view group) {
  std::vector<std::string> members;
  if (const ConsumerGroup* online = core.clients.find_consumers(group)) {
    for (const ClientMember& member : online->members) members.push_back(member.client_id);
  }
  return members;
}

// Without the list a client keeps what it has; with an empty one it lets go of everything.
std::string answer(const Core& core, const RequestModes& modes,
                   const QueryAssignmentRequestBody& asked, const Result<TopicRouteData>& route) {
  auto queues = queues_of(core, asked.topic, route);
  if (!queues) return "{}";
  const Mode mode = mode_of(core, modes, asked.topic, asked.consumer_group);
  const auto assigned = assigned_queues(
      {.self = asked.client_id,
       .strategy = asked.strategy_name,
       .is_broadcasting = asked.message_model == protocol::MessageModel::broadcasting,
       .mode = mode.mode,
       .pop_share_queue_num = mode.pop_share_queue_num},
      *std::move(queues), members_of(core, asked.consumer_group));
  if (!assigned) return "{}";
  protocol::QueryAssignmentResponseBody body;
  for (const MessageQueueData& queue : *assigned) {
    body.message_queue_assignments.push_back({{}, queue, mode.mode});
  }
  return protocol::to_json(body);
}

void assign(Core& core, const RequestModes& modes, net::Call<QueryAssignment> call) {
  auto asked = protocol::from_json<QueryAssignmentRequestBody>(call.body(), "assignment question");
  if (!asked) return call.fail({ResponseCode::system_error, asked.error().message});
  // std::function wants what it holds to be copyable.
  const auto responder = std::make_shared<net::Responder>(std::move(call).take_responder());
  const std::string topic = asked->topic;
  core.find_route(topic, [&core, &modes, responder,
                          asked = *std::move(asked)](const Result<TopicRouteData>& route) {
    responder->reply(protocol::NoFields{}, answer(core, modes, asked, route));
  });
}

void set_mode(Core& core, RequestModes& modes, const SaveChanges& save,
              net::Call<SetMessageRequestMode> call) {
  auto mode = protocol::from_json<RequestModes::Mode>(call.body(), "request mode");
  if (!mode) return call.fail({ResponseCode::system_error, mode.error().message});
  if (is_retry_topic(mode->topic)) {
    return call.fail({ResponseCode::no_permission, "retry topic is not allowed to set mode"});
  }
  if (core.topics.find(mode->topic) == nullptr) {
    return call.fail({ResponseCode::topic_not_exist, str("topic[", mode->topic, "] not exist")});
  }
  const auto group = core.groups.find_or_create(mode->consumer_group, core.loop.wall_ms());
  if (group.is_new) core.groups_changed();
  if (group.group == nullptr) {
    return call.fail(
        {ResponseCode::subscription_group_not_exist, "subscription group does not exist"});
  }
  if (auto set = modes.set(*std::move(mode)); !set) return call.fail(set.error());
  reply_when_saved(save, std::move(call).take_responder());
}

}  // namespace

void add_assignment_handlers(net::Router& router, Core& core, RequestModes& modes,
                             SaveChanges save) {
  router.on_deferred<QueryAssignment>(
      [&core, &modes](net::Call<QueryAssignment> call) { assign(core, modes, std::move(call)); });
  router.on_deferred<SetMessageRequestMode>(
      [&core, &modes, save = std::move(save)](net::Call<SetMessageRequestMode> call) {
        set_mode(core, modes, save, std::move(call));
      });
  router.on<protocol::GetAllMessageRequestMode>(
      [&modes](const protocol::GetAllMessageRequestMode&, RequestContext& context) -> Result<void> {
        context.reply.body = modes.to_json();
        return {};
      });
}

}  // namespace rocketmq::broker
