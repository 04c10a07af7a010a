#include "broker-lite/store/put_limits.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "broker-lite/store/consume_queues.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::size_t record_overhead_max = 64 << 10;

bool has_illegal_topic(std::string_view topic) {
  const bool is_retry = topic.starts_with("%RETRY%");
  return !is_topic_name(topic) || (topic.size() > protocol::topic_size_max_v1 && !is_retry);
}

// Java: SendMessageProcessor.diskUtil. Log, queues and index are on the same disk here.
std::string disk_use(std::optional<std::int32_t> percent) {
  if (!percent) return {};
  std::array<char, 64> text{};
  const double ratio = *percent / 100.0;
  const int size = std::snprintf(text.data(), text.size(), " [CL: %5.2f CQ: %5.2f INDEX: %5.2f]",
                                 ratio, ratio, ratio);
  return {text.data(), static_cast<std::size_t>(size)};
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

Error not_available(const Error& why, std::optional<std::int32_t> disk_used_percent) {
  return {ResponseCode::service_not_available,
          str("service not available now. It may be caused by one of the following reasons: the "
              "broker's disk is full",
              disk_use(disk_used_percent),
              ", messages are put to the slave, message store has been shut "
              "down, etc. ",
              why.message)};
}

}  // namespace rocketmq::broker
