#include "protocol/base64.h"

#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

using namespace std::string_view_literals;

TEST(Base64, gives_the_vectors_of_rfc_4648) {
  constexpr std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                       {"f", "Zg=="},
                                                                       {"fo", "Zm8="},
                                                                       {"foo", "Zm9v"},
                                                                       {"foob", "Zm9vYg=="},
                                                                       {"fooba", "Zm9vYmE="},
                                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
    EXPECT_EQ(to_base64_url(bytes), text);
    EXPECT_EQ(from_base64_url(text), bytes);
  }
}

TEST(Base64, differs_in_two_digits_between_its_forms) {
  constexpr std::string_view bytes = "\xfb\xff\xbf\0"sv;
  EXPECT_EQ(to_base64(bytes), "+/+/AA==");
  EXPECT_EQ(to_base64_url(bytes), "-_-_AA==");
  EXPECT_EQ(from_base64("+/+/AA=="), bytes);
  EXPECT_EQ(from_base64_url("-_-_AA=="), bytes);
  EXPECT_EQ(from_base64_url("-_-_AA"), bytes);
}

TEST(Base64, refuses_what_is_not_whole) {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zg===", "====", "Zg==Zg==", "Z=g=",
                                      "Zm9\n", " Zm9", "-_-_", "Zm\0v", "é9v="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  for (const std::string_view text : {"Z", "+/+/", "Zg=", "Zm9vY"}) {
    EXPECT_FALSE(from_base64_url(text)) << text;
  }
}

}  // namespace
}  // namespace rocketmq::protocol
