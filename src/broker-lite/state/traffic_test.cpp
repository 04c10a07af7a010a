#include "broker-lite/state/traffic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using testing::DoubleEq;
using testing::ElementsAre;

constexpr Traffic::TimePoint t0{1000s};
constexpr std::int64_t midnight = 20'000 * 86'400'000LL;

TEST(MinuteRate, is_what_happened_in_the_last_minute) {
  MinuteRate rate;
  EXPECT_EQ(rate.per_second(t0), 0);
  rate.add(60, t0);
  rate.add(60, t0 + 15s);
  EXPECT_EQ(rate.per_second(t0 + 15s), 2);
  EXPECT_EQ(rate.per_second(t0 + 59s), 2);
  EXPECT_EQ(rate.per_second(t0 + 60s), 1);
  EXPECT_EQ(rate.per_second(t0 + 70s), 0);
  rate.add(30, t0 + 1h);
  EXPECT_EQ(rate.per_second(t0 + 1h), 0.5);
}

TEST(Traffic, is_counted_in_total) {
  Traffic traffic;
  traffic.put("T", 3, 300, t0, midnight);
  traffic.put_failed();
  traffic.got("G", "T", 2, t0, midnight);
  traffic.got("G", "T", 0, t0, midnight);
  EXPECT_EQ(traffic.totals().put_messages, 3);
  EXPECT_EQ(traffic.totals().put_bytes, 300);
  EXPECT_EQ(traffic.totals().put_failures, 1);
  EXPECT_EQ(traffic.totals().got_messages, 2);
  EXPECT_EQ(traffic.totals().found_reads, 1);
  EXPECT_EQ(traffic.totals().missed_reads, 1);
}

TEST(Traffic, has_rates_over_10_60_and_600_seconds) {
  Traffic traffic;
  for (int second = 0; second < 120; ++second) traffic.put("T", 30, 1, t0 + second * 1s, midnight);
  EXPECT_THAT(traffic.rates(&Traffic::Totals::put_messages, t0 + 120s),
              ElementsAre(DoubleEq(30), DoubleEq(30), DoubleEq(30)));
  EXPECT_THAT(traffic.rates(&Traffic::Totals::put_messages, t0 + 150s),
              ElementsAre(DoubleEq(0), DoubleEq(15), DoubleEq(24)));
  EXPECT_THAT(traffic.rates(&Traffic::Totals::put_messages, t0 + 1h),
              ElementsAre(DoubleEq(0), DoubleEq(0), DoubleEq(0)));
}

TEST(Traffic, has_no_rate_within_its_first_second) {
  Traffic traffic;
  EXPECT_THAT(traffic.rates(&Traffic::Totals::put_messages, t0), ElementsAre(0, 0, 0));
  traffic.put("T", 1, 1, t0, midnight);
  EXPECT_THAT(traffic.rates(&Traffic::Totals::put_messages, t0), ElementsAre(0, 0, 0));
}

TEST(Traffic, has_rates_of_topics_and_of_groups) {
  Traffic traffic;
  traffic.put("T", 60, 1, t0, midnight);
  traffic.got("G", "T", 120, t0, midnight);
  EXPECT_EQ(traffic.put_rate("T", t0), 1);
  EXPECT_EQ(traffic.put_rate("U", t0), 0);
  EXPECT_EQ(traffic.get_rate("G", "T", t0), 2);
  EXPECT_EQ(traffic.get_rate("H", "T", t0), 0);
  EXPECT_EQ(traffic.get_rate("G", "U", t0), 0);
  traffic.group_removed("G");
  EXPECT_EQ(traffic.get_rate("G", "T", t0), 0);
  traffic.topic_removed("T");
  EXPECT_EQ(traffic.put_rate("T", t0), 0);
}

TEST(Traffic, remembers_the_totals_of_this_morning_and_yesterday) {
  Traffic traffic;
  traffic.put("T", 1, 1, t0, midnight + 1);
  EXPECT_EQ(traffic.days(midnight + 2).today_morning.put_messages, 0);
  traffic.put("T", 10, 1, t0 + 24h, midnight + 86'400'000);
  EXPECT_EQ(traffic.days(midnight + 86'400'000).yesterday_morning.put_messages, 0);
  EXPECT_EQ(traffic.days(midnight + 86'400'000).today_morning.put_messages, 1);
  const auto days = traffic.days(midnight + 2 * 86'400'000);
  EXPECT_EQ(days.yesterday_morning.put_messages, 1);
  EXPECT_EQ(days.today_morning.put_messages, 11);
  EXPECT_EQ(traffic.days(midnight + 9 * 86'400'000).yesterday_morning.put_messages, 11);
}

}  // namespace
}  // namespace rocketmq::broker
