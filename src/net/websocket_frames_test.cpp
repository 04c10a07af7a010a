#include "net/websocket_frames.h"

#include <gmock/gmock.h>

#include <vector>

#include "net/testing_websocket.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using Opcode = WebSocketOpcode;
using testing::ElementsAre;
using testing::HasSubstr;

// What is read of `bytes` that come in pieces of this size; the last is what was wrong.
std::vector<std::string> read(std::string_view bytes, std::size_t piece,
                              std::size_t max = 1'000'000) {
  WebSocketReader reader(max);
  std::vector<std::string> all;
  while (!bytes.empty()) {
    std::string_view now = bytes.substr(0, piece);
    bytes.remove_prefix(now.size());
    while (!now.empty()) {
      auto got = reader.read(now);
      if (!got) {
        all.push_back(
            str(got.error().code == Errc::too_large ? "long: " : "bad: ", got.error().message));
        return all;
      }
      if (got->what != Opcode::continuation) {
        all.push_back(str(static_cast<int>(got->what), ' ', got->payload));
      }
    }
  }
  return all;
}
std::string refusal(std::string_view bytes) {
  const auto all = read(bytes, bytes.size(), 1000);
  return all.empty() ? "nothing" : all.back();
}

TEST(WebSocketFrames, agree_as_the_rfc_says) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketFrames, are_read_however_they_come) {
  const std::string middle(300, 'm');
  const std::string large(70'000, 'l');
  const std::string bytes = client_frame(Opcode::text, "hello") + client_frame(Opcode::text, "") +
                            client_frame(Opcode::ping, "p") + client_frame(Opcode::text, middle) +
                            client_frame(Opcode::binary, large);
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{3}, std::size_t{1000}, bytes.size()}) {
    EXPECT_THAT(read(bytes, piece),
                ElementsAre("1 hello", "1 ", "9 p", "1 " + middle, "2 " + large));
  }
}

TEST(WebSocketFrames, are_put_together_with_others_between_them) {
  const std::string bytes =
      client_frame(Opcode::text, "one ", false) + client_frame(Opcode::ping, "p") +
      client_frame(Opcode::continuation, "two ", false) +
      client_frame(Opcode::continuation, "three") + client_frame(Opcode::text, "next");
  EXPECT_THAT(read(bytes, 1), ElementsAre("9 p", "1 one two three", "1 next"));
}

TEST(WebSocketFrames, that_cannot_be_are_refused) {
  std::string plain = client_frame(Opcode::text, "x");
  plain[1] = 1;
  EXPECT_THAT(refusal(plain), HasSubstr("not masked"));
  std::string extended = client_frame(Opcode::text, "x");
  extended[0] = static_cast<char>(extended[0] | 0x40);
  EXPECT_THAT(refusal(extended), HasSubstr("no extension"));
  EXPECT_THAT(refusal(client_frame(static_cast<Opcode>(3), "x")), HasSubstr("opcode 3"));
  EXPECT_THAT(refusal(client_frame(Opcode::ping, std::string(126, 'x'))),
              HasSubstr("control frame"));
  EXPECT_THAT(refusal(client_frame(Opcode::ping, "x", false)), HasSubstr("control frame"));
  EXPECT_THAT(refusal(client_frame(Opcode::continuation, "x")), HasSubstr("without a beginning"));
  EXPECT_THAT(refusal(client_frame(Opcode::text, "x", false) + client_frame(Opcode::text, "y")),
              HasSubstr("within another"));
}

TEST(WebSocketFrames, of_a_long_message_are_refused_before_they_come) {
  EXPECT_EQ(refusal(client_frame(Opcode::text, std::string(1000, 'x'))).substr(0, 4), "1 xx");
  EXPECT_THAT(refusal(client_frame(Opcode::text, std::string(1001, 'x')).substr(0, 8)),
              HasSubstr("long: "));
  EXPECT_THAT(refusal(client_frame(Opcode::text, std::string(600, 'x'), false) +
                      client_frame(Opcode::continuation, std::string(401, 'x'))),
              HasSubstr("long: "));
  EXPECT_THAT(refusal("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff____"), HasSubstr("long: "));
}

TEST(WebSocketFrames, say_why_they_end) {
  const auto close =
      parse_websocket_close(websocket_close_payload({.code = 4429, .reason = "slow"}));
  ASSERT_TRUE(close);
  EXPECT_EQ(close->code, 4429);
  EXPECT_EQ(close->reason, "slow");
  EXPECT_EQ(parse_websocket_close("")->code, 1005);
  EXPECT_EQ(websocket_close_payload({.code = 1005, .reason = ""}), "");
  EXPECT_EQ(websocket_close_payload({.code = 1000, .reason = std::string(500, 'x')}).size(), 125u);
  EXPECT_FALSE(parse_websocket_close("\x03"));
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) {
    const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
    EXPECT_FALSE(parse_websocket_close(payload)) << code;
  }
}

}  // namespace
}  // namespace rocketmq::net
