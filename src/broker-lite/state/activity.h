#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace rocketmq::broker {

// How much of something happened.
struct Amount {
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
  std::int64_t calls = 0;

  Amount& operator+=(const Amount& other) {
    messages += other.messages;
    bytes += other.bytes;
    calls += other.calls;
    return *this;
  }
  bool operator==(const Amount&) const = default;
};

// What happened lately, to a slot exactly. Java: StatsItem, whose samples are as far apart.
template <std::int64_t slot_seconds, std::size_t slots>
class Window {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds length{slot_seconds * static_cast<std::int64_t>(slots)};

  void add(const Amount& amount, TimePoint now) {
    if (now >= newest_end_) begin_slot(now);
    at(newest_) += amount;
  }

  Amount sum(TimePoint now) const {
    Amount sum;
    // The clock may have begun less than a length ago.
    const std::int64_t oldest = std::max<std::int64_t>(0, slot_of(now) - count + 1);
    for (std::int64_t s = oldest; s <= newest_; ++s) sum += at(s);
    return sum;
  }
  double per_second(TimePoint now) const {
    return static_cast<double>(sum(now).messages) / static_cast<double>(length.count());
  }

 private:
  static constexpr auto count = static_cast<std::int64_t>(slots);
  static std::int64_t slot_of(TimePoint now) {
    return now.time_since_epoch() / std::chrono::seconds(slot_seconds);
  }
  void begin_slot(TimePoint now) {
    const std::int64_t current = slot_of(now);
    for (std::int64_t s = std::max(newest_ + 1, current - count + 1); s <= current; ++s) {
      at(s) = {};
    }
    newest_ = current;
    newest_end_ = TimePoint(std::chrono::seconds(slot_seconds * (current + 1)));
  }
  Amount& at(std::int64_t slot) { return slots_[static_cast<std::size_t>(slot) % slots]; }
  const Amount& at(std::int64_t slot) const {
    return slots_[static_cast<std::size_t>(slot) % slots];
  }

  // The last `slots` slots up to newest_, each at its number modulo their count.
  std::array<Amount, slots> slots_{};
  std::int64_t newest_ = 0;
  TimePoint newest_end_{};
};

using MinuteWindow = Window<10, 6>;

// The same over the three lengths tools ask for: some 900 bytes.
class Activity {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void add(const Amount& amount, TimePoint now) {
    minute.add(amount, now);
    hour.add(amount, now);
    day.add(amount, now);
  }

  MinuteWindow minute;
  Window<600, 6> hour;
  Window<3600, 24> day;
};

}  // namespace rocketmq::broker
