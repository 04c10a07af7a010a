#include "broker-lite/state/sql_filters.h"

#include <gtest/gtest.h>

#include <string>

namespace rocketmq::broker {
namespace {

TEST(SqlFilters, compiles_an_expression_once) {
  SqlFilters filters{SqlLimits()};
  const auto first = filters.compile("a = 1");
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, *filters.compile("a = 1"));
  EXPECT_NE(*first, *filters.compile("a = 2"));
  EXPECT_EQ(filters.size(), 2U);
}

TEST(SqlFilters, remembers_what_is_wrong) {
  SqlFilters filters{SqlLimits()};
  for (int i = 0; i < 2; ++i) {
    const auto refused = filters.compile("a =");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ResponseCode::subscription_parse_failed);
  }
  EXPECT_EQ(filters.size(), 1U);
}

TEST(SqlFilters, keeps_a_limited_amount_of_text) {
  SqlFilters filters{SqlLimits()};
  const auto first = filters.compile("a = 1");
  for (int i = 0; i < 100; ++i) {
    const std::string text = "a = '" + std::string(50'000, 'x') + std::to_string(i) + "'";
    ASSERT_TRUE(filters.compile(text));
    EXPECT_LE(filters.size(), 22U);
  }
  EXPECT_TRUE(
      (*first)->matches("a\1"
                        "1\2"))
      << "who has one keeps it";
}

}  // namespace
}  // namespace rocketmq::broker
