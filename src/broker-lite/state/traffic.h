#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/state/activity.h"
#include "broker-lite/state/text_map.h"

namespace rocketmq::broker {

// What went through the broker: in total, and lately. For people and tools to look at; nothing is
// decided by it. Java: StoreStatsService, BrokerStatsManager. Kept in memory only.
struct TrafficOptions {
  // Topics, and pairs of group and topic, that are counted one by one: at most some 50 MB.
  std::size_t counted_max = 50'000;
};

class Traffic {
 public:
  explicit Traffic(TrafficOptions options = {}) : options_(options) {}

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
  void got(std::string_view group, std::string_view topic, std::int64_t messages,
           std::int64_t bytes, TimePoint now, std::int64_t wall_ms);
  // A message that was not consumed comes back.
  void sent_back(std::string_view group, std::string_view topic, TimePoint now);
  void topic_removed(std::string_view topic);
  void group_removed(std::string_view group);

  const Totals& totals() const { return totals_; }
  Days days(std::int64_t wall_ms);
  Rates rates(std::int64_t Totals::* counter, TimePoint now);
  double put_rate(std::string_view topic, TimePoint now) const;
  double get_rate(std::string_view group, std::string_view topic, TimePoint now) const;

  // nullptr: nothing was ever counted.
  const Activity* puts(std::string_view topic) const;
  const Activity* gets(std::string_view group, std::string_view topic) const;
  const Activity* sent_backs(std::string_view group, std::string_view topic) const;
  const Activity& all_puts() const { return all_puts_; }
  const Activity& all_gets() const { return all_gets_; }

 private:
  using ByTopicAndGroup = TextMap<TextMap<Activity>>;

  // Takes the samples of the seconds gone by since the last call.
  void sample(TimePoint now);
  void turn_day(std::int64_t wall_ms);
  void add(ByTopicAndGroup& table, std::string_view group, std::string_view topic,
           const Amount& amount, TimePoint now);
  static const Activity* find(const ByTopicAndGroup& table, std::string_view group,
                              std::string_view topic);

  const TrafficOptions options_;
  Totals totals_;
  Days days_;
  std::int64_t day_ = 0;  // since 1970
  // samples_[s % size] holds the totals at the beginning of second s, for the last s up to newest_.
  std::vector<Totals> samples_;
  std::int64_t first_ = 0;
  std::int64_t newest_ = 0;
  Activity all_puts_;
  Activity all_gets_;
  TextMap<Activity> puts_;  // by topic
  ByTopicAndGroup gets_;
  ByTopicAndGroup sent_backs_;
  std::size_t counted_ = 0;  // in the three tables
};

}  // namespace rocketmq::broker
