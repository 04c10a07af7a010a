#include "client/tag_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/properties.h"

namespace rocketmq::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

protocol::SubscriptionData subscription(std::string_view expression) {
  return tag_subscription("T", expression, 17).value();
}

TEST(TagSubscription, of_a_star_or_of_nothing_is_everything) {
  for (const char* expression : {"*", "", "  "}) {
    const auto everything = subscription(expression);
    EXPECT_EQ(everything.sub_string, "*");
    EXPECT_THAT(everything.tags_set, IsEmpty());
    EXPECT_THAT(everything.code_set, IsEmpty());
  }
}

TEST(TagSubscription, lists_each_tag_once_with_its_java_hash) {
  const auto some = subscription(" created||paid || created || ");
  EXPECT_EQ(some.topic, "T");
  EXPECT_EQ(some.sub_version, 17);
  EXPECT_EQ(some.expression_type, "TAG");
  EXPECT_EQ(some.sub_string, "created||paid || created ||");
  EXPECT_THAT(some.tags_set, ElementsAre("created", "paid"));
  EXPECT_THAT(some.code_set,
              ElementsAre(protocol::java_hash("created"), protocol::java_hash("paid")));
}

TEST(TagSubscription, refuses_an_expression_without_a_tag) {
  const auto refused = tag_subscription("T", " || ", 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
}

TEST(WantsTag, takes_everything_for_a_star_even_without_a_tag) {
  EXPECT_TRUE(wants_tag(subscription("*"), "created"));
  EXPECT_TRUE(wants_tag(subscription("*"), ""));
}

TEST(WantsTag, refuses_a_tag_that_only_shares_the_hash) {
  ASSERT_EQ(protocol::java_hash("AaAa"), protocol::java_hash("BBBB"));
  EXPECT_TRUE(wants_tag(subscription("AaAa || x"), "AaAa"));
  EXPECT_FALSE(wants_tag(subscription("AaAa || x"), "BBBB"));
}

TEST(WantsTag, refuses_a_message_without_a_tag) { EXPECT_FALSE(wants_tag(subscription("a"), "")); }

}  // namespace
}  // namespace rocketmq::client
