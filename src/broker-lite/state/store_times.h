#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace rocketmq::broker {

// How long the store takes: longest times since the start, and how the last one to two minutes'
// puts were spread. For tools to show. Java: StoreStatsService.
class StoreTimes {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  void put(std::int64_t messages, Duration taken, TimePoint now);
  void got(Duration taken) { get_max_ = std::max(get_max_, taken); }

  std::int64_t put_max_ms() const { return put_max_ / std::chrono::milliseconds(1); }
  std::int64_t get_max_ms() const { return get_max_ / std::chrono::milliseconds(1); }
  // "[<=0ms]:16 [0~10ms]:14 … [10s~]:0 ".
  std::string put_distribution(TimePoint now);
  // That share of the puts took no more milliseconds; 0 where nothing was put.
  std::int64_t put_percentile_ms(double share, TimePoint now);

 private:
  static constexpr std::size_t steps = 77;
  using Histogram = std::array<std::int64_t, steps>;  // by step_of()

  static std::size_t step_of(std::int64_t taken_ms);
  Histogram recent(TimePoint now);
  void turn_minute(TimePoint now);

  Duration put_max_{};
  Duration get_max_{};
  TimePoint minute_began_{};
  Histogram this_minute_{};
  Histogram last_minute_{};
};

}  // namespace rocketmq::broker
