#include "broker-lite/state/store_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr StoreTimes::TimePoint t0{1000s};

TEST(StoreTimes, are_the_longest_and_how_they_are_spread) {
  StoreTimes times;
  times.put(90, 500us, t0);
  times.put(5, 10ms, t0);
  times.put(4, 11ms, t0);
  times.put(1, 20s, t0);
  times.got(7ms);
  times.got(3ms);
  EXPECT_EQ(times.put_max_ms(), 20'000);
  EXPECT_EQ(times.get_max_ms(), 7);
  EXPECT_EQ(times.put_distribution(t0),
            "[<=0ms]:90 [0~10ms]:5 [10~50ms]:4 [50~100ms]:0 [100~200ms]:0 [200~500ms]:0 "
            "[500ms~1s]:0 [1~2s]:0 [2~3s]:0 [3~4s]:0 [4~5s]:0 [5~10s]:0 [10s~]:1 ");
  EXPECT_EQ(times.put_percentile_ms(0.9, t0), 0);
  EXPECT_EQ(times.put_percentile_ms(0.95, t0), 10);
  EXPECT_EQ(times.put_percentile_ms(0.99, t0), 11);
  EXPECT_EQ(times.put_percentile_ms(0.999, t0), 20'000);
}

TEST(StoreTimes, are_spread_over_the_last_two_minutes_at_most) {
  StoreTimes times;
  times.put(1, 5ms, t0);
  times.put(1, 5ms, t0 + 59s);
  times.put(1, 5ms, t0 + 70s);
  EXPECT_THAT(times.put_distribution(t0 + 70s), HasSubstr("[0~10ms]:3 "));
  EXPECT_THAT(times.put_distribution(t0 + 130s), HasSubstr("[0~10ms]:1 "));
  times.put(1, 5ms, t0 + 140s);
  EXPECT_THAT(times.put_distribution(t0 + 1h), HasSubstr("[0~10ms]:0 "));
  EXPECT_EQ(times.put_percentile_ms(0.99, t0 + 1h), 0);
  EXPECT_EQ(times.put_max_ms(), 5);
}

TEST(StoreTimes, are_nothing_before_the_first_put) {
  StoreTimes times;
  EXPECT_EQ(times.put_max_ms(), 0);
  EXPECT_EQ(times.put_percentile_ms(0.99, t0), 0);
  EXPECT_THAT(times.put_distribution(t0), HasSubstr("[<=0ms]:0 "));
}

}  // namespace
}  // namespace rocketmq::broker
