#include "proxy/http/lent_messages.h"

#include <gmock/gmock.h>

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const net::TimePoint t0{};

Lent lent(std::string id, net::TimePoint renew_until = t0) {
  return {.receipt = {.message_id = std::move(id)},
          .subscription = "s",
          .invisible = 60s,
          .ends = t0 + 60s,
          .renew_until = renew_until};
}

TEST(LentMessages, are_taken_once) {
  LentMessages messages;
  messages.add("r1", lent("m1"));
  EXPECT_EQ(messages.take("r1")->receipt.message_id, "m1");
  EXPECT_FALSE(messages.take("r1"));
  EXPECT_FALSE(messages.take("r2"));
}

TEST(LentMessages, are_somebody_elses_when_their_time_is_over) {
  LentMessages messages;
  messages.add("r1", lent("m1"));
  EXPECT_THAT(messages.take_expired(t0 + 59s), IsEmpty());
  EXPECT_THAT(messages.take_expired(t0 + 60s), SizeIs(1));
  EXPECT_FALSE(messages.take("r1"));
}

TEST(LentMessages, are_renewed_in_the_middle_of_their_time) {
  LentMessages messages;
  messages.add("r1", lent("m1", t0 + 100s));
  EXPECT_THAT(messages.due(t0 + 29s), IsEmpty());
  EXPECT_THAT(messages.due(t0 + 30s), SizeIs(1));
  EXPECT_THAT(messages.due(t0 + 31s), IsEmpty());  // that is under way
  messages.renewed("r1", {.message_id = "m1 renewed"}, t0 + 31s);
  EXPECT_THAT(messages.take_expired(t0 + 90s), IsEmpty());
  EXPECT_THAT(messages.due(t0 + 61s), SizeIs(1));
  messages.renewed("r1", {.message_id = "m1 again"}, t0 + 61s);
  EXPECT_THAT(messages.due(t0 + 100s), IsEmpty());  // long enough
  EXPECT_EQ(messages.take("r1")->receipt.message_id, "m1 again");
  messages.renewed("r1", {}, t0 + 62s);
  EXPECT_EQ(messages.size(), 0u);
}

TEST(LentMessages, are_not_renewed_unless_asked) {
  LentMessages messages;
  messages.add("r1", lent("m1"));
  EXPECT_THAT(messages.due(t0 + 50s), IsEmpty());
  EXPECT_THAT(messages.take_all(), SizeIs(1));
  EXPECT_EQ(messages.size(), 0u);
}

}  // namespace
}  // namespace rocketmq::gateway
