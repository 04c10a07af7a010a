#include "net/token_buckets.h"

#include <gtest/gtest.h>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;

const TimePoint t0{};

int taken(TokenBuckets& buckets, std::string_view who, TimePoint now, int tries = 100) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += buckets.take(who, now) ? 1 : 0;
  return count;
}

TEST(TokenBuckets, give_each_so_many_a_second) {
  TokenBuckets buckets(10, 100);
  EXPECT_EQ(taken(buckets, "a", t0), 10);
  EXPECT_EQ(taken(buckets, "b", t0), 10);
  EXPECT_EQ(taken(buckets, "a", t0 + 300ms), 3);
  EXPECT_EQ(taken(buckets, "a", t0 + 60s), 10);
}

TEST(TokenBuckets, give_less_than_one_a_second) {
  TokenBuckets buckets(0.5, 100);
  EXPECT_EQ(taken(buckets, "a", t0), 1);
  EXPECT_EQ(taken(buckets, "a", t0 + 1s), 0);
  EXPECT_EQ(taken(buckets, "a", t0 + 3s), 1);
}

TEST(TokenBuckets, lend_to_several_at_once) {
  TokenBuckets buckets(10, 100);
  EXPECT_TRUE(buckets.take("a", t0, 25));
  EXPECT_FALSE(buckets.take("a", t0 + 1500ms));
  EXPECT_TRUE(buckets.take("a", t0 + 1700ms));
}

TEST(TokenBuckets, do_not_limit_where_there_is_no_limit) {
  TokenBuckets buckets(0, 100);
  EXPECT_EQ(taken(buckets, "a", t0), 100);
  EXPECT_EQ(buckets.size(), 0u);
}

TEST(TokenBuckets, do_not_grow_with_those_who_come) {
  TokenBuckets buckets(1, 10);
  int count = 0;
  for (int i = 0; i < 1000; ++i) count += taken(buckets, str("peer ", i), t0, 1);
  EXPECT_EQ(buckets.size(), 11u);
  EXPECT_EQ(count, 11);  // ten of their own, and one that the rest share
  EXPECT_TRUE(buckets.take("late", t0 + 5s));
  EXPECT_EQ(buckets.size(), 1u);  // the others were full again
}

}  // namespace
}  // namespace rocketmq::net
