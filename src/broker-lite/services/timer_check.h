#pragma once

#include <rocketmq/result.h>

#include <cstdint>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// config/timercheck: how far timer messages have been delivered. Java: TimerCheckpoint.
struct TimerCheck {
  std::int64_t last_read_time_ms = 0;  // all that were due before have been delivered
  std::int64_t last_timer_log_flush_pos = 0;
  // In rmq_sys_wheel_timer. A stock broker reads on from the lower of the two. Ours writes into the
  // first where the oldest message lies that is still to be delivered, and into the second how far
  // it has read.
  std::int64_t last_timer_queue_offset = 0;
  std::int64_t master_timer_queue_offset = 0;

  friend bool operator==(const TimerCheck&, const TimerCheck&) = default;
};

// Zeros where there is none.
Result<TimerCheck> load_timer_check(Directory& directory);
// And removes the wheel and the log of a stock broker, which would bring back what they hold.
Result<void> save_timer_check(Directory& directory, const TimerCheck& check);

}  // namespace rocketmq::broker
