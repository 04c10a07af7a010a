#include "broker-lite/state/queue_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::MessageQueueData;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr QueueLocks::TimePoint t0{1000s};
const MessageQueueData q0{"b", 0, "T"};
const MessageQueueData q1{"b", 1, "T"};

TEST(QueueLocks, belong_to_the_first_client_that_asks) {
  QueueLocks locks;
  EXPECT_THAT(locks.lock("G", "a", {q0}, t0), ElementsAre(q0));
  EXPECT_THAT(locks.lock("G", "b", {q0, q1}, t0), ElementsAre(q1));
  EXPECT_THAT(locks.lock("G", "a", {q0, q1}, t0), ElementsAre(q0));
  EXPECT_TRUE(locks.is_locked("G", "a", q0, t0));
  EXPECT_FALSE(locks.is_locked("G", "b", q0, t0));
}

TEST(QueueLocks, of_one_group_do_not_concern_another) {
  QueueLocks locks;
  EXPECT_THAT(locks.lock("G", "a", {q0}, t0), ElementsAre(q0));
  EXPECT_THAT(locks.lock("H", "b", {q0}, t0), ElementsAre(q0));
}

TEST(QueueLocks, last_a_minute_since_the_owner_asked_last) {
  QueueLocks locks;
  locks.lock("G", "a", {q0}, t0);
  locks.lock("G", "a", {q0}, t0 + 50s);
  EXPECT_THAT(locks.lock("G", "b", {q0}, t0 + 110s), IsEmpty());
  EXPECT_FALSE(locks.is_locked("G", "a", q0, t0 + 111s));
  EXPECT_THAT(locks.lock("G", "b", {q0}, t0 + 111s), ElementsAre(q0));
  EXPECT_THAT(locks.lock("G", "a", {q0}, t0 + 112s), IsEmpty());
}

TEST(QueueLocks, are_given_back_by_their_owner_only) {
  QueueLocks locks;
  locks.lock("G", "a", {q0, q1}, t0);
  locks.unlock("G", "b", {q0});
  EXPECT_THAT(locks.lock("G", "b", {q0}, t0), IsEmpty());
  locks.unlock("G", "a", {q0});
  EXPECT_THAT(locks.lock("G", "b", {q0}, t0), ElementsAre(q0));
  locks.unlock("unknown", "a", {q0});
}

TEST(QueueLocks, that_ran_out_are_forgotten) {
  QueueLocks locks;
  locks.lock("G", "a", {q0}, t0);
  locks.lock("G", "a", {q1}, t0 + 30s);
  locks.expire(t0 + 61s);
  EXPECT_EQ(locks.size(), 1u);
  locks.expire(t0 + 91s);
  EXPECT_EQ(locks.size(), 0u);
}

TEST(QueueLocks, stop_growing_at_their_limit) {
  QueueLocks locks({.locks_max = 1});
  EXPECT_THAT(locks.lock("G", "a", {q0, q1}, t0), ElementsAre(q0));
  EXPECT_THAT(locks.lock("H", "a", {q0}, t0), IsEmpty());
  EXPECT_THAT(locks.lock("G", "a", {}, t0), IsEmpty());
  EXPECT_EQ(locks.size(), 1u);
}

}  // namespace
}  // namespace rocketmq::broker
