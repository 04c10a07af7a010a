#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/state/text_map.h"

namespace rocketmq::broker {

// How often something happened in the last minute. Java: StatsItem, whose samples are 10 s apart.
class MinuteRate {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void add(std::int64_t times, TimePoint now);
  double per_second(TimePoint now) const;

 private:
  static constexpr std::chrono::seconds slot_length{10};
  static constexpr std::size_t slots = 6;
  static std::int64_t slot_of(TimePoint now) { return now.time_since_epoch() / slot_length; }

  // times_[s % slots] counts what happened in slot s, for the last six s up to newest_.
  std::array<std::int64_t, slots> times_{};
  std::int64_t newest_ = 0;
};

// What went through the broker: in total, and lately. For people and tools to look at; nothing is
// decided by it. Java: StoreStatsService, BrokerStatsManager. Kept in memory only.
class Traffic {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Totals {
    std::int64_t put_messages = 0;
    std::int64_t put_bytes = 0;
    std::int64_t put_failures = 0;
    std::int64_t got_messages = 0;
    std::int64_t found_reads = 0;  // reads of a queue that found a message
    std::int64_t missed_reads = 0;
  };

  // At midnight (UTC, so that it does not depend on the machine) today becomes yesterday.
  struct Days {
    Totals yesterday_morning;
    Totals today_morning;
  };

  // The last 10, 60 and 600 seconds, a second.
  using Rates = std::array<double, 3>;

  void put(std::string_view topic, std::int64_t messages, std::int64_t bytes, TimePoint now,
           std::int64_t wall_ms);
  void put_failed() { ++totals_.put_failures; }
  // No messages: a read that found nothing.
  void got(std::string_view group, std::string_view topic, std::int64_t messages, TimePoint now,
           std::int64_t wall_ms);
  void topic_removed(std::string_view topic);
  void group_removed(std::string_view group);

  const Totals& totals() const { return totals_; }
  Days days(std::int64_t wall_ms);
  Rates rates(std::int64_t Totals::* counter, TimePoint now);
  double put_rate(std::string_view topic, TimePoint now) const;
  double get_rate(std::string_view group, std::string_view topic, TimePoint now) const;

 private:
  // Takes the samples of the seconds gone by since the last call.
  void sample(TimePoint now);
  void turn_day(std::int64_t wall_ms);

  Totals totals_;
  Days days_;
  std::int64_t day_ = 0;  // since 1970
  // samples_[s % size] holds the totals at the beginning of second s, for the last s up to newest_.
  std::vector<Totals> samples_;
  std::int64_t first_ = 0;
  std::int64_t newest_ = 0;
  TextMap<MinuteRate> puts_;           // by topic
  TextMap<TextMap<MinuteRate>> gets_;  // by topic, by group
};

}  // namespace rocketmq::broker
