#include <memory>
#include <string>
#include <utility>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/send_answers.h"
#include "broker-lite/state/names.h"
#include "protocol/properties.h"
#include "protocol/recall_handle.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

// A timer message is called back: another is stored beside it, for the same second, that deletes
// it. Java: RecallMessageProcessor.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::RecallHandle;
using protocol::RecallMessage;
namespace property = protocol::property;

constexpr std::string_view recall_tag = "_RECALL_TAG_";

Error failed(ResponseCode code, std::string_view why) {
  return Error{code, str("recall failed, ", why)};
}

class RecallHandler {
 public:
  RecallHandler(Core& core, SendAnswers& answers) : core_(core), answers_(answers) {}

  void receive(RequestContext& context) {
    RecallMessage request;
    Result<void> recalled = protocol::decode_header(context.command.fields, request);
    if (recalled) recalled = recall(request, context);
    if (!recalled) context.responder.fail(recalled.error());
  }

 private:
  Result<RecallHandle> check(const RecallMessage& request) const;
  Result<void> recall(const RecallMessage& request, RequestContext& context);

  Core& core_;
  SendAnswers& answers_;
};

Result<RecallHandle> RecallHandler::check(const RecallMessage& request) const {
  if (!core_.options.recall_message_enable) {
    return failed(ResponseCode::no_permission, "operation is forbidden");
  }
  if (core_.topics.find(request.topic) == nullptr) {
    return failed(ResponseCode::topic_not_exist, str("the topic[", request.topic, "] not exist"));
  }
  auto handle = protocol::parse_recall_handle(request.recall_handle);
  if (!handle) return failed(ResponseCode::illegal_operation, handle.error().message);
  if (handle->topic != request.topic) {
    return failed(ResponseCode::illegal_operation, "topic not match");
  }
  if (handle->broker_name != core_.options.broker_name) {
    return failed(ResponseCode::illegal_operation, "broker service not available");
  }
  const std::int64_t left_ms = handle->timestamp - core_.loop.wall_ms();
  if (left_ms <= 0 || left_ms >= core_.options.timer_max_delay_sec * 1000) {
    return failed(ResponseCode::illegal_operation, "timestamp invalid");
  }
  return handle;
}

Result<void> RecallHandler::recall(const RecallMessage& request, RequestContext& context) {
  const auto handle = check(request);
  if (!handle) return handle.error();
  const std::int64_t now_ms = core_.loop.wall_ms();
  std::string properties;
  protocol::append_property(properties, property::tags, recall_tag);
  protocol::append_property(properties, property::timer_del_unique_key,
                            str(handle->topic, '+', handle->message_id));
  protocol::append_property(properties, property::unique_key, handle->message_id);
  protocol::append_property(properties, property::timer_deliver_ms,
                            std::to_string(handle->timestamp));
  protocol::append_property(properties, property::born_timestamp, std::to_string(now_ms));
  if (const auto group = request.producer_group; group && protocol::is_property_text(*group)) {
    protocol::append_property(properties, property::producer_group, *group);
  }
  const std::string wished = properties;
  const auto place = core_.detours.of(read_wishes(wished), {handle->topic, 0}, properties, now_ms);
  if (!place) return failed(ResponseCode::illegal_operation, "timestamp invalid");

  protocol::RecordView message;
  message.topic = place->topic;
  message.queue_id = place->queue_id;
  message.properties = properties;
  message.body = "0";
  message.born_timestamp = now_ms;
  if (const auto peer = protocol::parse_host(context.peer())) message.born_host = *peer;
  message.store_host = core_.store_host;
  if (!core_.store.put(message, now_ms)) return failed(ResponseCode::system_error, "execute error");
  answers_.park_recall(std::move(context.responder), handle->message_id);
  return {};
}

}  // namespace

void add_recall_handlers(net::Router& router, Core& core, SendAnswers& answers) {
  const auto handler = std::make_shared<RecallHandler>(core, answers);
  router.on_raw(static_cast<std::int32_t>(RecallMessage::code),
                [handler](RequestContext& context) { handler->receive(context); });
}

}  // namespace rocketmq::broker
