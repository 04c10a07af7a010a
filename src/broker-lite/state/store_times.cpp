#include "broker-lite/state/store_times.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

// The steps of the histogram end at these milliseconds: finer where times mostly are.
constexpr std::array<std::int64_t, 77> step_ends = [] {
  std::array<std::int64_t, 77> ends{};
  std::size_t next = 1;  // the first ends at 0
  std::int64_t ms = 0;
  constexpr std::pair<std::int64_t, std::int64_t> up_to_by[] = {
      {20, 1}, {50, 2}, {100, 5}, {200, 10}, {500, 50}, {1000, 100}, {10'000, 1000}};
  for (const auto& [up_to, by] : up_to_by) {
    while (ms < up_to) ends[next++] = ms += by;
  }
  ends[next] = endless;
  return ends;
}();
static_assert(step_ends[75] == 10'000 && step_ends[76] == endless);

// Java: StoreStatsService.PUT_MESSAGE_ENTIRE_TIME_MAX_DESC.
constexpr std::pair<std::string_view, std::int64_t> shown_ends[] = {
    {"<=0ms", 0},       {"0~10ms", 10},     {"10~50ms", 50},  {"50~100ms", 100}, {"100~200ms", 200},
    {"200~500ms", 500}, {"500ms~1s", 1000}, {"1~2s", 2000},   {"2~3s", 3000},    {"3~4s", 4000},
    {"4~5s", 5000},     {"5~10s", 10'000},  {"10s~", endless}};

}  // namespace

std::size_t StoreTimes::step_of(std::int64_t taken_ms) {
  return static_cast<std::size_t>(std::ranges::lower_bound(step_ends, taken_ms) -
                                  step_ends.begin());
}

void StoreTimes::put(std::int64_t messages, Duration taken, TimePoint now) {
  turn_minute(now);
  put_max_ = std::max(put_max_, taken);
  this_minute_[step_of(taken / std::chrono::milliseconds(1))] += messages;
}

void StoreTimes::turn_minute(TimePoint now) {
  constexpr std::chrono::minutes minute(1);
  if (now - minute_began_ < minute) return;
  const bool is_next = now - minute_began_ < 2 * minute;
  last_minute_ = is_next ? this_minute_ : Histogram{};
  this_minute_ = {};
  minute_began_ = now;
}

StoreTimes::Histogram StoreTimes::recent(TimePoint now) {
  turn_minute(now);
  Histogram sum = last_minute_;
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += this_minute_[i];
  return sum;
}

std::string StoreTimes::put_distribution(TimePoint now) {
  const Histogram counts = recent(now);
  std::string text;
  std::size_t step = 0;
  for (const auto& [name, end] : shown_ends) {
    std::int64_t count = 0;
    while (step < counts.size() && step_ends[step] <= end) count += counts[step++];
    text += str('[', name, "]:", count, ' ');
  }
  return text;
}

std::int64_t StoreTimes::put_percentile_ms(double share, TimePoint now) {
  const Histogram counts = recent(now);
  const std::int64_t all = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  const auto wanted = static_cast<std::int64_t>(std::ceil(static_cast<double>(all) * share));
  std::int64_t passed = 0;
  for (std::size_t step = 0; step < counts.size(); ++step) {
    passed += counts[step];
    if (passed >= wanted) return std::min(step_ends[step], put_max_ms());
  }
  return 0;
}

}  // namespace rocketmq::broker
