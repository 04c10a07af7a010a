#pragma once

#include <rocketmq/result.h>

#include <map>
#include <string>
#include <string_view>

namespace rocketmq::broker {

// What a topic may carry beside its numbers: message.type, queue.type and the like.
using Attributes = std::map<std::string, std::string>;

// Applies "+message.type=FIFO,-reserve.time" to `current`. While the topic is being created only
// additions are taken. Fails with system_error and the remark of Java's AttributeParser or
// AttributeUtil. Java: TopicAttributes knows the keys.
Result<Attributes> alter_attributes(const Attributes& current, std::string_view changes,
                                    bool is_creation);

}  // namespace rocketmq::broker
