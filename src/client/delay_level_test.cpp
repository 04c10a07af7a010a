#include "client/delay_level.h"

#include <gtest/gtest.h>

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

TEST(DelayLevel, leaves_the_choice_to_the_broker_without_a_delay) {
  EXPECT_EQ(delay_level(0ms), 0);
  EXPECT_EQ(delay_level(-1s), 0);
}

TEST(DelayLevel, is_the_first_that_is_long_enough) {
  EXPECT_EQ(delay_level(1ms), 1);
  EXPECT_EQ(delay_level(1s), 1);
  EXPECT_EQ(delay_level(1001ms), 2);
  EXPECT_EQ(delay_level(10s), 3);
  EXPECT_EQ(delay_level(1min), 5);
  EXPECT_EQ(delay_level(61min), 18);
}

TEST(DelayLevel, is_at_most_two_hours) {
  EXPECT_EQ(delay_level(2h), 18);
  EXPECT_EQ(delay_level(48h), 18);
}

}  // namespace
}  // namespace rocketmq::client
