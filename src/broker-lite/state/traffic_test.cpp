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

TEST(Traffic, is_counted_in_total) {
  Traffic traffic;
  traffic.put("T", 3, 300, t0, midnight);
  traffic.put_failed();
  traffic.got("G", "T", 2, 20, t0, midnight);
  traffic.got("G", "T", 0, 0, t0, midnight);
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
  traffic.got("G", "T", 120, 1, t0, midnight);
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

TEST(Traffic, counts_by_topic_and_by_group) {
  Traffic traffic;
  EXPECT_EQ(traffic.puts("T"), nullptr);
  EXPECT_EQ(traffic.gets("G", "T"), nullptr);
  traffic.put("T", 3, 300, t0, midnight);
  traffic.put("T", 1, 100, t0 + 2h, midnight);
  traffic.got("G", "T", 2, 200, t0 + 2h, midnight);
  traffic.sent_back("G", "T", t0 + 2h);
  EXPECT_EQ(traffic.puts("T")->minute.sum(t0 + 2h), (Amount{1, 100, 1}));
  EXPECT_EQ(traffic.puts("T")->day.sum(t0 + 2h), (Amount{4, 400, 2}));
  EXPECT_EQ(traffic.gets("G", "T")->hour.sum(t0 + 2h), (Amount{2, 200, 1}));
  EXPECT_EQ(traffic.sent_backs("G", "T")->minute.sum(t0 + 2h), (Amount{1, 0, 1}));
  EXPECT_EQ(traffic.all_puts().day.sum(t0 + 2h), (Amount{4, 400, 2}));
  EXPECT_EQ(traffic.all_gets().day.sum(t0 + 2h), (Amount{2, 200, 1}));
}

TEST(Traffic, counts_no_more_by_itself_than_there_is_room_for) {
  Traffic traffic({.counted_max = 3});
  traffic.put("T", 1, 1, t0, midnight);
  traffic.got("G", "T", 1, 1, t0, midnight);
  traffic.sent_back("G", "T", t0);
  traffic.put("U", 1, 1, t0, midnight);
  traffic.got("H", "T", 1, 1, t0, midnight);
  EXPECT_EQ(traffic.puts("U"), nullptr);
  EXPECT_EQ(traffic.gets("H", "T"), nullptr);
  EXPECT_EQ(traffic.totals().put_messages, 2);  // in total they count

  traffic.group_removed("G");
  traffic.got("H", "T", 1, 1, t0, midnight);
  traffic.put("U", 1, 1, t0, midnight);
  EXPECT_NE(traffic.gets("H", "T"), nullptr);
  EXPECT_NE(traffic.puts("U"), nullptr);
  traffic.topic_removed("T");
  traffic.put("V", 1, 1, t0, midnight);
  EXPECT_NE(traffic.puts("V"), nullptr);
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
