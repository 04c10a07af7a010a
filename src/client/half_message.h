#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstdint>
#include <string>

#include "protocol/requests/transaction.h"

namespace rocketmq::client {

// A half message, as END_TRANSACTION names it and traces tell of it.
struct HalfMessage {
  std::string topic;  // as on the wire
  std::string message_id;
  std::string transaction_id;
  std::string broker_name;  // empty: a 4.x broker asked, which does not say
  std::int64_t queue_offset = 0;
  std::int64_t commit_log_offset = 0;
  std::string properties;  // at least TAGS and KEYS, as the text of protocol/properties.h
};

// One that was sent, without a namespace. Errors: bad_message, where the broker did not say where
// it lies.
Result<HalfMessage> half_message(const Message& message, const SendReceipt& receipt);
// One that a broker asks about.
HalfMessage half_message(const MessageView& half, const protocol::CheckTransactionState& asked);

// The views are into `half` and `group`. `commit_or_rollback`: see protocol::transaction_flag.
protocol::EndTransaction end_request(const HalfMessage& half, const std::string& group,
                                     std::int32_t commit_or_rollback, bool from_check);

}  // namespace rocketmq::client
