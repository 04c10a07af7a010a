#include <rocketmq/message.h>

#include <ostream>

#include "protocol/str.h"

namespace rocketmq {

std::string to_string(const MessageQueue& queue) {
  return str(queue.topic, '@', queue.broker_name, '#', queue.queue_id);
}

std::ostream& operator<<(std::ostream& out, const MessageQueue& queue) {
  return out << to_string(queue);
}

}  // namespace rocketmq
