#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/message_codec.h"

namespace rocketmq::broker {

// How long the messages of a delay level wait. Java: ScheduleMessageService.parseDelayLevel.
class DelayLevels {
 public:
  // "1s 5s 10s 1m": the first is level 1; units s, m, h, d. Fails with invalid_argument.
  static Result<DelayLevels> parse(std::string_view text);

  std::int32_t level_max() const { return static_cast<std::int32_t>(delays_ms_.size()); }
  // 1 s for a level that does not exist (any more), as in Java's computeDeliverTimestamp.
  std::int64_t delay_ms(std::int32_t level) const;

  // When a message stored in a delay queue at this time is to be delivered.
  std::int64_t deliver_at(std::string_view properties, std::int64_t store_timestamp) const;
  // What the consume queue keeps beside the position of a message: of one that is delayed the time
  // to deliver it, of all others the hash of its tag.
  std::int64_t tags_code(const protocol::RecordView& record, std::int64_t store_timestamp) const;

 private:
  std::vector<std::int64_t> delays_ms_;
};

}  // namespace rocketmq::broker
