#include "protocol/command.h"

#include <gtest/gtest.h>

#include "protocol/bytes.h"
#include "protocol/catalog.h"
#include "protocol/frame.h"
#include "protocol/frame_writer.h"

namespace rocketmq::protocol {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// The content of the one frame in `bytes`, decoded in place.
Result<void> decode(std::string& bytes, Command& command) {
  auto frame = next_frame(bytes);
  if (!frame) return frame.error();
  if (!*frame) return Error{Errc::bad_frame, "not whole"};
  return decode_command((*frame)->content, command);
}

std::string json_frame(std::string_view header, std::string_view body = {}) {
  std::string bytes;
  append_big(bytes, static_cast<std::int32_t>(4 + header.size() + body.size()));
  append_big(bytes, static_cast<std::int32_t>(header.size()));
  return bytes.append(header).append(body);
}

// wire-protocol.md section 9, made by stock Java.
constexpr std::string_view golden_json =
    "000000830000007f7b22636f6465223a3130352c226578744669656c6473223a7b22746f706963223a225442573130"
    "32227d2c22666c6167223a302c226c616e6775616765223a22435050222c226f7061717565223a312c227365726961"
    "6c697a655479706543757272656e74525043223a224a534f4e222c2276657273696f6e223a3437397d";
constexpr std::string_view golden_binary =
    "0000002a0100002600690101df000000010000000000000000000000110005746f7069630000000654425731303"
    "2";
constexpr std::string_view golden_binary_remark =
    "0000002d0100002800690101df0000000100000000000000026869000000110005746f70696300000006544257"
    "31303242";

TEST(Command, reads_and_writes_the_frames_of_stock_java) {
  for (const std::string_view hex : {golden_json, golden_binary}) {
    std::string bytes = from_hex(hex);
    Command command;
    ASSERT_TRUE(decode(bytes, command));
    EXPECT_EQ(command.code, 105);
    EXPECT_EQ(command.opaque, 1);
    EXPECT_EQ(command.flag, 0);
    EXPECT_EQ(command.version, 479);
    EXPECT_EQ(command.language, Language::cpp);
    EXPECT_EQ(command.fields, (Fields{{"topic", "TBW102"}}));

    Buffer out;
    encode_command(out, command);
    EXPECT_EQ(out.view(), from_hex(hex));
    Buffer typed;
    encode_frame(typed, command, GetRouteInfoByTopic{.topic = "TBW102"});
    EXPECT_EQ(typed.view(), from_hex(hex));
  }
}

TEST(Command, keeps_remark_and_body_of_a_binary_frame) {
  std::string bytes = from_hex(golden_binary_remark);
  Command command;
  ASSERT_TRUE(decode(bytes, command));
  EXPECT_EQ(command.remark, "hi");
  EXPECT_EQ(command.body, "B");
}

TEST(Command, resolves_json_escapes_in_place) {
  std::string bytes = json_frame(
      R"({"code":1,"extFields":{"i":"a\u0001b\u0002","q":"\"\\\/\n","u":"标\u6807\uD83D\uDE00"},)"
      R"("remark":"x\ty"})");
  Command command;
  ASSERT_TRUE(decode(bytes, command));
  EXPECT_EQ(*find_field(command.fields, "i"), std::string_view("a\x01"
                                                               "b\x02"));
  EXPECT_EQ(*find_field(command.fields, "q"), "\"\\/\n");
  EXPECT_EQ(*find_field(command.fields, "u"), "标标😀");
  EXPECT_EQ(command.remark, "x\ty");
}

// The reader looks at 64 bytes at once, so at each place of such a stretch once.
TEST(Command, reads_texts_wherever_quotes_and_escapes_fall) {
  for (std::size_t size = 0; size < 200; ++size) {
    for (const std::string_view special : {"", "\"", "\\", "\\\\\"", "\x01", "\"\x02\\"}) {
      const std::string name(1 + size % 20, 'n');
      const std::string value = std::string(size, 'v').append(special).append(size % 7, 'w');
      Command written;
      written.fields = {{"a", value}, {name, ""}, {"last", special}};
      Buffer out;
      encode_command(out, written);
      std::string bytes(out.view());
      Command command;
      ASSERT_TRUE(decode(bytes, command));
      ASSERT_EQ(command.fields, written.fields);
    }
  }
}

TEST(Command, refuses_what_ends_in_the_middle_of_a_text) {
  const std::string header = R"({"code":1,"extFields":{"a":"\\\"\u0001","bc":"d"},"opaque":7})";
  for (std::size_t size = 0; size < header.size(); ++size) {
    std::string bytes = json_frame(std::string_view(header).substr(0, size));
    Command command;
    EXPECT_FALSE(decode(bytes, command)) << header.substr(0, size);
  }
}

TEST(Command, has_fields_that_were_written_before) {
  const Fields fields{{"region", "a \"quoted\" one"}, {"on", "true"}};
  const WrittenFields written(fields);
  const WrittenFields none({});
  for (const HeaderCodec codec : {HeaderCodec::json, HeaderCodec::rocketmq}) {
    const CommandHead head{.code = 1, .codec = codec};
    Buffer one_by_one;
    encode_frame(one_by_one, head, GetRouteInfoByTopic{.topic = "T"}, {}, fields);
    Buffer at_once;
    encode_frame(at_once, head, GetRouteInfoByTopic{.topic = "T"}, {}, {}, &written);
    EXPECT_EQ(at_once.view(), one_by_one.view());
    one_by_one.clear();
    at_once.clear();
    encode_frame(one_by_one, head, NoFields{}, {}, fields);
    encode_frame(at_once, head, NoFields{}, {}, {}, &written);
    EXPECT_EQ(at_once.view(), one_by_one.view());
    one_by_one.clear();
    at_once.clear();
    encode_frame(one_by_one, head, NoFields{});
    encode_frame(at_once, head, NoFields{}, {}, {}, &none);
    EXPECT_EQ(at_once.view(), one_by_one.view());
  }
}

TEST(Command, writes_control_characters_as_fastjson_does) {
  Command command;
  command.fields = {{"i", std::string_view("a\x01\x1f\"\\\n\0", 7)}};
  Buffer out;
  encode_command(out, command);
  EXPECT_NE(out.view().find(R"("i":"a\u0001\u001f\"\\\n\u0000")"), std::string_view::npos)
      << out.view();
}

TEST(Command, is_written_whole_wherever_the_buffer_has_to_grow) {
  const std::string value(40, 'v');
  for (const HeaderCodec codec : {HeaderCodec::json, HeaderCodec::rocketmq}) {
    for (std::size_t used = 0; used < 700; ++used) {
      Buffer out;
      out.append(std::string(used, '.'));
      const CommandHead head{.code = 1, .codec = codec};
      FrameWriter frame(out, head);
      for (int i = 0; i < 8; ++i) frame.add("name", value);
      frame.add("number", std::int64_t{1'700'000'000'000});
      frame.add("literal", "text, not a bool");
      frame.finish("body");
      auto found = next_frame({out.data() + used, out.size() - used});
      ASSERT_TRUE(found && *found);
      ASSERT_EQ((*found)->bytes, out.size() - used);
      Command command;
      ASSERT_TRUE(decode_command((*found)->content, command));
      ASSERT_EQ(command.fields.size(), 10u);
      for (std::size_t i = 0; i < 8; ++i) ASSERT_EQ(command.fields[i].value, value);
      ASSERT_EQ(command.fields[9].value, "text, not a bool");
    }
  }
}

TEST(Command, is_json_where_the_code_does_not_fit_the_binary_header) {
  constexpr auto code = static_cast<std::int32_t>(RequestCode::ack_message);
  const AckMessage ack{.consumer_group = "G",
                       .topic = "T",
                       .queue_id = 1,
                       .extra_info = "0 1 2 3 0 b 1 5",
                       .offset = 5};
  Buffer out;
  encode_frame(out, CommandHead{.code = code, .codec = HeaderCodec::rocketmq}, ack, "body");
  std::string bytes(out.view());
  Command command;
  ASSERT_TRUE(decode(bytes, command));
  EXPECT_EQ(command.codec, HeaderCodec::json);
  EXPECT_EQ(command.code, code);
  EXPECT_EQ(command.body, "body");
  const auto header = decode_header<AckMessage>(command.fields);
  ASSERT_TRUE(header) << header.error();
  EXPECT_EQ(*header, ack);

  // The largest one that does fit.
  Buffer binary;
  encode_frame(binary, CommandHead{.code = 0x7FFF, .codec = HeaderCodec::rocketmq}, NoFields{});
  bytes = binary.view();
  ASSERT_TRUE(decode(bytes, command));
  EXPECT_EQ(command.codec, HeaderCodec::rocketmq);
  EXPECT_EQ(command.code, 0x7FFF);
}

TEST(Command, takes_keys_in_any_order_and_passes_over_unknown_ones) {
  std::string bytes = json_frame(
      R"( { "version" : 401 , "x" : {"a":[1,{"b":"}"}]} , "opaque":7, "language":9, "code":-1 ,
           "extFields" : { "n" : 12 , "t" : true, "z" : null , "o":{"a":1} , } , "flag":3 } )");
  Command command;
  ASSERT_TRUE(decode(bytes, command));
  EXPECT_EQ(command.code, -1);
  EXPECT_EQ(command.version, 401);
  EXPECT_EQ(command.language, Language::go);
  EXPECT_TRUE(command.is_response());
  EXPECT_TRUE(command.is_oneway());
  EXPECT_EQ(command.fields, (Fields{{"n", "12"}, {"t", "true"}, {"o", R"({"a":1})"}}));
}

// The usual order is read by a shorter way, which must leave off anywhere.
TEST(Command, reads_the_same_whatever_is_unusual_behind_the_fields) {
  const std::string usual =
      R"({"code":310,"extFields":{"a":"1"},"flag":2,"language":"GO","opaque":7,"remark":"r",)"
      R"("serializeTypeCurrentRPC":"JSON","version":401})";
  const auto expect_read = [](const std::string& header) {
    std::string bytes = json_frame(header);
    Command command;
    ASSERT_TRUE(decode(bytes, command)) << header;
    EXPECT_EQ(command.flag, 2) << header;
    EXPECT_EQ(command.language, Language::go) << header;
    EXPECT_EQ(command.opaque, 7) << header;
    EXPECT_EQ(command.remark, "r") << header;
    EXPECT_EQ(command.version, 401) << header;
  };
  expect_read(usual);
  for (std::size_t at = usual.find("},\"flag"); at != std::string::npos;
       at = usual.find_first_of(",:}", at + 1)) {
    expect_read(std::string(usual).insert(at + 1, " "));
    expect_read(std::string(usual).insert(at, " "));
    if (usual[at] == ',') expect_read(std::string(usual).insert(at, R"(,"more":[1])"));
  }
}

TEST(Command, takes_the_last_of_two_equal_fields) {
  std::string bytes = json_frame(R"({"code":1,"extFields":{"a":"1","a":"2"}})");
  Command command;
  ASSERT_TRUE(decode(bytes, command));
  EXPECT_EQ(*find_field(command.fields, "a"), "2");
}

TEST(Command, refuses_what_is_not_a_header) {
  const std::string deep(100'000, '[');
  for (const std::string& header :
       {std::string(""), std::string("x"), std::string("{"), std::string(R"({"code":})"),
        std::string(R"({"code":1)"), std::string(R"({"code":"x"})"),
        std::string(R"({"code":99999999999})"), std::string(R"({"code":1}})"),
        std::string(R"({"a":"\u12"})"), std::string(R"({"a":"\q"})"), std::string(R"({"a":"b)"),
        std::string(R"({"a":"b\)"), std::string(R"({"a" 1})"), std::string(R"({"a":]})"),
        "{\"a\":" + deep.substr(0, 50'000)}) {
    std::string bytes = json_frame(header);
    Command command;
    auto decoded = decode(bytes, command);
    ASSERT_FALSE(decoded) << header.substr(0, 60);
    EXPECT_EQ(decoded.error().code, Errc::bad_frame);
  }
}

TEST(Command, refuses_lengths_that_do_not_fit) {
  Command command;
  std::string header_too_long = from_hex(
      "00000008"
      "00000005"
      "00000000");
  EXPECT_FALSE(decode(header_too_long, command));
  std::string unknown_codec = from_hex(
      "00000006"
      "02000002"
      "7b7d");
  EXPECT_FALSE(decode(unknown_codec, command));
  std::string long_header = "{}";
  long_header.resize(70'000, ' ');
  std::string over_the_limit = json_frame(long_header);
  EXPECT_FALSE(decode(over_the_limit, command));

  // A binary header cut at every place, and one whose inner lengths lie.
  const std::string whole = from_hex(golden_binary).substr(8);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string bytes;
    append_big(bytes, static_cast<std::int32_t>(4 + size));
    append_big(bytes, static_cast<std::int32_t>(size | 1u << 24));
    bytes += whole.substr(0, size);
    EXPECT_FALSE(decode(bytes, command)) << size;
  }
  std::string negative = from_hex(
      "0000001d"
      "01000019"
      "00690101df0000000100000000"
      "ffffffff"
      "0000000400000000");
  EXPECT_FALSE(decode(negative, command));
}

TEST(Command, refuses_more_fields_than_the_limit) {
  std::string header = R"({"code":1,"extFields":{)";
  for (int i = 0; i < 300; ++i) header += '"' + std::to_string(i) + R"(":"",)";
  std::string bytes = json_frame(header + "}}");
  Command command;
  EXPECT_FALSE(decode(bytes, command));
}

TEST(NextFrame, waits_for_the_rest_of_a_split_frame) {
  std::string bytes = from_hex(golden_binary);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto frame = next_frame(std::span(bytes).first(size));
    ASSERT_TRUE(frame);
    EXPECT_FALSE(*frame);
  }
  auto frame = next_frame(bytes);
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->bytes, bytes.size());
}

TEST(NextFrame, refuses_a_length_at_once) {
  for (const std::string_view hex :
       {"ffffffff", "80000000", "00000000", "00000003", "01000000", "7fffffff"}) {
    std::string bytes = from_hex(hex);
    auto frame = next_frame(bytes);
    ASSERT_FALSE(frame) << hex;
    EXPECT_EQ(frame.error().code, Errc::bad_frame);
  }
}

TEST(Header, names_the_required_field_that_is_missing) {
  auto header = decode_header<GetMaxOffset>(Fields{{"queueId", "3"}});
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().code, ResponseCode::system_error);
  EXPECT_EQ(header.error().message, "the custom field <topic> is null");
}

TEST(Header, refuses_numbers_that_are_none) {
  for (const std::string_view text : {"", "x", "1x", "2147483648", "1.0", " 1", "+", "--1"}) {
    EXPECT_FALSE((decode_header<GetMaxOffset>(Fields{{"topic", "T"}, {"queueId", text}}))) << text;
  }
  EXPECT_EQ((*decode_header<GetMaxOffset>(Fields{{"topic", "T"}, {"queueId", "+7"}})).queue_id, 7);
}

TEST(Header, reads_a_bool_as_java_does) {
  const auto committed = [](std::string_view text) {
    return *(*decode_header<GetMaxOffset>(
                 Fields{{"topic", "T"}, {"queueId", "0"}, {"committed", text}}))
                .committed;
  };
  EXPECT_TRUE(committed("true"));
  EXPECT_TRUE(committed("TRUE"));
  EXPECT_FALSE(committed("1"));
  EXPECT_FALSE(committed("yes"));
}

}  // namespace
}  // namespace rocketmq::protocol
