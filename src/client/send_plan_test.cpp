#include "client/send_plan.h"

#include <gtest/gtest.h>

#include <set>

namespace rocketmq::client {
namespace {

Route route_over(const std::vector<std::string>& brokers, int queues_each = 2) {
  protocol::TopicRouteData data;
  for (const std::string& name : brokers) {
    data.broker_datas.push_back({.broker_addrs = {{0, name + ":1"}}, .broker_name = name});
    data.queue_datas.push_back({.broker_name = name,
                                .perm = 6,
                                .read_queue_nums = queues_each,
                                .write_queue_nums = queues_each});
  }
  return make_route("T", data);
}

BrokerRank all_fine(std::string_view, std::string_view) { return BrokerRank::fine; }
const Error busy{ResponseCode::system_busy, "busy"};

TEST(SendPlan, spreads_messages_over_all_queues) {
  const Route route = route_over({"a", "b"});
  std::set<std::pair<std::uint32_t, std::int32_t>> seen;
  for (std::uint32_t ticket = 7; ticket < 11; ++ticket) {
    const auto queue = SendPlan(3, ticket).next(route, all_fine);
    seen.emplace(queue->broker, queue->queue_id);
  }
  EXPECT_EQ(seen.size(), 4U);
}

TEST(SendPlan, moves_to_another_broker_after_a_failure_and_back_again) {
  const Route route = route_over({"a", "b"});
  SendPlan plan(3, 0);
  EXPECT_EQ(route.broker_name(*plan.next(route, all_fine)), "a");
  EXPECT_TRUE(plan.failed("a", busy));
  EXPECT_EQ(route.broker_name(*plan.next(route, all_fine)), "b");
  EXPECT_TRUE(plan.failed("b", busy));
  EXPECT_EQ(route.broker_name(*plan.next(route, all_fine)), "a");
  EXPECT_FALSE(plan.failed("a", busy));
  EXPECT_EQ(plan.next(route, all_fine), std::nullopt);
  EXPECT_EQ(plan.error().code, ResponseCode::system_busy);
}

TEST(SendPlan, tries_the_only_broker_again) {
  const Route route = route_over({"a"});
  SendPlan plan(2, 0);
  EXPECT_EQ(plan.next(route, all_fine)->queue_id, 0);
  EXPECT_FALSE(plan.is_same_broker_again());
  EXPECT_TRUE(plan.failed("a", busy));
  EXPECT_EQ(plan.next(route, all_fine)->queue_id, 1);
  EXPECT_TRUE(plan.is_same_broker_again());
}

TEST(SendPlan, leaves_out_a_broker_that_cannot_be_reached) {
  const Route route = route_over({"a", "b"});
  const auto only_b = [](std::string_view, std::string_view address) {
    return address == "b:1" ? BrokerRank::fine : BrokerRank::unreachable;
  };
  for (std::uint32_t ticket = 0; ticket < 4; ++ticket) {
    EXPECT_EQ(route.broker_name(*SendPlan(3, ticket).next(route, only_b)), "b");
  }
}

TEST(SendPlan, tries_an_unreachable_broker_when_there_is_no_other) {
  const Route route = route_over({"a"});
  EXPECT_TRUE(SendPlan(1, 0).next(
      route, [](std::string_view, std::string_view) { return BrokerRank::unreachable; }));
}

TEST(SendPlan, takes_the_broker_with_least_against_it) {
  const Route route = route_over({"a", "b", "c"});
  const auto ranks = [](std::string_view broker, std::string_view) {
    return broker == "a"   ? BrokerRank::unreachable
           : broker == "b" ? BrokerRank::slow
                           : BrokerRank::failing;
  };
  for (std::uint32_t ticket = 0; ticket < 6; ++ticket) {
    SendPlan plan(3, ticket);
    EXPECT_EQ(route.broker_name(*plan.next(route, ranks)), "b");
    plan.failed("b", busy);
    EXPECT_EQ(route.broker_name(*plan.next(route, ranks)), "c");
  }
}

TEST(SendPlan, makes_one_attempt_at_a_queue_that_was_chosen) {
  SendPlan plan(1, 0);
  EXPECT_EQ(plan.next(PublishQueue{0, 7})->queue_id, 7);
  EXPECT_FALSE(plan.failed("a", busy));
  EXPECT_EQ(plan.next(PublishQueue{0, 7}), std::nullopt);
  EXPECT_EQ(plan.error().code, ResponseCode::system_busy);
}

TEST(SendPlan, says_why_no_queue_could_be_chosen) {
  SendPlan plan(1, 0);
  EXPECT_EQ(plan.next(Error{Errc::not_connected, "no such broker"}), std::nullopt);
  EXPECT_EQ(plan.error().code, Errc::not_connected);
}

TEST(SendPlan, does_not_try_again_what_no_broker_would_take) {
  const Route route = route_over({"a", "b"});
  SendPlan plan(3, 0);
  plan.next(route, all_fine);
  EXPECT_FALSE(plan.failed("a", {ResponseCode::message_illegal, "too long"}));
}

TEST(SendPlan, says_unknown_once_an_attempt_may_have_been_stored) {
  const Route route = route_over({"a", "b"});
  SendPlan plan(2, 0);
  plan.next(route, all_fine);
  plan.failed("a", {Errc::not_connected, "reset", Outcome::unknown});
  plan.next(route, all_fine);
  plan.failed("a", {ResponseCode::no_permission, "read only", Outcome::not_sent});
  EXPECT_EQ(plan.error().code, ResponseCode::no_permission);
  EXPECT_EQ(plan.error().outcome, Outcome::unknown);
}

TEST(SendPlan, says_no_route_where_nothing_can_be_written_to) {
  const Route route = route_over({});
  SendPlan plan(3, 0);
  EXPECT_EQ(plan.next(route, all_fine), std::nullopt);
  EXPECT_EQ(plan.error().code, Errc::no_route);
}

}  // namespace
}  // namespace rocketmq::client
