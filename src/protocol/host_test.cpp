#include "protocol/host.h"

#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

TEST(Host, is_written_and_read_as_address_and_port) {
  for (const char* text : {"10.0.0.9:5555", "0.0.0.0:0", "[fd00::2]:10911", "[::1]:65535"}) {
    const auto host = parse_host(text);
    ASSERT_TRUE(host) << text;
    EXPECT_EQ(to_string(*host), text);
  }
  EXPECT_EQ(parse_host("10.0.0.9:5555").value(), make_host({"\x0a\0\0\x09", 4}, 5555));
  EXPECT_TRUE(parse_host("[::1]:1")->is_v6());
}

TEST(Host, is_refused_unless_it_is_a_literal_address_with_a_port) {
  for (const char* text : {"", ":", "1.2.3.4", "1.2.3.4:", "1.2.3:1", "a.b:1", "1.2.3.4:65536",
                           "1.2.3.4:-1", "1.2.3.4:1x", "::1:1", "[::1]", "[1.2.3.4]:1", "[]:1"}) {
    const auto host = parse_host(text);
    ASSERT_FALSE(host) << text;
    EXPECT_EQ(host.error().code, Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace rocketmq::protocol
