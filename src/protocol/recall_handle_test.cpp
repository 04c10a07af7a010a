#include "protocol/recall_handle.h"

#include <gtest/gtest.h>

#include "protocol/base64.h"

namespace rocketmq::protocol {
namespace {

// wire-protocol.md section 9, made by stock Java.
TEST(RecallHandle, is_written_and_read_as_in_java) {
  const RecallHandle handle{"T", "b-a", 1700000001001, "7F0000010001"};
  constexpr std::string_view text = "djEgVCBiLWEgMTcwMDAwMDAwMTAwMSA3RjAwMDAwMTAwMDE=";
  EXPECT_EQ(to_string(handle), text);
  const auto parsed = parse_recall_handle(text);
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(*parsed, handle);
}

TEST(RecallHandle, refuses_what_is_none) {
  for (const std::string_view plain :
       {"", "v1", "v1 T b 5", "v1 T b 5 id more", "v2 T b 5 id", "v1 T b x id", "v1 T b  id"}) {
    const auto parsed = parse_recall_handle(to_base64_url(plain));
    ASSERT_FALSE(parsed) << plain;
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
  EXPECT_FALSE(parse_recall_handle("not Base64"));
}

}  // namespace
}  // namespace rocketmq::protocol
