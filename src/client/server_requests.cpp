#include "client/server_requests.h"

#include <memory>
#include <optional>
#include <utility>

#include "client/message_view.h"
#include "protocol/json_body.h"
#include "protocol/message_codec.h"
#include "protocol/namespaces.h"
#include "protocol/properties.h"
#include "protocol/requests/client_session.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using namespace protocol;

// A half message that is larger once decompressed is not shown to anybody.
constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;

// Two forms of the same: brokers push the second when the tool that asked says it is C++.
Result<ResetOffsetBody> decode_offsets(std::string_view body) {
  auto offsets = from_json<ResetOffsetBody>(body, "reset offsets");
  if (offsets) return offsets;
  auto in_standard_json = from_json<ResetOffsetBodyForC>(body, "reset offsets");
  if (!in_standard_json) return offsets;
  ResetOffsetBody converted;
  for (const MessageQueueOffset& entry : in_standard_json->offset_table) {
    converted.offset_table.emplace_back(
        MessageQueueData{
            .broker_name = entry.broker_name, .queue_id = entry.queue_id, .topic = entry.topic},
        entry.offset);
  }
  return converted;
}

// The one message in the body of a check, with its real topic and queue.
std::optional<MessageView> decode_half(const net::Call<CheckTransactionState>& call,
                                       std::string_view name_space) {
  const auto bytes = std::make_shared<const std::string>(call.body());
  const auto record = decode_record(*bytes);
  if (!record) return std::nullopt;
  const std::string topic = without_namespace(name_space, record->topic);
  const auto source = std::make_shared<const PullSource>(
      PullSource{.bytes = bytes,
                 .queue = {.topic = topic,
                           .broker_name = std::string(call->broker_name.value_or("")),
                           .queue_id = record->queue_id},
                 .shown_topic = topic});
  const DecodedMessages decoded = decode_messages(*bytes, source, body_bytes_max);
  if (decoded.messages.size() != 1 || !decoded.messages.front().data().is_readable) return {};
  return decoded.messages.front();
}

}  // namespace

void ServerRequests::serve_with(net::Router& router) {
  router.on<NotifyConsumerIdsChanged>(
      [this](const NotifyConsumerIdsChanged& notice, net::RequestContext&) -> Result<void> {
        if (groups_ != nullptr) groups_->members_changed(notice.consumer_group);
        return {};
      });
  router.on_deferred<CheckTransactionState>(
      [this](net::Call<CheckTransactionState> call) { check_transaction(std::move(call)); });
  router.on<PushReplyMessageToClient>(
      [this](const PushReplyMessageToClient& reply, net::RequestContext& context) {
        return take_reply(reply, context.body());
      });
  router.on<ResetConsumerClientOffset>([this](const ResetConsumerClientOffset& request,
                                              net::RequestContext& context) -> Result<void> {
    reset_offsets(request, context.body());
    return {};
  });
  router.on<GetConsumerStatusFromClient>([this](const GetConsumerStatusFromClient& request,
                                                net::RequestContext& context) -> Result<void> {
    auto asked = consumer(request.group);
    // Java: MQClientInstance.getConsumerStatus. Who is not in the group has no offsets.
    auto status = asked ? (*asked)->consumer_status(request) : GetConsumerStatusBody{};
    if (!status) return std::move(status).error();
    context.reply.body = to_json(*status);
    return {};
  });
  router.on<GetConsumerRunningInfo>(
      [this](const GetConsumerRunningInfo& request, net::RequestContext& context) -> Result<void> {
        auto asked = consumer(request.consumer_group);
        if (!asked) return std::move(asked).error();
        auto info = (*asked)->running_info(request);
        if (!info) return std::move(info).error();
        context.reply.body = to_json(*info);
        return {};
      });
  router.on_deferred<ConsumeMessageDirectly>([this](net::Call<ConsumeMessageDirectly> call) {
    auto asked = consumer(call->consumer_group);
    if (!asked) return call.fail(asked.error());
    (*asked)->consume_directly(std::move(call));
  });
}

void ServerRequests::add(const std::string& group, TransactionMember& member) {
  transaction_members_.emplace(group, &member);
}

void ServerRequests::remove(TransactionMember& member) {
  std::erase_if(transaction_members_,
                [&member](const auto& entry) { return entry.second == &member; });
}

void ServerRequests::expect_reply(const std::string& correlation_id, ReplyWaiter& waiter) {
  reply_waiters_[correlation_id] = &waiter;
}

void ServerRequests::forget_reply(const std::string& correlation_id) {
  reply_waiters_.erase(correlation_id);
}

// Java: ClientRemotingProcessor, whose remark this is.
Result<ConsumerMember*> ServerRequests::consumer(std::string_view group) const {
  ConsumerMember* const found = groups_ == nullptr ? nullptr : groups_->consumer(group);
  if (found != nullptr) return found;
  return Error{ResponseCode::system_error,
               str("The Consumer Group <", group, "> not exist in this consumer")};
}

void ServerRequests::check_transaction(net::Call<CheckTransactionState> call) {
  const auto half = decode_half(call, name_space_);
  if (!half) return log_.warn("a broker asks about a half message that cannot be read");
  const std::string_view group = half->property(property::producer_group);
  const auto member = transaction_members_.find(group);
  if (member == transaction_members_.end()) {
    return log_.warn(str("a broker asks about half message ", half->message_id(), " of group ",
                         group, ", for which this client has no transaction producer"));
  }
  member->second->check(std::move(call), *half);
}

// A reply nobody waits for was too late. It is answered like any other: the replier has done its
// part. Java: ClientRemotingProcessor.processReplyMessage.
Result<void> ServerRequests::take_reply(const PushReplyMessageToClient& reply,
                                        std::string_view body) {
  const auto id = find_property(reply.properties.value_or(""), property::correlation_id);
  const auto waiter = id ? reply_waiters_.find(*id) : reply_waiters_.end();
  if (waiter == reply_waiters_.end()) {
    log_.warn(str("a reply came that nobody waits for (any more): ",
                  id.value_or("it has no correlation id")));
    return {};
  }
  ReplyWaiter& waits = *waiter->second;
  reply_waiters_.erase(waiter);
  return waits.reply_arrived(reply, body);
}

void ServerRequests::reset_offsets(const ResetConsumerClientOffset& request,
                                   std::string_view body) {
  auto asked = consumer(request.group);
  if (!asked) return log_.warn(str("offsets are not reset: ", asked.error().message));
  auto offsets = decode_offsets(body);
  auto done = offsets ? (*asked)->reset_offsets(request, *offsets)
                      : Result<void>(std::move(offsets).error());
  if (!done)
    log_.warn(str("offsets of group ", request.group, " are not reset: ", done.error().message));
}

}  // namespace rocketmq::client
