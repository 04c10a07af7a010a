#include "broker-lite/state/activity.h"

#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;

constexpr Activity::TimePoint t0{1000s};

Amount messages(std::int64_t count) { return {.messages = count}; }

TEST(MinuteWindow, is_what_happened_in_the_last_minute) {
  MinuteWindow window;
  EXPECT_EQ(window.per_second(t0), 0);
  window.add(messages(60), t0);
  window.add(messages(60), t0 + 15s);
  EXPECT_EQ(window.per_second(t0 + 15s), 2);
  EXPECT_EQ(window.per_second(t0 + 59s), 2);
  EXPECT_EQ(window.per_second(t0 + 60s), 1);
  EXPECT_EQ(window.per_second(t0 + 70s), 0);
  window.add(messages(30), t0 + 1h);
  EXPECT_EQ(window.per_second(t0 + 1h), 0.5);
}

TEST(MinuteWindow, takes_what_comes_late_for_now) {
  MinuteWindow window;
  window.add(messages(1), t0 + 30s);
  window.add(messages(1), t0);
  EXPECT_EQ(window.sum(t0 + 30s).messages, 2);
}

TEST(Activity, forgets_after_a_minute_an_hour_and_a_day) {
  Activity activity;
  activity.add({.messages = 2, .bytes = 20, .calls = 1}, t0);
  const Amount once{2, 20, 1};
  EXPECT_EQ(activity.minute.sum(t0), once);
  EXPECT_EQ(activity.minute.sum(t0 + 2min), Amount{});
  EXPECT_EQ(activity.hour.sum(t0 + 2min), once);
  EXPECT_EQ(activity.hour.sum(t0 + 2h), Amount{});
  EXPECT_EQ(activity.day.sum(t0 + 2h), once);
  EXPECT_EQ(activity.day.sum(t0 + 25h), Amount{});
}

}  // namespace
}  // namespace rocketmq::broker
