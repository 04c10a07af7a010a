#include "protocol/access/ip_range.h"

#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

TEST(IpRange, is_one_address_or_those_with_the_same_first_bits) {
  EXPECT_TRUE(is_in("10.0.0.1", "10.0.0.1"));
  EXPECT_FALSE(is_in("10.0.0.1", "10.0.0.2"));
  EXPECT_TRUE(is_in("10.0.0.0/8", "10.255.3.4"));
  EXPECT_FALSE(is_in("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(is_in("10.0.0.128/25", "10.0.0.129"));
  EXPECT_FALSE(is_in("10.0.0.128/25", "10.0.0.127"));
  EXPECT_TRUE(is_in("0.0.0.0/0", "1.2.3.4"));
  EXPECT_TRUE(is_in("fd00::/16", "fd00::2"));
  EXPECT_FALSE(is_in("fd00::/16", "fe00::2"));
  EXPECT_FALSE(is_in("0.0.0.0/0", "fd00::2"));
}

TEST(IpRange, is_nothing_else) {
  for (const char* text : {"", "10.0.0", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/x", "a.b.c.d",
                           "fd00::/129", "10.0.0.1 "}) {
    EXPECT_FALSE(is_ip_range(text)) << text;
    EXPECT_FALSE(is_in(text, "10.0.0.1")) << text;
  }
}

}  // namespace
}  // namespace rocketmq::protocol
