#pragma once

#include <chrono>
#include <cstdint>

namespace rocketmq::client {

// The first of the broker's delay levels that is at least this long, the last (2 h) for anything
// longer. 0, "as the broker sees fit", for no delay. Java: messageDelayLevel, its default.
std::int32_t delay_level(std::chrono::milliseconds delay);
// Instead of a level: to the group's dead letters. Java: ConsumeConcurrentlyContext.
inline constexpr std::int32_t dead_letters_level = -1;

}  // namespace rocketmq::client
