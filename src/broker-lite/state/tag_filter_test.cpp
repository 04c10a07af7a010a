#include "broker-lite/state/tag_filter.h"

#include <gmock/gmock.h>

#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TagFilter, is_empty_for_everything) {
  EXPECT_THAT(*parse_tags("*"), IsEmpty());
  EXPECT_THAT(*parse_tags(""), IsEmpty());
}

TEST(TagFilter, holds_the_java_hash_of_each_tag) {
  EXPECT_THAT(*parse_tags("TagA"), ElementsAre(2598919));
  EXPECT_THAT(*parse_tags("TagA || TagB||TagC"), ElementsAre(2598919, 2598920, 2598921));
  EXPECT_THAT(*parse_tags(" TagA ||"), ElementsAre(2598919));
  EXPECT_THAT(*parse_tags("a|b"), ElementsAre(protocol::java_hash("a|b")));
}

TEST(TagFilter, refuses_bars_without_tags) {
  for (const char* expression : {"||", " || ", "   "}) {
    const auto codes = parse_tags(expression);
    ASSERT_FALSE(codes) << expression;
    EXPECT_EQ(codes.error().code, ResponseCode::subscription_parse_failed);
  }
}

TEST(TagFilter, takes_a_heartbeats_codes_or_makes_them_from_its_text) {
  protocol::SubscriptionData subscription;
  subscription.sub_string = "*";
  subscription.code_set = {7};
  EXPECT_THAT(tags_codes_of(subscription), IsEmpty());
  subscription.sub_string = "x";
  EXPECT_THAT(tags_codes_of(subscription), ElementsAre(7));
  subscription.code_set.clear();
  EXPECT_THAT(tags_codes_of(subscription), ElementsAre(120));
}

}  // namespace
}  // namespace rocketmq::broker
