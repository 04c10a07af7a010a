#include "broker-lite/local_address.h"

#include <gmock/gmock.h>

namespace rocketmq::broker {
namespace {

TEST(LocalAddress, is_a_literal_and_no_wildcard) {
  const std::string address = local_address();
  EXPECT_FALSE(is_wildcard(address));
  EXPECT_TRUE(protocol::parse_host(address + ":1")) << address;
}

TEST(LocalAddress, knows_what_cannot_be_connected_to) {
  EXPECT_TRUE(is_wildcard("0.0.0.0"));
  EXPECT_TRUE(is_wildcard("::"));
  EXPECT_FALSE(is_wildcard("127.0.0.1"));
}

TEST(LocalAddress, resolves_literals_and_names) {
  EXPECT_EQ(to_string(*resolve("10.0.0.9", 10911)), "10.0.0.9:10911");
  EXPECT_EQ(to_string(*resolve("::1", 10911)), "[::1]:10911");
  EXPECT_EQ(to_string(*resolve("localhost", 1)), "127.0.0.1:1");
  EXPECT_FALSE(resolve("no such host", 1));
}

}  // namespace
}  // namespace rocketmq::broker
