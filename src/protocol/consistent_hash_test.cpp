#include "protocol/consistent_hash.h"

#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

// The test suite of RFC 1321.
TEST(ConsistentHash, is_the_first_four_bytes_of_md5) {
  EXPECT_EQ(consistent_hash(""), 0xd41d8cd9u);
  EXPECT_EQ(consistent_hash("a"), 0x0cc175b9u);
  EXPECT_EQ(consistent_hash("abc"), 0x90015098u);
  EXPECT_EQ(consistent_hash("message digest"), 0xf96b697du);
}

}  // namespace
}  // namespace rocketmq::protocol
