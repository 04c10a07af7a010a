#include "broker-lite/filter/sql_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rocketmq::broker {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(ParseJavaDouble, reads_what_java_reads) {
  EXPECT_EQ(parse_java_double("1"), 1.0);
  EXPECT_EQ(parse_java_double(" +1.5e3 \t"), 1500.0);
  EXPECT_EQ(parse_java_double("-.5"), -0.5);
  EXPECT_EQ(parse_java_double("5."), 5.0);
  EXPECT_EQ(parse_java_double("5f"), 5.0);
  EXPECT_EQ(parse_java_double("5.5D"), 5.5);
  EXPECT_EQ(parse_java_double("0x1p3"), 8.0);
  EXPECT_EQ(parse_java_double("0X.8P1"), 1.0);
  EXPECT_EQ(parse_java_double("0x1p3d"), 8.0);
  EXPECT_EQ(parse_java_double("-Infinity"), -infinity);
  EXPECT_TRUE(std::isnan(*parse_java_double("NaN")));
}

TEST(ParseJavaDouble, refuses_what_java_refuses) {
  for (const auto* text :
       {"",         " ",    "+",    ".",  "e5",  "1e", "1e+", "1_0", "1,5", "inf", "nan",
        "infinity", "0x10", "0xp1", "0x", "1ff", "f",  "--1", "+-1", "1 2", "1L"}) {
    EXPECT_FALSE(parse_java_double(text)) << text;
  }
}

TEST(ParseJavaDouble, goes_to_the_ends_of_the_range) {
  EXPECT_EQ(parse_java_double("1e400"), infinity);
  EXPECT_EQ(parse_java_double("-1e400"), -infinity);
  EXPECT_EQ(parse_java_double("1e99999999999999999999"), infinity);
  EXPECT_EQ(parse_java_double("1e-99999999999999999999"), 0.0);
  EXPECT_EQ(parse_java_double("1" + std::string(400, '0')), infinity);
  EXPECT_EQ(parse_java_double("0." + std::string(400, '0') + "1"), 0.0);
  EXPECT_EQ(parse_java_double("0x1p5000"), infinity);
  EXPECT_EQ(parse_java_double("0x1p-5000"), 0.0);
  EXPECT_EQ(parse_java_double("4.9e-324"), std::numeric_limits<double>::denorm_min());
}

TEST(CompareSqlValues, reads_a_text_as_what_it_is_compared_with) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(compare("5"sv, 5), std::strong_ordering::equal);
  EXPECT_EQ(compare(5, "+5"sv), std::strong_ordering::equal);
  EXPECT_EQ(compare("5.5"sv, 5), std::nullopt);
  EXPECT_EQ(compare("+-5"sv, 5), std::nullopt);
  EXPECT_EQ(compare("5.5"sv, 5.5), std::strong_ordering::equal);
  EXPECT_EQ(compare("TRUE"sv, true), std::strong_ordering::equal);
  EXPECT_EQ(compare(true, "TRUE"sv), std::nullopt);
}

TEST(CompareSqlValues, takes_the_wider_kind_of_numbers) {
  EXPECT_EQ(compare(5, std::int64_t{3'000'000'000}), std::strong_ordering::less);
  EXPECT_EQ(compare(std::int64_t{3'000'000'000}, 5.5), std::strong_ordering::greater);
  EXPECT_EQ(compare(5, 5.0), std::strong_ordering::equal);
  EXPECT_EQ(compare(5, true), std::strong_ordering::less);
  EXPECT_EQ(compare(true, 5), std::strong_ordering::less);
}

TEST(CompareSqlValues, orders_doubles_as_java_does) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(compare(nan, nan), std::strong_ordering::equal);
  EXPECT_EQ(compare(nan, infinity), std::strong_ordering::greater);
  EXPECT_EQ(compare(-0.0, 0.0), std::strong_ordering::less);
}

}  // namespace
}  // namespace rocketmq::broker
