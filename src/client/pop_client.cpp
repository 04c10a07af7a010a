#include "client/pop_client.h"

#include <utility>

#include "client/message_view.h"
#include "client/tag_filter.h"
#include "protocol/json_body.h"

namespace rocketmq::client {

namespace {

std::int64_t milliseconds(net::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

Error explained(Error error, const std::string& broker_name) {
  if (error.code == ResponseCode::request_code_not_supported) {
    error.message =
        str("broker ", broker_name,
            " does not hand out single messages (POP), which takes RocketMQ 5: ", error.message);
  }
  return error;
}

}  // namespace

net::Task<Result<PopResult>> PopClient::pop(Pop what, protocol::SubscriptionData subscription) {
  const protocol::PopMessage request{.consumer_group = group_,
                                     .topic = what.from.topic,
                                     .queue_id = what.from.queue_id,
                                     .max_msg_nums = what.max,
                                     .invisible_time = milliseconds(what.invisible),
                                     .poll_time = milliseconds(what.wait),
                                     .born_time = core_.loop().wall_ms(),
                                     .init_mode = what.init_mode,
                                     .exp_type = subscription.expression_type,
                                     .exp = subscription.sub_string,
                                     .order = what.is_in_order,
                                     .broker_name = what.from.broker_name};
  const auto answer =
      co_await core_.call(what.from.broker_name, request, {}, what.wait + what.margin);
  if (!answer) {
    // It may be elsewhere now.
    if (answer.error().code.category() == client_category()) core_.routes().doubt(what.from.topic);
    co_return explained(answer.error(), what.from.broker_name);
  }
  co_return take(*answer, what, subscription);
}

Result<PopResult> PopClient::take(const PopAnswer& answer, const Pop& what,
                                  const protocol::SubscriptionData& subscription) {
  PopResult result;
  if (answer.code != static_cast<int>(ResponseCode::success)) {
    result.was_not_held = answer.code == static_cast<int>(ResponseCode::polling_full);
    return result;
  }
  auto popped = popped_messages(answer,
                                {.topic = what.from.topic,
                                 .shown_topic = core_.plain_name(what.from.topic),
                                 .group = group_,
                                 .broker_name = what.from.broker_name},
                                body_bytes_max_);
  if (!popped) return std::move(popped).error();
  if (popped->error.code) {
    core_.log().warn(str("popping ", to_string(what.from), ": ", to_string(popped->error)));
  }
  for (MessageView& message : popped->messages) {
    if (wants_tag(subscription, message.tag())) {
      result.messages.push_back(std::move(message));
    } else {
      ack_soon(message);
    }
  }
  return result;
}

net::Task<Result<void>> PopClient::ack(MessageView message) {
  const auto checkpoint = checkpoint_of(message);
  if (!checkpoint) co_return checkpoint.error();
  const std::string broker_name(checkpoint->broker_name);
  const auto done =
      co_await core_.call(broker_name,
                          protocol::AckMessage{.consumer_group = group_,
                                               .topic = message.queue().topic,
                                               .queue_id = checkpoint->queue_id,
                                               .extra_info = message.data().pop_checkpoint,
                                               .offset = checkpoint->offset,
                                               .broker_name = broker_name},
                          {}, core_.options().request_timeout);
  if (!done) co_return explained(done.error(), broker_name);
  ++acknowledged_;
  co_return Result<void>{};
}

net::Task<Result<void>> PopClient::ack_all(std::vector<MessageView> messages) {
  if (messages.size() == 1) co_return co_await ack(std::move(messages.front()));
  const auto requests = batch_acks(group_, messages);
  if (!requests) co_return requests.error();
  Result<void> result;
  for (const protocol::BatchAckMessageRequestBody& request : *requests) {
    const std::string body = protocol::to_json(request);
    const auto done = co_await core_.call(request.broker_name, protocol::BatchAckMessage{}, body,
                                          core_.options().request_timeout);
    if (!done && result) result = explained(done.error(), request.broker_name);
  }
  if (result) acknowledged_ += messages.size();
  co_return result;
}

net::Task<Result<MessageView>> PopClient::change_invisible(MessageView message,
                                                           net::Duration invisible) {
  const auto checkpoint = checkpoint_of(message);
  if (!checkpoint) co_return checkpoint.error();
  const std::string broker_name(checkpoint->broker_name);
  const auto changed = co_await core_.call(
      broker_name,
      protocol::ChangeMessageInvisibleTime{.consumer_group = group_,
                                           .topic = message.queue().topic,
                                           .queue_id = checkpoint->queue_id,
                                           .extra_info = message.data().pop_checkpoint,
                                           .offset = checkpoint->offset,
                                           .invisible_time = milliseconds(invisible),
                                           .broker_name = broker_name},
      {}, core_.options().request_timeout);
  if (!changed) co_return explained(changed.error(), broker_name);
  co_return with_checkpoint(message, changed_checkpoint(*checkpoint, changed->header));
}

void PopClient::ack_soon(const MessageView& message) { acking_.start(ack_quietly(message)); }

net::Task<> PopClient::ack_quietly(MessageView message) {
  const auto done = co_await ack(message);
  if (!done) {
    core_.log().warn(
        str("message ", message.message_id(), " was not acknowledged: ", to_string(done.error())));
  }
}

}  // namespace rocketmq::client
