#include "protocol/requests/reply.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/send_request.h"
#include "broker-lite/handlers/stored_properties.h"
#include "broker-lite/state/names.h"
#include "net/channel.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"
#include "protocol/str.h"

// The reply to a request that travelled as a message: pushed to the client that asked, and stored.
// Java: ReplyMessageProcessor.

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using net::RequestContext;
using protocol::PushReplyMessageToClient;
using protocol::SendMessageV2;
namespace property = protocol::property;

// Java: Broker2Client.callClient.
constexpr net::Duration push_timeout = 10s;

class ReplyHandler {
 public:
  explicit ReplyHandler(Core& core)
      : core_(core), broker_properties_(core.options.broker_cluster_name, core.options.region_id) {}

  template <class Req>
  void receive(RequestContext& context) {
    Result<SendMessageV2> request = decode<Req>(context);
    if (!request) return context.responder.fail(request.error());
    if (auto passed_on = pass_on(*request, context); !passed_on) {
      context.responder.fail(passed_on.error());
    }
  }

 private:
  template <class Req>
  static Result<SendMessageV2> decode(RequestContext& context) {
    Req request{};
    if (auto decoded = protocol::decode_header(context.command.fields, request); !decoded) {
      return std::move(decoded).error();
    }
    return as_v2(request);
  }

  Result<void> pass_on(const SendMessageV2& request, RequestContext& context);
  Result<Placed> store(const SendMessageV2& request, RequestContext& context);

  Core& core_;
  const BrokerProperties broker_properties_;
  std::string properties_;
};

Result<void> ReplyHandler::pass_on(const SendMessageV2& request, RequestContext& context) {
  // Clients in a namespace send to a topic of their own, which is made as any other.
  const auto topic = find_or_make_topic(core_, request);
  if (!topic) return topic.error();
  if (request.queue_id >= std::max((*topic)->write_queue_nums, (*topic)->read_queue_nums)) {
    return Error{ResponseCode::invalid_parameter,
                 str("request queueId[", request.queue_id, "] is illegal")};
  }
  properties_.clear();
  rewrite_properties(request.properties.value_or(""),
                     broker_properties_.text(core_.options.trace_on), properties_);
  protocol::SendMessageResponse stored;
  std::string message_id = "0";
  stored.queue_id = request.queue_id;
  if (core_.options.store_reply_message_enable) {
    if (const auto placed = store(request, context)) {
      message_id = to_string(protocol::OffsetMessageId{core_.store_host, placed->position});
      stored.queue_offset = placed->queue_offset;
    }
  }

  const std::string client(
      protocol::find_property(properties_, property::reply_to_client).value_or(""));
  const net::ChannelHandle channel = core_.clients.find_producer(client);
  if (!channel) {
    return Error{ResponseCode::system_error,
                 str("push reply message fail, channel of <", client, "> not found.")};
  }
  const std::int64_t now_ms = core_.loop.wall_ms();
  protocol::append_property(properties_, property::push_reply_time, std::to_string(now_ms));
  const std::string store_host = to_string(core_.store_host);
  PushReplyMessageToClient push;
  push.producer_group = request.producer_group;
  push.topic = request.topic;
  push.default_topic = request.default_topic;
  push.default_topic_queue_nums = request.default_topic_queue_nums;
  push.queue_id = request.queue_id;
  push.sys_flag = request.sys_flag;
  push.born_timestamp = request.born_timestamp;
  push.flag = request.flag;
  push.properties = properties_;
  push.reconsume_times = request.reconsume_times;
  push.unit_mode = request.unit_mode;
  push.born_host = context.peer();
  push.store_host = store_host;
  push.store_timestamp = now_ms;
  const auto responder = std::make_shared<net::Responder>(std::move(context.responder));
  channel->call<PushReplyMessageToClient>(
      push, context.body(), push_timeout,
      [responder, stored, message_id, client](const auto& answer) mutable {
        if (!answer) {
          return responder->fail(
              Error{ResponseCode::system_error, str("push reply message to <", client, "> fail.")});
        }
        stored.msg_id = message_id;
        responder->reply(stored);
      });
  return {};
}

Result<Placed> ReplyHandler::store(const SendMessageV2& request, RequestContext& context) {
  protocol::RecordView message;
  message.topic = request.topic;
  message.queue_id = std::max(request.queue_id, 0);
  message.sys_flag = request.sys_flag;
  message.flag = request.flag;
  message.born_timestamp = request.born_timestamp;
  if (const auto peer = protocol::parse_host(context.peer())) message.born_host = *peer;
  message.store_host = core_.store_host;
  message.reconsume_times = request.reconsume_times.value_or(0);
  message.properties = properties_;
  message.body = context.body();
  auto placed = core_.store.put(message, core_.loop.wall_ms());
  if (!placed) return placed;
  if (auto committed = core_.commit_messages(); !committed) return std::move(committed).error();
  return placed;
}

}  // namespace

void add_reply_handlers(net::Router& router, Core& core) {
  const auto handler = std::make_shared<ReplyHandler>(core);
  const auto add = [&]<class Req>(Req) {
    router.on_raw(static_cast<std::int32_t>(Req::code),
                  [handler](RequestContext& context) { handler->receive<Req>(context); });
  };
  add(protocol::SendReplyMessage{});
  add(protocol::SendReplyMessageV2{});
}

}  // namespace rocketmq::broker
