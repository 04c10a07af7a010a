#include "protocol/ack_bits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

// wire-protocol.md section 9, made by stock Java.
TEST(AckBits, are_those_of_a_java_bit_set) {
  const std::uint32_t indexes[] = {9, 0};
  EXPECT_EQ(encode_ack_bits(indexes), "AQI=");
  EXPECT_THAT(decode_ack_bits("AQI="), Optional(ElementsAre(0u, 9u)));
}

TEST(AckBits, reach_from_none_to_the_largest) {
  EXPECT_EQ(encode_ack_bits({}), "");
  EXPECT_THAT(decode_ack_bits(""), Optional(IsEmpty()));
  const std::uint32_t indexes[] = {7, ack_bits_max - 1};
  EXPECT_THAT(decode_ack_bits(encode_ack_bits(indexes)),
              Optional(ElementsAre(7u, ack_bits_max - 1)));
}

TEST(AckBits, refuse_what_is_none) {
  EXPECT_FALSE(decode_ack_bits("AQI"));
  EXPECT_FALSE(decode_ack_bits("%"));
  const std::string too_long(ack_bits_max / 8 / 3 * 4 + 8, 'A');
  EXPECT_FALSE(decode_ack_bits(too_long.substr(0, too_long.size() / 4 * 4)));
}

}  // namespace
}  // namespace rocketmq::protocol
