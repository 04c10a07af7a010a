#pragma once

#include <rocketmq/result.h>

#include <string_view>

namespace rocketmq::client {

// What may be the name of a topic or a group. Errors: invalid_argument, with the name and the
// reason. Java: Validators, TopicValidator.
Result<void> check_topic(std::string_view topic);
// Also refuses the topics that only brokers write to.
Result<void> check_topic_to_send(std::string_view topic);
Result<void> check_namespace(std::string_view ns);
// `kind` for the message: "producer", "consumer".
Result<void> check_group(std::string_view kind, std::string_view group);

}  // namespace rocketmq::client
