#include "client/testing/exchange_broker.h"

#include <memory>

#include "client/message_view.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/requests/reply.h"
#include "protocol/requests/transaction.h"

namespace rocketmq::client::testing {

using namespace protocol;

ExchangeBroker::ExchangeBroker(net::Loop& loop, std::string name, std::string address)
    : ScriptedBroker(loop, std::move(name), std::move(address)) {
  serve<EndTransaction>([this](net::Call<EndTransaction> call) {
    ended_.push_back({.group = std::string(call->producer_group),
                      .topic = std::string(call->topic.value_or("")),
                      .message_id = std::string(call->msg_id.value_or("")),
                      .transaction_id = std::string(call->transaction_id.value_or("")),
                      .queue_offset = call->tran_state_table_offset,
                      .commit_log_offset = call->commit_log_offset,
                      .flag = call->commit_or_rollback,
                      .from_check = call->from_transaction_check.value_or(false)});
  });
  serve<SendReplyMessageV2>([this](net::Call<SendReplyMessageV2> call) {
    push_reply(std::string(call->properties.value_or("")), std::string(call.body()),
               call->sys_flag);
    call.reply({.msg_id = "0"});
  });
}

std::string ExchangeBroker::record(const Stored& message) const {
  const RecordView record{.queue_id = message.queue_id,
                          .flag = message.flag,
                          .queue_offset = message.queue_offset,
                          .sys_flag = message.sys_flag,
                          .reconsume_times = message.reconsume_times,
                          .body = message.body,
                          .topic = message.topic,
                          .properties = message.properties};
  std::string bytes(record_size(record), '\0');
  encode_record(record, bytes.data());
  return bytes;
}

MessageView ExchangeBroker::view(const Stored& message) const {
  Stored stored = message;
  append_property(stored.properties, property::cluster, "c");
  const auto bytes = std::make_shared<const std::string>(record(stored));
  const auto source = std::make_shared<const PullSource>(
      PullSource{.bytes = bytes, .queue = {message.topic, name(), message.queue_id}});
  return decode_messages(*bytes, source, 1 << 20).messages.at(0);
}

void ExchangeBroker::ask_about(const Stored& half) {
  const std::string id(find_property(half.properties, property::unique_key).value_or(""));
  push(CheckTransactionState{.topic = half.topic,
                             .tran_state_table_offset = half.queue_offset,
                             .commit_log_offset = 4711,
                             .msg_id = id,
                             .transaction_id = id,
                             .broker_name = name()},
       record(half));
}

void ExchangeBroker::ask_about_garbage() { push(CheckTransactionState{}, "garbage"); }

void ExchangeBroker::push_reply(const std::string& properties, const std::string& body,
                                std::int32_t sys_flag) {
  ask(PushReplyMessageToClient{.topic = "c_REPLY_TOPIC",
                               .sys_flag = sys_flag,
                               .properties = properties,
                               .born_host = "10.0.0.9:5555",
                               .store_host = "10.1.1.1:10911"},
      body, [this](net::Channel::AnswerOf<PushReplyMessageToClient> answer) {
        push_answers_.push_back(answer ? 0 : answer.error().code.value());
      });
}

}  // namespace rocketmq::client::testing
