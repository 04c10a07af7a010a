#include "client/half_message.h"

#include "client/message_view.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::client {

namespace property = protocol::property;

// Java: DefaultMQProducerImpl.endTransaction.
Result<HalfMessage> half_message(const Message& message, const SendReceipt& receipt) {
  const auto id = protocol::parse_offset_message_id(receipt.offset_message_id);
  if (!id) {
    return Error{Errc::bad_message,
                 str("the broker's message id \"", receipt.offset_message_id,
                     "\" does not say where the half message lies"),
                 Outcome::unknown};
  }
  HalfMessage half{.topic = message.topic,
                   .message_id = receipt.message_id,
                   .transaction_id = receipt.transaction_id,
                   .broker_name = receipt.queue.broker_name,
                   .queue_offset = receipt.queue_offset,
                   .commit_log_offset = id->physical_offset};
  if (!message.tag.empty()) {
    protocol::append_property(half.properties, property::tags, message.tag);
  }
  std::string keys;
  for (const std::string& key : message.keys) keys += keys.empty() ? key : " " + key;
  if (!keys.empty()) protocol::append_property(half.properties, property::keys, keys);
  return half;
}

// Java: DefaultMQProducerImpl.checkTransactionState.
HalfMessage half_message(const MessageView& half, const protocol::CheckTransactionState& asked) {
  return {.topic = std::string(half.data().record.topic),
          .message_id = std::string(half.message_id()),
          .transaction_id = std::string(asked.transaction_id.value_or("")),
          .broker_name = std::string(asked.broker_name.value_or("")),
          .queue_offset = asked.tran_state_table_offset,
          .commit_log_offset = asked.commit_log_offset,
          .properties = std::string(half.data().record.properties)};
}

protocol::EndTransaction end_request(const HalfMessage& half, const std::string& group,
                                     std::int32_t commit_or_rollback, bool from_check) {
  protocol::EndTransaction request{.topic = half.topic,
                                   .producer_group = group,
                                   .tran_state_table_offset = half.queue_offset,
                                   .commit_log_offset = half.commit_log_offset,
                                   .commit_or_rollback = commit_or_rollback,
                                   .from_transaction_check = from_check,
                                   .msg_id = half.message_id};
  if (!half.transaction_id.empty()) request.transaction_id = half.transaction_id;
  if (!half.broker_name.empty()) request.broker_name = half.broker_name;
  return request;
}

}  // namespace rocketmq::client
