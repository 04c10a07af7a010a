#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bodies/assignment_data.h"

namespace rocketmq::broker {

// Who asks for its queues, among whom.
struct AssignmentQuestion {
  std::string_view self;
  std::string_view strategy;  // AVG or AVG_BY_CIRCLE
  bool is_broadcasting = false;
  protocol::MessageRequestMode mode = protocol::MessageRequestMode::pull;
  // With POP: so many members after one's own in the list share one's queues; below 1, or where
  // there are no more than that, all pop from all brokers and the queue is -1.
  std::int32_t pop_share_queue_num = 0;
};

// The queues of `queues`, which are all the topic has, that are for the member `self` of `members`.
// Nothing: the broker cannot say, and the member keeps what it has. Java:
// QueryAssignmentProcessor.doLoadBalance.
std::optional<std::vector<protocol::MessageQueueData>> assigned_queues(
    const AssignmentQuestion& question, std::vector<protocol::MessageQueueData> queues,
    std::vector<std::string> members);

}  // namespace rocketmq::broker
