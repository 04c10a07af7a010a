#include "net/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rocketmq::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Address, is_a_host_and_a_port) {
  EXPECT_EQ(parse_address("broker-a:10911").value(), (Address{"broker-a", 10911}));
  EXPECT_EQ(parse_address("10.0.0.9:0").value(), (Address{"10.0.0.9", 0}));
  EXPECT_EQ(parse_address("[fd00::2]:65535").value(), (Address{"fd00::2", 65535}));
}

TEST(Address, is_written_as_it_was_read) {
  for (const std::string text : {"broker-a:10911", "10.0.0.9:1", "[::1]:9876"}) {
    EXPECT_EQ(to_string(parse_address(text).value()), text);
  }
}

TEST(Address, is_refused_when_it_is_not_clear) {
  for (const std::string text :
       {"", ":", "host", "host:", ":9876", "host:65536", "host:-1", "host:9a", "host: 1",
        "::1:9876", "[::1]", "[]:1", "[::1:9876", "a b:1"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, Errc::invalid_argument);
    EXPECT_THAT(address.error().message, HasSubstr("\"" + text + "\""));
  }
}

TEST(AddressList, is_separated_by_semicolons_and_tolerates_commas_and_blanks) {
  const Address a{"a", 1}, b{"b", 2}, c{"::1", 3};
  EXPECT_THAT(parse_address_list("a:1").value(), ElementsAre(a));
  EXPECT_THAT(parse_address_list("a:1;b:2").value(), ElementsAre(a, b));
  EXPECT_THAT(parse_address_list(" a:1 ,b:2;;[::1]:3; ").value(), ElementsAre(a, b, c));
}

TEST(AddressList, fails_when_empty_or_when_one_of_it_is_bad) {
  EXPECT_FALSE(parse_address_list(""));
  EXPECT_FALSE(parse_address_list(" ; ,"));
  EXPECT_FALSE(parse_address_list("a:1;b"));
}

}  // namespace
}  // namespace rocketmq::net
