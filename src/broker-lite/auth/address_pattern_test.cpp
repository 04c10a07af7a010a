#include "broker-lite/auth/address_pattern.h"

#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

bool matches(std::string_view pattern, std::string_view ip) {
  const auto parsed = AddressPattern::parse(pattern);
  EXPECT_TRUE(parsed) << pattern << ": " << parsed.error().message;
  return parsed && parsed->matches(ip);
}

TEST(AddressPattern, of_nothing_means_nobody) {
  EXPECT_FALSE(matches("", "10.0.0.1"));
  EXPECT_FALSE(matches("  ", "10.0.0.1"));
}

TEST(AddressPattern, of_stars_means_everybody) {
  for (const char* pattern : {"*", "*.*.*.*", "*:*:*:*:*:*:*:*"}) {
    EXPECT_TRUE(matches(pattern, "10.0.0.1")) << pattern;
    EXPECT_TRUE(matches(pattern, "fd00::1")) << pattern;
  }
}

TEST(AddressPattern, may_be_one_address_however_it_is_written) {
  EXPECT_TRUE(matches("10.0.0.1", "10.0.0.1"));
  EXPECT_FALSE(matches("10.0.0.1", "10.0.0.10"));
  EXPECT_FALSE(matches("10.0.0.1", "::1"));
  EXPECT_TRUE(matches("FD00::2", "fd00:0:0:0:0:0:0:2"));
  EXPECT_FALSE(matches("fd00::2", "fd00::20"));
}

TEST(AddressPattern, may_be_a_list) {
  for (const char* pattern : {"10.0.0.1,10.0.0.3", "10.0.0.{1,3}"}) {
    EXPECT_TRUE(matches(pattern, "10.0.0.1")) << pattern;
    EXPECT_FALSE(matches(pattern, "10.0.0.2")) << pattern;
    EXPECT_TRUE(matches(pattern, "10.0.0.3")) << pattern;
  }
  EXPECT_TRUE(matches("fd00::{1,a}", "fd00::a"));
  EXPECT_FALSE(matches("fd00::{1,a}", "fd00::b"));
}

TEST(AddressPattern, may_be_a_range) {
  EXPECT_TRUE(matches("10.0.0.*", "10.0.0.200"));
  EXPECT_FALSE(matches("10.0.0.*", "10.0.1.200"));
  EXPECT_TRUE(matches("10.0.*.*", "10.0.9.9"));
  EXPECT_TRUE(matches("10.*.*.*", "10.9.9.9"));
  EXPECT_FALSE(matches("10.*.*.*", "11.9.9.9"));
  EXPECT_TRUE(matches("10.0.0.5-9", "10.0.0.9"));
  EXPECT_FALSE(matches("10.0.0.5-9", "10.0.0.10"));
  EXPECT_TRUE(matches("10.0.5-9.*", "10.0.6.1"));
  EXPECT_FALSE(matches("10.0.5-9.*", "10.0.4.1"));
  EXPECT_TRUE(matches("10.0.*.7", "10.0.1.8")) << "what follows the range does not count in Java";
  EXPECT_FALSE(matches("10.0.0.*", "fd00::1"));
}

TEST(AddressPattern, may_be_a_range_of_ipv6) {
  EXPECT_TRUE(matches("fd00::*", "fd00::ffff"));
  EXPECT_FALSE(matches("fd00::*", "fd00::1:0"));
  EXPECT_TRUE(matches("fd00::1-ff", "fd00::a0"));
  EXPECT_FALSE(matches("fd00::1-ff", "fd00::100"));
  EXPECT_TRUE(matches("fd00::1-ff:*", "fd00::2:9999"));
  EXPECT_FALSE(matches("fd00::1-ff:*", "fd00::100:1"));
  EXPECT_FALSE(matches("fd00::*", "10.0.0.1"));
}

TEST(AddressPattern, is_refused_where_it_means_nothing) {
  for (const char* pattern :
       {"10.0.0", "10.0.0.256", "*.0.0.1", "10.0.0.9-5", "10.0.0.1-256", "10.*", "10.0.0.-5",
        "10.0.0.{}", "10.0.0{1,2}", "10.0.0.{1,256}", "host", "10.0.0.1,host", "fd00::1-",
        "fd00::g", "fd00::*:1", "-", "10.0.0.1/8"}) {
    EXPECT_FALSE(AddressPattern::parse(pattern)) << pattern;
  }
}

}  // namespace
}  // namespace rocketmq::broker
