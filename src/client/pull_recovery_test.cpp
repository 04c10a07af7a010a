#include "client/pull_recovery.h"

#include <gtest/gtest.h>

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

PullRecovery recovery(std::error_code code) { return recovery_from({code, "no"}, PullOptions{}); }

TEST(RecoveryFrom, is_short_when_the_broker_is_busy) {
  EXPECT_EQ(recovery(ResponseCode::flow_control).delay, 20ms);
  EXPECT_FALSE(recovery(ResponseCode::flow_control).needs_heartbeat);
}

TEST(RecoveryFrom, introduces_us_again_to_a_broker_that_does_not_know_us) {
  EXPECT_TRUE(recovery(ResponseCode::subscription_not_exist).needs_heartbeat);
  EXPECT_TRUE(recovery(ResponseCode::subscription_not_latest).needs_heartbeat);
  EXPECT_FALSE(recovery(ResponseCode::system_error).needs_heartbeat);
}

TEST(RecoveryFrom, looks_for_a_broker_that_cannot_be_reached) {
  EXPECT_TRUE(recovery(Errc::not_connected).needs_route);
  EXPECT_TRUE(recovery(Errc::timeout).needs_route);
  EXPECT_FALSE(recovery(ResponseCode::no_permission).needs_route);
  EXPECT_EQ(recovery(Errc::not_connected).delay, 1s);
}

}  // namespace
}  // namespace rocketmq::client
