#include "protocol/message_id.h"

#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

const Host v4 = parse_host("10.0.0.1:10911").value();
const Host v6 = parse_host("[fd00::2]:10911").value();

TEST(OffsetMessageId, is_the_text_stock_makes) {
  EXPECT_EQ(to_string(OffsetMessageId{v4, 1024}), "0A00000100002A9F0000000000000400");
}

TEST(OffsetMessageId, is_read_back_with_both_kinds_of_host) {
  for (const Host& host : {v4, v6}) {
    const OffsetMessageId id{host, 0x7edcba9876543210};
    EXPECT_EQ(parse_offset_message_id(to_string(id)).value(), id);
  }
  EXPECT_EQ(parse_offset_message_id("0a00000100002a9f0000000000000400")->physical_offset, 1024);
}

TEST(OffsetMessageId, is_refused_with_another_length_or_other_characters) {
  for (const char* text :
       {"", "0A", "0A00000100002A9F000000000000040", "0A00000100002A9F000000000000040G",
        "0A00000100002A9F00000000000004000"}) {
    EXPECT_EQ(parse_offset_message_id(text).error().code, Errc::invalid_argument) << text;
  }
}

TEST(UniqueKeyGenerator, writes_host_process_time_and_counter) {
  constexpr std::int64_t now = 1700000000000;
  UniqueKeyGenerator keys(v6, 0xABC20A4, 0x30946E09);
  const std::string key = keys.next(now);
  ASSERT_EQ(key.size(), 56U);
  EXPECT_EQ(key.substr(0, 44), "FD00000000000000000000000000000220A430946E09");
  EXPECT_EQ(std::stoll(key.substr(44, 8), nullptr, 16), now - month_start_ms(now));
  EXPECT_EQ(key.substr(52), "0000");
  EXPECT_EQ(keys.next(now).substr(52), "0001");
  EXPECT_EQ(UniqueKeyGenerator(v4, 1, 2).next(now).size(), 32U);
}

TEST(UniqueKeyGenerator, counts_on_from_zero_after_65536_keys) {
  UniqueKeyGenerator keys(v4, 1, 2);
  const std::string first = keys.next(1700000000000);
  for (int i = 1; i < 65536; ++i) EXPECT_NE(keys.next(1700000000000), first);
  EXPECT_EQ(keys.next(1700000000000), first);
}

TEST(UniqueKeyGenerator, starts_again_with_every_month) {
  constexpr std::int64_t day_ms = 86'400'000;
  const std::int64_t march = month_start_ms(1700000000000 + 120 * day_ms);
  UniqueKeyGenerator keys(v4, 1, 2);
  EXPECT_NE(keys.next(march - 1).substr(20, 8), "00000000");
  EXPECT_EQ(keys.next(march).substr(20, 8), "00000000");
  EXPECT_EQ(keys.next(march + 1).substr(20, 8), "00000001");
  EXPECT_EQ(keys.next(march - 5).substr(20, 8), "00000000") << "a clock set back a little";
}

}  // namespace
}  // namespace rocketmq::protocol
