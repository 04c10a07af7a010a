#pragma once

#include <rocketmq/producer.h>
#include <rocketmq/result.h>

namespace rocketmq::client {

// What cannot be used is refused: invalid_argument, with the option and the reason.
Result<void> check(const ProducerOptions& options);
Result<void> check(const SendOptions& options);
// Nothing is set: the call asks for no more than its message.
bool is_plain(const SendOptions& options);

}  // namespace rocketmq::client
