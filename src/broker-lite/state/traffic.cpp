#include "broker-lite/state/traffic.h"

#include <algorithm>
#include <numeric>

namespace rocketmq::broker {
namespace {

constexpr std::int64_t ms_a_day = 86'400'000;
constexpr std::array<std::int64_t, 3> windows{10, 60, 600};  // seconds
constexpr std::int64_t samples_kept = windows.back() + 1;

template <class Value>
Value& slot(TextMap<Value>& table, std::string_view name) {
  const auto found = table.find(name);
  return found != table.end() ? found->second : table[std::string(name)];
}

template <class Value>
void erase(TextMap<Value>& table, std::string_view name) {
  if (const auto found = table.find(name); found != table.end()) table.erase(found);
}

std::int64_t second_of(Traffic::TimePoint now) {
  return now.time_since_epoch() / std::chrono::seconds(1);
}

}  // namespace

void MinuteRate::add(std::int64_t times, TimePoint now) {
  const std::int64_t current = slot_of(now);
  for (std::int64_t s = std::max(newest_ + 1, current - std::int64_t{slots} + 1); s <= current;
       ++s) {
    times_[static_cast<std::size_t>(s) % slots] = 0;
  }
  newest_ = std::max(newest_, current);
  times_[static_cast<std::size_t>(newest_) % slots] += times;
}

double MinuteRate::per_second(TimePoint now) const {
  const std::int64_t oldest = slot_of(now) - std::int64_t{slots} + 1;
  std::int64_t sum = 0;
  for (std::int64_t s = oldest; s <= newest_; ++s) {
    sum += times_[static_cast<std::size_t>(s) % slots];
  }
  constexpr auto minute = slot_length * slots;
  return static_cast<double>(sum) / static_cast<double>(minute.count());
}

void Traffic::put(std::string_view topic, std::int64_t messages, std::int64_t bytes, TimePoint now,
                  std::int64_t wall_ms) {
  sample(now);
  turn_day(wall_ms);
  totals_.put_messages += messages;
  totals_.put_bytes += bytes;
  slot(puts_, topic).add(messages, now);
}

void Traffic::got(std::string_view group, std::string_view topic, std::int64_t messages,
                  TimePoint now, std::int64_t wall_ms) {
  sample(now);
  turn_day(wall_ms);
  ++(messages > 0 ? totals_.found_reads : totals_.missed_reads);
  if (messages == 0) return;
  totals_.got_messages += messages;
  slot(slot(gets_, topic), group).add(messages, now);
}

void Traffic::topic_removed(std::string_view topic) {
  erase(puts_, topic);
  erase(gets_, topic);
}

void Traffic::group_removed(std::string_view group) {
  for (auto& [topic, groups] : gets_) erase(groups, group);
}

Traffic::Days Traffic::days(std::int64_t wall_ms) {
  turn_day(wall_ms);
  return days_;
}

void Traffic::turn_day(std::int64_t wall_ms) {
  const std::int64_t day = wall_ms / ms_a_day;
  if (day <= day_) return;
  const bool is_next = day == day_ + 1;
  days_.yesterday_morning = is_next ? days_.today_morning : totals_;
  days_.today_morning = totals_;
  day_ = day;
}

void Traffic::sample(TimePoint now) {
  const std::int64_t second = second_of(now);
  if (samples_.empty()) {
    samples_.resize(static_cast<std::size_t>(samples_kept));
    first_ = newest_ = second;
    samples_[static_cast<std::size_t>(second % samples_kept)] = totals_;
  }
  for (std::int64_t s = std::max(newest_ + 1, second - samples_kept + 1); s <= second; ++s) {
    samples_[static_cast<std::size_t>(s % samples_kept)] = totals_;
  }
  newest_ = std::max(newest_, second);
}

Traffic::Rates Traffic::rates(std::int64_t Totals::* counter, TimePoint now) {
  sample(now);
  Rates rates{};
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::int64_t from = std::max(first_, newest_ - windows[i]);
    if (from == newest_) continue;
    const Totals& then = samples_[static_cast<std::size_t>(from % samples_kept)];
    rates[i] =
        static_cast<double>(totals_.*counter - then.*counter) / static_cast<double>(newest_ - from);
  }
  return rates;
}

double Traffic::put_rate(std::string_view topic, TimePoint now) const {
  const auto found = puts_.find(topic);
  return found == puts_.end() ? 0 : found->second.per_second(now);
}

double Traffic::get_rate(std::string_view group, std::string_view topic, TimePoint now) const {
  const auto groups = gets_.find(topic);
  if (groups == gets_.end()) return 0;
  const auto found = groups->second.find(group);
  return found == groups->second.end() ? 0 : found->second.per_second(now);
}

}  // namespace rocketmq::broker
