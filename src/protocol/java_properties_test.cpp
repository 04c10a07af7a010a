#include "protocol/java_properties.h"

#include <gmock/gmock.h>

namespace rocketmq::protocol {
namespace {

using ::testing::ElementsAre;

JavaProperties one(std::string name, std::string value) {
  return {{std::move(name), std::move(value)}};
}

TEST(JavaProperties, takes_equals_colon_or_blanks_as_the_separator) {
  EXPECT_EQ(parse_java_properties("brokerName = broker-a"), one("brokerName", "broker-a"));
  EXPECT_EQ(parse_java_properties("brokerIP1:1.2.3.4"), one("brokerIP1", "1.2.3.4"));
  EXPECT_EQ(parse_java_properties("brokerId \t 5"), one("brokerId", "5"));
  EXPECT_EQ(parse_java_properties("a = = b"), one("a", "= b"));
  EXPECT_EQ(parse_java_properties("alone"), one("alone", ""));
  EXPECT_EQ(parse_java_properties("brokerClusterName="), one("brokerClusterName", ""));
}

TEST(JavaProperties, passes_over_comments_and_empty_lines) {
  EXPECT_EQ(parse_java_properties("# c\n  ! c\r\n\n \t\r\na=1\n"), one("a", "1"));
}

TEST(JavaProperties, never_continues_a_comment) {
  EXPECT_EQ(parse_java_properties("# c \\\na=1"), one("a", "1"));
}

TEST(JavaProperties, joins_lines_that_end_in_an_odd_number_of_backslashes) {
  EXPECT_EQ(parse_java_properties("a=1;\\\n   2"), one("a", "1;2"));
  EXPECT_EQ(parse_java_properties("a=1;\\\r\n2"), one("a", "1;2"));
  EXPECT_THAT(parse_java_properties("a=1\\\\\nb=2"),
              ElementsAre(JavaProperty{"a", "1\\"}, JavaProperty{"b", "2"}));
  EXPECT_EQ(parse_java_properties("a=1\\"), one("a", "1"));
}

TEST(JavaProperties, resolves_escapes) {
  EXPECT_EQ(parse_java_properties(R"(a\=b\:c\ d=\t\n\r\f\\\x)"), one("a=b:c d", "\t\n\r\f\\x"));
  EXPECT_EQ(parse_java_properties(R"(a=\u6807\uD83D\uDE00\u0041)"), one("a", "标😀A"));
  EXPECT_EQ(parse_java_properties(R"(dir=C:\store)"), one("dir", "C:store"));
  EXPECT_EQ(parse_java_properties(R"(a=\u12)"), one("a", "u12"));
}

TEST(JavaProperties, keeps_blanks_at_the_end_of_a_value) {
  EXPECT_EQ(parse_java_properties("listenPort=10911 \n"), one("listenPort", "10911 "));
}

TEST(JavaProperties, lets_the_later_of_two_values_count) {
  EXPECT_THAT(parse_java_properties("a=1\nb=2\na=3"),
              ElementsAre(JavaProperty{"a", "3"}, JavaProperty{"b", "2"}));
}

TEST(JavaProperties, writes_what_it_reads_back) {
  for (const JavaProperty& property :
       {JavaProperty{"a", "b"}, JavaProperty{"a b", "  c\\d\n"}, JavaProperty{"#a=b:c", "=x y !"},
        JavaProperty{"empty", ""}}) {
    std::string text;
    append_java_property(text, property.name, property.value);
    EXPECT_THAT(parse_java_properties(text), ElementsAre(property)) << text;
  }
}

}  // namespace
}  // namespace rocketmq::protocol
