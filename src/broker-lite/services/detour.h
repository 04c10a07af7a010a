#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "broker-lite/handlers/stored_properties.h"
#include "broker-lite/options.h"
#include "broker-lite/services/delay_levels.h"

namespace rocketmq::broker {

// Where a message is stored: the topic it is for, or one of the broker's own where it waits.
struct Place {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t deliver_at = 0;  // Unix ms, of a timer message: what its recall handle says
};

// Decides which messages wait, and where. Java: HookUtils.handleScheduleMessage,
// TransactionalMessageBridge.parseHalfMessageInner.
class Detours {
 public:
  Detours(const BrokerOptions& options, const DelayLevels& levels)
      : levels_(levels),
        timer_wheel_enable_(options.timer_wheel_enable),
        timer_delay_max_ms_(options.timer_max_delay_sec * 1000) {}

  // Where a message for `place` is stored, which has these wishes. What the place it waits in must
  // know is appended to `properties`. Errors are the broker's answers.
  Result<Place> of(const Wishes& wishes, const Place& place, std::string& properties,
                   std::int64_t now_ms) const;

 private:
  Result<Place> wait_for_timer(const Wishes& wishes, const Place& place, std::string& properties,
                               std::int64_t now_ms) const;

  const DelayLevels& levels_;
  const bool timer_wheel_enable_;
  const std::int64_t timer_delay_max_ms_;
};

}  // namespace rocketmq::broker
