#include "client/fault_table.h"

#include <gmock/gmock.h>

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const net::TimePoint t0{};

TEST(FaultTable, has_nothing_against_a_broker_nobody_complained_of) {
  EXPECT_EQ(FaultTable(false).rank("a", t0), BrokerRank::fine);
}

TEST(FaultTable, avoids_a_broker_the_longer_the_slower_it_is) {
  const std::pair<net::Duration, net::Duration> steps[] = {
      {549ms, 0s}, {550ms, 2s}, {1800ms, 5s}, {3s, 6s}, {5s, 10s}, {15s, 30s}, {1min, 30s}};
  for (const auto& [latency, avoided] : steps) {
    FaultTable table(false);
    table.answered("a", latency, t0);
    EXPECT_EQ(table.rank("a", t0 + avoided), BrokerRank::fine);
    if (avoided > 0s) {
      EXPECT_EQ(table.rank("a", t0 + avoided - 1ms), BrokerRank::slow);
    }
  }
}

TEST(FaultTable, forgives_a_broker_that_answers_fast_again) {
  FaultTable table(false);
  table.refused("a", t0);
  EXPECT_EQ(table.rank("a", t0), BrokerRank::failing);
  table.answered("a", 10ms, t0);
  EXPECT_EQ(table.rank("a", t0), BrokerRank::fine);
  EXPECT_EQ(table.size(), 0U);
}

TEST(FaultTable, puts_a_broker_last_that_said_no_until_it_takes_a_message) {
  FaultTable table(false);
  table.refused("a", t0);
  EXPECT_EQ(table.rank("a", t0 + 1h), BrokerRank::failing);
}

TEST(FaultTable, avoids_a_broker_it_could_not_reach_for_a_while) {
  FaultTable table(false);
  table.not_reached("a", t0);
  EXPECT_EQ(table.rank("a", t0 + 9s), BrokerRank::slow);
  EXPECT_EQ(table.rank("a", t0 + 10s), BrokerRank::fine);
}

TEST(FaultTable, leaves_a_broker_it_could_not_reach_to_who_probes) {
  FaultTable table(true);
  table.not_reached("a", t0);
  EXPECT_EQ(table.rank("a", t0 + 1h), BrokerRank::failing);
  table.is_back("a");
  EXPECT_EQ(table.rank("a", t0 + 1h), BrokerRank::fine);
}

TEST(FaultTable, probes_each_broker_every_two_seconds_at_most) {
  FaultTable table(true);
  table.refused("a", t0);
  EXPECT_THAT(table.to_probe(t0), ElementsAre("a"));
  table.refused("b", t0 + 1s);
  EXPECT_THAT(table.to_probe(t0 + 1s), ElementsAre("b"));
  EXPECT_THAT(table.to_probe(t0 + 2s), ElementsAre("a"));
}

TEST(FaultTable, probes_no_more_where_nothing_is_left_against_a_broker) {
  FaultTable table(true);
  table.refused("a", t0);
  table.is_back("a");
  EXPECT_THAT(table.to_probe(t0 + 9s), ElementsAre("a"));
  EXPECT_THAT(table.to_probe(t0 + 12s), IsEmpty());
  EXPECT_EQ(table.size(), 0U);
}

TEST(FaultTable, forgets_a_broker_that_is_gone) {
  FaultTable table(true);
  table.refused("a", t0);
  table.forget("a");
  EXPECT_EQ(table.rank("a", t0), BrokerRank::fine);
}

}  // namespace
}  // namespace rocketmq::client
