#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "broker-lite/handlers/admin.h"
#include "protocol/message_id.h"
#include "protocol/requests/client_push.h"
#include "protocol/str.h"

// Questions to a client that only its broker can reach: they go to it as they came, and its answer
// goes back as it is. Java: AdminBrokerProcessor.callConsumer.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

constexpr auto answer_time_max = std::chrono::seconds(10);
constexpr std::int32_t version_3_1_8 = 62;  // Java: V3_1_8_SNAPSHOT, before which nobody answers

Error refuse(std::string why) { return {ResponseCode::system_error, std::move(why)}; }

void set_field(protocol::Command& command, std::string_view name, std::string_view value) {
  for (protocol::Field& field : command.fields) {
    if (field.name == name) {
      field.value = value;
      return;
    }
  }
  command.fields.push_back({name, value});
}

void relay(Core& core, const protocol::Command& request, std::string_view group,
           std::string_view client_id, net::Responder responder) {
  const ClientMember* client = core.clients.find_consumer(group, client_id);
  net::Channel* const channel = client == nullptr ? nullptr : client->channel.get();
  if (channel == nullptr) {
    return responder.fail(refuse(str("The Consumer <", group, "> <", client_id, "> not online")));
  }
  if (client->version < version_3_1_8) {
    return responder.fail(refuse(str("The Consumer <", client_id, "> Version <", client->version,
                                     "> too low to finish, please upgrade it to V3_1_8_SNAPSHOT")));
  }
  const std::string who = str("consumer <", group, "> <", client_id, "> ");
  // std::function wants what it holds to be copyable.
  const auto tool = std::make_shared<net::Responder>(std::move(responder));
  channel->call(request, answer_time_max, [tool, who](Result<protocol::Incoming*> answer) {
    if (answer) return tool->forward((*answer)->command());
    const Error& error = answer.error();
    tool->fail(error.code == Errc::timeout
                   ? Error{ResponseCode::consume_msg_timeout, str(who, "Timeout: ", error.message)}
                   : refuse(str("invoke ", who, "Exception: ", error.message)));
  });
}

void ask_running_info(Core& core, RequestContext& context) {
  protocol::GetConsumerRunningInfo request;
  if (auto decoded = protocol::decode_header(context.command.fields, request); !decoded) {
    return context.responder.fail(decoded.error());
  }
  relay(core, context.command, request.consumer_group, request.client_id,
        std::move(context.responder));
}

// The client gets the message with the question.
void consume_directly(Core& core, RequestContext& context) {
  protocol::ConsumeMessageDirectly request;
  if (auto decoded = protocol::decode_header(context.command.fields, request); !decoded) {
    return context.responder.fail(decoded.error());
  }
  const auto id = protocol::parse_offset_message_id(request.msg_id.value_or(""));
  if (!id) {
    return context.responder.fail(
        refuse(str("the message id [", request.msg_id.value_or(""), "] is none of a broker")));
  }
  const auto stored = core.store.record_at(id->physical_offset);
  if (!stored) {
    return context.responder.fail(
        refuse(str("can not find message by the offset, ", id->physical_offset)));
  }
  const auto* topic = core.topics.find(request.topic.value_or(""));
  const auto* group = core.groups.find(request.consumer_group);
  const std::string topic_flag = str(topic == nullptr ? 0 : topic->topic_sys_flag);
  const std::string group_flag = str(group == nullptr ? 0 : group->group_sys_flag);
  protocol::Command command = context.command;
  set_field(command, "brokerName", core.options.broker_name);
  set_field(command, "topicSysFlag", topic_flag);
  set_field(command, "groupSysFlag", group_flag);
  command.body = stored->record.bytes;
  relay(core, command, request.consumer_group, request.client_id.value_or(""),
        std::move(context.responder));
}

}  // namespace

void add_relay_handlers(net::Router& router, Core& core) {
  router.on_raw(static_cast<std::int32_t>(protocol::GetConsumerRunningInfo::code),
                [&core](RequestContext& context) { ask_running_info(core, context); });
  router.on_raw(static_cast<std::int32_t>(protocol::ConsumeMessageDirectly::code),
                [&core](RequestContext& context) { consume_directly(core, context); });
}

}  // namespace rocketmq::broker
