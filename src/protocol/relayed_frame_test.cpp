#include "protocol/relayed_frame.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "protocol/bytes.h"
#include "protocol/frame.h"

namespace rocketmq::protocol {
namespace {

std::string content_of(std::string_view header, std::string_view body = {}) {
  std::string words(4, '\0');
  store_big(words.data(), static_cast<std::uint32_t>(header.size()));
  return words.append(header).append(body);
}

// The content of the frame it is passed on in.
std::optional<std::string> relayed(std::string content, std::int32_t opaque) {
  const std::string header(header_of(content, {}));
  Command command;
  EXPECT_TRUE(decode_command(content, command));
  Buffer out;
  if (!append_relayed(out, command, header, opaque)) {
    EXPECT_TRUE(out.empty());
    return std::nullopt;
  }
  const auto frame = next_frame({out.data(), out.size()});
  EXPECT_TRUE(frame && *frame && (*frame)->bytes == out.size());
  return std::string((*frame)->content.data(), (*frame)->content.size());
}

std::string binary_frame_content(std::int32_t opaque) {
  Command command;
  command.code = 310;
  command.opaque = opaque;
  command.codec = HeaderCodec::rocketmq;
  command.remark = "r";
  command.fields = {{"b", "T"}, {"i", "k\1v\2"}};
  command.body = "body";
  Buffer out;
  encode_command(out, command);
  return std::string(out.view().substr(4));
}

TEST(RelayedFrame, has_every_byte_of_the_json_header_but_the_id) {
  const std::string before =
      R"({ "version":479,"opaque": 7 ,"extFields":{"i":"k\u0001v\/","x":1},)";
  const std::string behind =
      R"("code":310,"flag":0,"language":"JAVA","serializeTypeCurrentRPC":"JSON"})";
  EXPECT_EQ(
      relayed(content_of(before + behind, "body"), -2147483648),
      content_of(R"({ "version":479,"opaque": -2147483648 ,"extFields":{"i":"k\u0001v\/","x":1},)" +
                     behind,
                 "body"));
}

TEST(RelayedFrame, has_every_byte_of_a_header_in_the_usual_order) {
  const std::string before =
      R"({"code":310,"extFields":{"a":"g"},"flag":0,"language":"JAVA","opaque":)";
  const std::string behind = R"(,"remark":"r","serializeTypeCurrentRPC":"JSON","version":479})";
  EXPECT_EQ(relayed(content_of(before + "7" + behind), 12), content_of(before + "12" + behind));
}

TEST(RelayedFrame, has_every_byte_of_the_binary_header_but_the_id) {
  EXPECT_EQ(relayed(binary_frame_content(7), 123456), binary_frame_content(123456));
}

TEST(RelayedFrame, is_decoded_to_the_same_with_the_new_id) {
  std::string content =
      *relayed(content_of(R"({"code":11,"opaque":"12","extFields":{"opaque":"5"}})"), 99);
  Command command;
  ASSERT_TRUE(decode_command(content, command));
  EXPECT_EQ(command.opaque, 99);
  EXPECT_EQ(command.fields, (Fields{{"opaque", "5"}}));
}

// What another reader may take for something else than we did is written anew.
TEST(RelayedFrame, is_refused_where_the_header_can_be_read_in_two_ways) {
  EXPECT_FALSE(relayed(content_of(R"({"code":11,"CODE":25,"opaque":1})"), 2));
  EXPECT_FALSE(relayed(content_of(R"({"code":11,"opaque":1,"code":11})"), 2));
  EXPECT_FALSE(relayed(content_of(R"({"code":11,"opaque":1,"extFields":{},"extFields":{}})"), 2));
  EXPECT_FALSE(relayed(
      content_of(
          R"({"code":1,"extFields":{},"flag":0,"language":"CPP","opaque":1,"remark":"","opaque":2})"),
      2));
  EXPECT_FALSE(relayed(content_of(R"({"code":11})"), 2));  // nowhere to put the id
  EXPECT_TRUE(relayed(content_of(R"({"code":11,"opaque":1})"), 2));
}

TEST(RelayedFrame, is_refused_where_the_header_was_not_kept) {
  std::string content = content_of(R"({"code":11,"opaque":1})");
  Command command;
  ASSERT_TRUE(decode_command(content, command));
  Buffer out;
  EXPECT_FALSE(append_relayed(out, command, {}, 2));
  EXPECT_TRUE(out.empty());
}

TEST(RelayedFrame, keeps_no_header_that_will_not_be_decoded) {
  const std::string content = content_of("{}");
  EXPECT_EQ(header_of(content, {}), "{}");
  EXPECT_EQ(header_of(content, {.header_bytes_max = 1}), "");
  EXPECT_EQ(header_of(std::string_view(content).substr(0, 5), {}), "");
  EXPECT_EQ(header_of(std::string_view("abc"), {}), "");
}

}  // namespace
}  // namespace rocketmq::protocol
