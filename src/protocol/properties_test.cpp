#include "protocol/properties.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace rocketmq::protocol {
namespace {

using namespace std::string_view_literals;

std::vector<Property> all(std::string_view text) {
  const PropertyRange range(text);
  return {range.begin(), range.end()};
}

TEST(Properties, are_read_as_stock_reads_them) {
  EXPECT_THAT(all("a\1"
                  "1\2b\1\2c\1xy\2d\1"
                  "2"),
              testing::ElementsAre(Property{"a", "1"}, Property{"c", "xy"}, Property{"d", "2"}));
}

TEST(Properties, leave_out_what_has_no_name_value_or_separator) {
  EXPECT_THAT(all(""), testing::IsEmpty());
  EXPECT_THAT(all("\2\2\1\2a\2\1b\2ab\1\2abc\2"), testing::IsEmpty());
}

TEST(Properties, split_at_the_first_separator_of_an_entry) {
  EXPECT_THAT(all("a\1b\1c\2"), testing::ElementsAre(Property{"a", "b\1c"}));
  EXPECT_EQ(find_property("a\1b\1c\2", "a"), "b\1c");
}

TEST(Properties, are_read_whatever_their_sizes) {
  for (std::size_t size = 1; size < 50; ++size) {
    const std::string name(size, 'n');
    const std::string value(50 - size, 'v');
    const std::string text = encode_properties({{name, "1"}, {"a", value}, {name, value}});
    EXPECT_THAT(all(text), testing::ElementsAre(Property{name, "1"}, Property{"a", value},
                                                Property{name, value}));
    EXPECT_THAT(all(text.substr(0, text.size() - 1)), testing::SizeIs(3));
  }
}

TEST(Properties, are_found_by_their_whole_name) {
  const std::string_view text = "KEYS2\1no\2XKEYS\1no\2KEYS\1k1 k2\2TAGS\1t";
  EXPECT_EQ(find_property(text, property::keys), "k1 k2");
  EXPECT_EQ(find_property(text, property::tags), "t");
  EXPECT_EQ(find_property(text, property::cluster), std::nullopt);
  EXPECT_EQ(find_property("TAGS\1\2", property::tags), std::nullopt) << "empty is absent";
  EXPECT_EQ(find_property("TAGS", property::tags), std::nullopt);
}

TEST(Properties, the_later_of_two_values_counts) {
  EXPECT_EQ(find_property("a\1"
                          "1\2a\1"
                          "2\2",
                          "a"),
            "2");
}

TEST(Properties, are_appended_behind_an_unfinished_entry) {
  std::string text =
      "a\1"
      "1";
  append_property(text, "b", "2");
  EXPECT_EQ(text,
            "a\1"
            "1\2b\1"
            "2\2");
  EXPECT_EQ(encode_properties({{"x", "1"}, {"y", "2"}}),
            "x\1"
            "1\2y\1"
            "2\2");
}

TEST(Properties, are_erased_wherever_they_stand) {
  std::string text =
      "a\1"
      "1\2b\1"
      "2\2a\1"
      "3\2c\1"
      "4\2a\1"
      "5";
  erase_property(text, "a");
  EXPECT_EQ(text,
            "b\1"
            "2\2c\1"
            "4\2");
}

TEST(Properties, refuse_separators_inside_names_and_values) {
  EXPECT_TRUE(is_property_text("any text"));
  EXPECT_TRUE(is_property_text("\0"sv));
  EXPECT_FALSE(is_property_text(""));
  EXPECT_FALSE(is_property_text("a\1"));
  EXPECT_FALSE(is_property_text("\2"));
}

TEST(Properties, the_crc_is_written_lowest_digit_first) {
  std::string text;
  append_crc_property(text, 123);
  EXPECT_EQ(text,
            "__CRC32#\1"
            "3210000000\2");
}

TEST(JavaHash, is_that_of_the_utf16_units) {
  EXPECT_EQ(java_hash(""), 0);
  EXPECT_EQ(java_hash("TagA"), 2598919);
  EXPECT_EQ(java_hash("标签"), 857175);
  EXPECT_EQ(java_hash("😀"), 31 * 0xD83D + 0xDE00);
  EXPECT_LT(java_hash("a longer text"), 0x7fffffff);
  EXPECT_EQ(java_hash("orders#C0A8000100002A9F"), -106211905);
  EXPECT_EQ(java_hash("orders 标签 orders"), -1940888749);
}

TEST(JavaHash, takes_damaged_utf8_for_replacement_characters) {
  EXPECT_EQ(java_hash("\xff"), 0xFFFD);
  EXPECT_EQ(java_hash("\xe6\xa0"), 31 * 0xFFFD + 0xFFFD);
  EXPECT_EQ(java_hash("\xed\xa0\x80"), java_hash("\xff\xff\xff")) << "a lone surrogate";
}

TEST(TagsCode, is_the_sign_extended_hash_or_zero) {
  EXPECT_EQ(tags_code("TAGS\1TagA\2"), 2598919);
  EXPECT_EQ(tags_code("KEYS\1TagA\2"), 0);
  EXPECT_EQ(tags_code("TAGS\1zzzzzzzz\2"), java_hash("zzzzzzzz"));
}

}  // namespace
}  // namespace rocketmq::protocol
