#include "broker-lite/store/put_limits.h"

#include <algorithm>

#include "broker-lite/store/consume_queues.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::size_t record_overhead_max = 64 << 10;

bool has_illegal_topic(std::string_view topic) {
  const bool is_retry = topic.starts_with("%RETRY%");
  return !is_topic_name(topic) || (topic.size() > protocol::topic_size_max_v1 && !is_retry);
}

}  // namespace

Result<void> PutLimits::check(const protocol::RecordView& message) const {
  const std::size_t record_max = std::min(body_size_max + record_overhead_max, block_size_max);
  if (has_illegal_topic(message.topic) || message.queue_id < 0 ||
      message.properties.size() > protocol::properties_size_max ||
      message.properties.ends_with('\0') ||  // recovery would take the record for a torn one
      message.body.size() > body_size_max || protocol::record_size(message) > record_max) {
    return illegal();
  }
  return {};
}

Error PutLimits::illegal() const {
  return {ResponseCode::message_illegal,
          str("the message is illegal, maybe msg body or properties length not matched. msg body "
              "length limit ",
              body_size_max, "B, msg properties length limit 32KB.")};
}

Error not_available(const Error& why) {
  return {ResponseCode::service_not_available,
          str("service not available now. It may be caused by one of the following reasons: the "
              "broker's disk is full, messages are put to the slave, message store has been shut "
              "down, etc. ",
              why.message)};
}

}  // namespace rocketmq::broker
