#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace rocketmq::gateway {

// What stands for a message that somebody has received and not acknowledged yet. It says all that
// is needed to acknowledge it, so that any gateway may; of brokers without POP, the one that lent
// it.
struct Receipt {
  std::string topic;       // that was received from
  std::string group;       // that received
  std::string checkpoint;  // POP_CK, or a LoanName
  std::int64_t commit_log_offset = 0;
  std::string message_id;

  friend bool operator==(const Receipt&, const Receipt&) = default;
};

// "P1." and what only we read.
std::string to_text(const Receipt& receipt);
// Errors: Slug::invalid_receipt.
Result<Receipt> parse_receipt(std::string_view text);

// Of a message that was lent to `group`.
Receipt receipt_of(const MessageView& message, std::string_view topic, std::string_view group);

}  // namespace rocketmq::gateway
