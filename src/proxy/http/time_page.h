#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rocketmq::gateway {

// Where reading a topic goes on, in each of its queues.
using QueuePositions = std::map<MessageQueue, std::int64_t>;

// As a cursor, and back, of queues of `topic`. Errors: bad_request.
std::string to_cursor(const QueuePositions& positions);
Result<QueuePositions> parse_cursor(std::string_view cursor, const std::string& topic);

// What was read of one queue, in the order that it was stored in.
struct QueuePart {
  MessageQueue queue;
  std::int64_t position = 0;  // from here on
  std::int64_t end = 0;       // there is nothing from here on
  std::vector<MessageView> messages;
};

// Messages of several queues by the time that they were stored at.
struct TimePage {
  std::vector<MessageView> messages;
  QueuePositions next;  // of queues that may have more; empty: that was all
};

// The first of what was stored between these times, both included: `count_max`, or fewer where a
// part has not all there is.
TimePage page_by_time(const std::vector<QueuePart>& parts, Timestamp from, Timestamp until,
                      std::size_t count_max);

}  // namespace rocketmq::gateway
