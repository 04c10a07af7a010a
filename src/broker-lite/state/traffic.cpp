#include "broker-lite/state/traffic.h"

#include <algorithm>
#include <numeric>

namespace rocketmq::broker {
namespace {

constexpr std::int64_t ms_a_day = 86'400'000;
constexpr std::array<std::int64_t, 3> windows{10, 60, 600};  // seconds
constexpr std::int64_t samples_kept = windows.back() + 1;

std::int64_t second_of(Traffic::TimePoint now) {
  return now.time_since_epoch() / std::chrono::seconds(1);
}

}  // namespace

void Traffic::put(std::string_view topic, std::int64_t messages, std::int64_t bytes, TimePoint now,
                  std::int64_t wall_ms) {
  sample(now);
  turn_day(wall_ms);
  totals_.put_messages += messages;
  totals_.put_bytes += bytes;
  const Amount amount{messages, bytes, 1};
  all_puts_.add(amount, now);
  auto found = puts_.find(topic);
  if (found == puts_.end()) {
    if (counted_ >= options_.counted_max) return;
    ++counted_;
    found = puts_.emplace(topic, Activity{}).first;
  }
  found->second.add(amount, now);
}

void Traffic::got(std::string_view group, std::string_view topic, std::int64_t messages,
                  std::int64_t bytes, TimePoint now, std::int64_t wall_ms) {
  sample(now);
  turn_day(wall_ms);
  ++(messages > 0 ? totals_.found_reads : totals_.missed_reads);
  if (messages == 0) return;
  totals_.got_messages += messages;
  const Amount amount{messages, bytes, 1};
  all_gets_.add(amount, now);
  add(gets_, group, topic, amount, now);
}

void Traffic::sent_back(std::string_view group, std::string_view topic, TimePoint now) {
  add(sent_backs_, group, topic, {.messages = 1, .bytes = 0, .calls = 1}, now);
}

void Traffic::add(ByTopicAndGroup& table, std::string_view group, std::string_view topic,
                  const Amount& amount, TimePoint now) {
  auto groups = table.find(topic);
  if (groups == table.end()) groups = table.emplace(topic, TextMap<Activity>{}).first;
  auto found = groups->second.find(group);
  if (found == groups->second.end()) {
    if (counted_ >= options_.counted_max) return;
    ++counted_;
    found = groups->second.emplace(group, Activity{}).first;
  }
  found->second.add(amount, now);
}

const Activity* Traffic::find(const ByTopicAndGroup& table, std::string_view group,
                              std::string_view topic) {
  const auto groups = table.find(topic);
  if (groups == table.end()) return nullptr;
  const auto found = groups->second.find(group);
  return found == groups->second.end() ? nullptr : &found->second;
}

void Traffic::topic_removed(std::string_view topic) {
  if (const auto found = puts_.find(topic); found != puts_.end()) {
    puts_.erase(found);
    --counted_;
  }
  for (ByTopicAndGroup* const table : {&gets_, &sent_backs_}) {
    const auto groups = table->find(topic);
    if (groups == table->end()) continue;
    counted_ -= groups->second.size();
    table->erase(groups);
  }
}

void Traffic::group_removed(std::string_view group) {
  for (ByTopicAndGroup* const table : {&gets_, &sent_backs_}) {
    for (auto& [topic, groups] : *table) {
      const auto found = groups.find(group);
      if (found == groups.end()) continue;
      groups.erase(found);
      --counted_;
    }
  }
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

const Activity* Traffic::puts(std::string_view topic) const {
  const auto found = puts_.find(topic);
  return found == puts_.end() ? nullptr : &found->second;
}

const Activity* Traffic::gets(std::string_view group, std::string_view topic) const {
  return find(gets_, group, topic);
}

const Activity* Traffic::sent_backs(std::string_view group, std::string_view topic) const {
  return find(sent_backs_, group, topic);
}

double Traffic::put_rate(std::string_view topic, TimePoint now) const {
  const Activity* found = puts(topic);
  return found == nullptr ? 0 : found->minute.per_second(now);
}

double Traffic::get_rate(std::string_view group, std::string_view topic, TimePoint now) const {
  const Activity* found = gets(group, topic);
  return found == nullptr ? 0 : found->minute.per_second(now);
}

}  // namespace rocketmq::broker
