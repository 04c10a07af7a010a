#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/handlers/admin_rig.h"
#include "protocol/requests/broker_maintenance.h"

namespace rocketmq::broker {
namespace {

using namespace protocol;
using namespace std::chrono_literals;

TEST_F(AdminTest, counts_what_is_sent_and_consumed) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  for (int i = 0; i < 6; ++i) send("T", 0);
  ASSERT_EQ(client->refusal(pull_from("T", 0, 0)), "0");
  const auto statistic = [this](std::string_view name, std::string_view key) {
    return typed(ViewBrokerStatsData{.stats_name = name, .stats_key = key});
  };
  const auto puts = statistic("TOPIC_PUT_NUMS", "T");
  EXPECT_EQ(puts.minute, (BrokerStatsItem{.average = 1, .sum = 6, .tps = 0.1}));
  EXPECT_EQ(puts.hour.sum, 6);
  EXPECT_DOUBLE_EQ(puts.hour.tps, 6.0 / 3600);
  EXPECT_EQ(puts.day.sum, 6);
  EXPECT_EQ(statistic("GROUP_GET_NUMS", "T@G").minute,
            (BrokerStatsItem{.average = 6, .sum = 6, .tps = 0.1}));
  EXPECT_EQ(statistic("BROKER_PUT_NUMS", "DefaultCluster").day.sum, 6);
  EXPECT_EQ(statistic("BROKER_GET_NUMS", "DefaultCluster").day.sum, 6);

  const std::int64_t bytes = std::stoll(typed(GetBrokerRuntimeInfo{}).table["putMessageSizeTotal"]);
  EXPECT_EQ(statistic("TOPIC_PUT_SIZE", "T").day.sum, bytes);
  EXPECT_EQ(statistic("GROUP_GET_SIZE", "T@G").day.sum, bytes);

  rig.loop.advance(2min);
  EXPECT_EQ(statistic("TOPIC_PUT_NUMS", "T").minute, BrokerStatsItem{});
  EXPECT_EQ(statistic("TOPIC_PUT_NUMS", "T").hour.sum, 6);
}

TEST_F(AdminTest, counts_what_comes_back) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  consume("G", "T");
  ASSERT_EQ(client->refusal(send_to("T"), "x"), "0");
  ASSERT_EQ(client->refusal(ConsumerSendMsgBack{.offset = 0, .group = "G", .origin_topic = "T"}),
            "0");
  EXPECT_EQ(
      typed(ViewBrokerStatsData{.stats_name = "SNDBCK_PUT_NUMS", .stats_key = "T@G"}).minute.sum,
      1);
}

TEST_F(AdminTest, says_what_it_does_not_count) {
  const auto refusal = [this](std::string_view name, std::string_view key) {
    return client->refusal(ViewBrokerStatsData{.stats_name = name, .stats_key = key});
  };
  EXPECT_EQ(refusal("TOPIC_PUT_NUMS", "none"), "1 The stats <TOPIC_PUT_NUMS> <none> not exist");
  EXPECT_EQ(refusal("NO_SUCH", "T"), "1 The stats <NO_SUCH> <T> not exist");
  EXPECT_EQ(refusal("BROKER_PUT_NUMS", "Other"), "1 The stats <BROKER_PUT_NUMS> <Other> not exist");
  for (const char* const key : {"", "@", "T", "T@", "@G", "T@G@H"}) {
    EXPECT_EQ(refusal("GROUP_GET_NUMS", key),
              str("1 The stats <GROUP_GET_NUMS> <", key, "> not exist"));
  }
}

}  // namespace
}  // namespace rocketmq::broker
