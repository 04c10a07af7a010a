#include "broker-lite/filter/sql_filter.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/properties.h"

// The language itself is proven by answers of the stock filter:
// compat-tests/golden/filter_test.cpp.

namespace rocketmq::broker {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

Result<SqlFilter> compile(std::string_view expression) {
  return SqlFilter::compile(expression, SqlLimits());
}

const std::string red = protocol::encode_properties({{"colour", "red"}, {"size", "5"}});

TEST(SqlFilter, matches_only_what_is_true) {
  EXPECT_TRUE(compile("colour = 'red' AND size BETWEEN 4 AND 6")->matches(red));
  EXPECT_FALSE(compile("colour = 'blue'")->matches(red));
  EXPECT_FALSE(compile("weight > 1")->matches(red)) << "unknown";
  EXPECT_FALSE(compile("NOT (weight > 1)")->matches(red)) << "unknown as well";
  EXPECT_FALSE(compile("size = 5 AND colour > 1")->matches(red)) << "cannot be evaluated";
  EXPECT_FALSE(compile("colour > 1 OR size = 5")->matches(red)) << "cannot be evaluated";
}

TEST(SqlFilter, sees_the_later_one_of_two_values) {
  std::string properties = red;
  protocol::append_property(properties, "size", "7");
  EXPECT_TRUE(compile("size = 7")->matches(properties));
}

TEST(SqlFilter, a_message_without_properties_has_no_value) {
  EXPECT_TRUE(compile("colour IS NULL")->matches(""));
}

TEST(SqlFilter, says_what_is_wrong_and_where) {
  const auto filter = compile("size BETWEEN 4 , 6");
  ASSERT_FALSE(filter);
  EXPECT_EQ(filter.error().code, ResponseCode::subscription_parse_failed);
  EXPECT_EQ(filter.error().message, "SQL92 expression, before position 16: AND is expected");
}

TEST(SqlFilter, takes_long_chains) {
  const std::string chain = "size = 5" + repeated(" AND size = 5", 4000);
  ASSERT_TRUE(compile(chain));
  EXPECT_TRUE(compile(chain)->matches(red));
  EXPECT_TRUE(compile("size = 6" + repeated(" OR size = 6", 4000) + " OR size = 5")->matches(red));
}

TEST(SqlFilter, refuses_what_is_too_long) {
  const auto filter = SqlFilter::compile("size = 5", {.length_max = 7});
  ASSERT_FALSE(filter);
  EXPECT_EQ(filter.error().message, "SQL92 expression: longer than 7 bytes");
}

TEST(SqlFilter, refuses_what_is_too_deep) {
  const SqlLimits limits{.depth_max = 10};
  const auto is_taken = [&](const std::string& text) {
    return SqlFilter::compile(text, limits).has_value();
  };
  EXPECT_TRUE(is_taken(repeated("(", 10) + "TRUE" + repeated(")", 10)));
  EXPECT_FALSE(is_taken(repeated("(", 11) + "TRUE" + repeated(")", 11)));
  EXPECT_TRUE(is_taken(repeated("NOT ", 9) + "TRUE"));
  EXPECT_FALSE(is_taken(repeated("NOT ", 10) + "TRUE"));
  EXPECT_FALSE(is_taken(repeated("+", 11) + "size = 1"));
  EXPECT_TRUE(is_taken("size" + repeated(" = 1", 9)));
  EXPECT_FALSE(is_taken("size" + repeated(" = 1", 10)));
  EXPECT_FALSE(is_taken("size" + repeated(" IS NULL", 10)));
  EXPECT_FALSE(is_taken("size" + repeated(" CONTAINS 'a'", 10)));
}

TEST(SqlFilter, default_limits_keep_the_stack_small) {
  EXPECT_FALSE(compile(repeated("(", 60'000)));
  EXPECT_FALSE(compile(repeated("-", 60'000)));
  EXPECT_FALSE(compile(repeated("NOT ", 15'000)));
}

}  // namespace
}  // namespace rocketmq::broker
