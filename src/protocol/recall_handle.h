#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace rocketmq::protocol {

// What calls a timer message back: the answer to its send has one, RECALL_MESSAGE takes it to the
// master of the broker it names. Java: RecallMessageHandle.HandleV1.
struct RecallHandle {
  std::string topic;
  std::string broker_name;
  std::int64_t timestamp = 0;  // Unix ms: when the message is to be delivered, and 1
  std::string message_id;      // UNIQ_KEY

  friend bool operator==(const RecallHandle&, const RecallHandle&) = default;
};

// URL-safe Base64. No text may have a blank in it.
std::string to_string(const RecallHandle& handle);
// Fails with invalid_argument.
Result<RecallHandle> parse_recall_handle(std::string_view text);

}  // namespace rocketmq::protocol
