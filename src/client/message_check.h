#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>
#include <rocketmq/span.h>

#include <cstddef>
#include <string_view>

namespace rocketmq::client {

// What may be sent. Errors: invalid_argument, too_large for a body over `bytes_max`. Java:
// Validators.checkMessage.
Result<void> check_message(const Message& message, std::size_t bytes_max);
// Whether messages that may be sent may go together. Errors: invalid_argument. Java: MessageBatch.
Result<void> check_batch(Span<const Message> messages);

// Do consumers get it later than at once?
bool is_delayed(const Message& message);
// Is it RocketMQ's own, which no program may set?
bool is_reserved_property(std::string_view name);
bool is_retry_topic(std::string_view topic);

}  // namespace rocketmq::client
