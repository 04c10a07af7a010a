#include "broker-lite/state/waiting_pulls.h"

#include <gmock/gmock.h>

#include <chrono>

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr net::TimePoint t0{};

WaitingPull waiting(std::string_view group, std::string_view topic, std::int32_t queue_id,
                    std::int64_t offset, net::TimePoint deadline = t0 + 20s,
                    std::vector<std::int32_t> tags_codes = {}) {
  protocol::PullMessage request;
  request.consumer_group = group;
  request.topic = topic;
  request.queue_id = queue_id;
  request.queue_offset = offset;
  return {protocol::Kept(request), net::Responder(), {std::move(tags_codes)}, deadline};
}

Arrival arrival(std::string_view topic, std::int32_t queue_id, std::int64_t max_offset,
                std::int64_t tags_code = 0) {
  return {topic, queue_id, max_offset, tags_code, {}};
}

std::vector<std::string> groups(const std::vector<WaitingPull>& pulls) {
  std::vector<std::string> names;
  for (const WaitingPull& pull : pulls) names.emplace_back(pull.request->consumer_group);
  return names;
}

struct WaitingPullsTest : ::testing::Test {
  WaitingPulls pulls{100};
  std::vector<WaitingPull> taken;
};

TEST_F(WaitingPullsTest, wakes_all_that_wait_at_the_queue_in_the_order_they_came) {
  pulls.add(waiting("g1", "T", 0, 5));
  pulls.add(waiting("g2", "T", 0, 5));
  pulls.add(waiting("other queue", "T", 1, 5));
  pulls.add(waiting("other topic", "U", 0, 5));
  pulls.take_wanting(arrival("T", 0, 6), taken);
  EXPECT_THAT(groups(taken), ElementsAre("g1", "g2"));
  EXPECT_EQ(pulls.size(), 2u);
}

TEST_F(WaitingPullsTest, lets_a_pull_wait_whose_offset_is_not_reached) {
  pulls.add(waiting("g", "T", 0, 6));
  pulls.take_wanting(arrival("T", 0, 6), taken);
  EXPECT_THAT(taken, IsEmpty());
  pulls.take_wanting(arrival("T", 0, 7), taken);
  EXPECT_THAT(groups(taken), ElementsAre("g"));
}

TEST_F(WaitingPullsTest, lets_a_pull_wait_that_wants_other_tags) {
  pulls.add(waiting("g", "T", 0, 0, t0 + 20s, {-7, 3}));
  pulls.take_wanting(arrival("T", 0, 1, 4), taken);
  EXPECT_THAT(taken, IsEmpty());
  pulls.take_wanting(arrival("T", 0, 2, -7), taken);
  EXPECT_THAT(groups(taken), ElementsAre("g"));
}

TEST_F(WaitingPullsTest, gives_back_the_expired_and_only_those) {
  pulls.add(waiting("late", "T", 0, 0, t0 + 30s));
  pulls.add(waiting("early", "T", 0, 0, t0 + 10s));
  pulls.add(waiting("middle", "U", 3, 0, t0 + 20s));
  EXPECT_EQ(pulls.next_deadline(), t0 + 10s);
  pulls.take_expired(t0 + 9s, taken);
  EXPECT_THAT(taken, IsEmpty());
  pulls.take_expired(t0 + 20s, taken);
  EXPECT_THAT(groups(taken), ElementsAre("early", "middle"));
  EXPECT_EQ(pulls.next_deadline(), t0 + 30s);
}

TEST_F(WaitingPullsTest, forgets_those_whose_client_has_gone) {
  pulls.add(waiting("g1", "T", 0, 0));  // a Responder without a channel, as after a close
  pulls.drop_closed();
  EXPECT_EQ(pulls.size(), 0u);
  pulls.take_wanting(arrival("T", 0, 1), taken);
  EXPECT_THAT(taken, IsEmpty());
}

TEST_F(WaitingPullsTest, gives_everything_back_at_the_end) {
  pulls.add(waiting("g1", "T", 0, 0, t0 + 2s));
  pulls.add(waiting("g2", "U", 0, 0, t0 + 1s));
  pulls.take_all(taken);
  EXPECT_THAT(groups(taken), ElementsAre("g2", "g1"));
  EXPECT_EQ(pulls.size(), 0u);
  EXPECT_EQ(pulls.next_deadline(), net::TimePoint::max());
}

TEST_F(WaitingPullsTest, is_full_at_its_limit) {
  WaitingPulls few(1);
  EXPECT_FALSE(few.is_full());
  few.add(waiting("g", "T", 0, 0));
  EXPECT_TRUE(few.is_full());
  few.take_all(taken);
  EXPECT_FALSE(few.is_full());
}

}  // namespace
}  // namespace rocketmq::broker
