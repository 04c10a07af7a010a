#include "client/message_prep.h"

#include <gtest/gtest.h>

#include "client/names.h"
#include "protocol/compression.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"

namespace rocketmq::client {
namespace {

const std::string key32(32, 'K');

Result<PreparedMessage> prepared(const Message& message, const PrepareOptions& options = {}) {
  auto result = prepare(message, options, BodyMemory::copy);
  if (result) result->set_unique_key(key32);
  return result;
}

Message hello() { return {.topic = "T", .body = "hello"}; }

std::error_code refusal(const Message& message, const PrepareOptions& options = {}) {
  const auto result = prepare(message, options, BodyMemory::copy);
  return result ? std::error_code() : result.error().code;
}

TEST(MessagePrep, writes_the_properties_that_stock_clients_read) {
  Message message = hello();
  message.tag = "created";
  message.keys = {"o-1", "o-2"};
  message.properties = {{"colour", "red"}};
  message.flag = 7;
  const auto result = prepared(message);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->properties, "UNIQ_KEY\x01" + key32 +
                                    "\x02TAGS\x01"
                                    "created\x02KEYS\x01"
                                    "o-1 o-2\x02"
                                    "colour\x01red\x02");
  EXPECT_EQ(result->topic, "T");
  EXPECT_EQ(result->body, "hello");
  EXPECT_EQ(result->flag, 7);
  EXPECT_EQ(result->sys_flag, 0);
  EXPECT_EQ(result->unique_key(), key32);
}

TEST(MessagePrep, takes_a_key_that_is_given) {
  const protocol::Property key{"UNIQ_KEY", "order-17"};
  const auto result = prepare(hello(), {}, BodyMemory::copy, {.properties = {&key, 1}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->properties, "UNIQ_KEY\x01order-17\x02");
  EXPECT_EQ(result->message_id(), "order-17");
  EXPECT_TRUE(result->has_unique_key());
  EXPECT_FALSE(prepare(hello(), {}, BodyMemory::copy)->has_unique_key());
}

TEST(MessagePrep, says_so_where_the_broker_need_not_wait) {
  Message message = hello();
  message.wait_for_store = false;
  EXPECT_EQ(protocol::find_property(prepared(message)->properties, "WAIT"), "false");
}

TEST(MessagePrep, compresses_a_long_body_in_each_way) {
  Message message = hello();
  message.body = std::string(5000, 'x');
  for (const auto& [ours, wire] : {std::pair(Compression::zlib, protocol::Compression::zlib),
                                   std::pair(Compression::lz4, protocol::Compression::lz4),
                                   std::pair(Compression::zstd, protocol::Compression::zstd)}) {
    const auto result = prepared(message, {.compression = ours});
    ASSERT_TRUE(result);
    EXPECT_LT(result->body.size(), 1000U);
    EXPECT_EQ(result->body_size, 5000U);
    EXPECT_EQ(result->sys_flag, protocol::compression_sys_flag(wire));
    EXPECT_EQ(*protocol::decompress(wire, result->body, 10'000), message.body);
  }
}

TEST(MessagePrep, leaves_a_body_alone_that_is_short_or_does_not_shrink) {
  Message message = hello();
  message.body = std::string(4095, 'x');
  EXPECT_EQ(prepared(message)->sys_flag, 0);
  message.body = std::string(4096, 'x');
  EXPECT_NE(prepared(message)->sys_flag, 0);
  EXPECT_EQ(prepared(message, {.compression = Compression::none})->sys_flag, 0);

  std::uint32_t noise = 1;
  for (char& c : message.body) c = static_cast<char>((noise = noise * 1664525 + 1013904223) >> 24);
  EXPECT_EQ(prepared(message)->sys_flag, 0);
  EXPECT_EQ(prepared(message)->body, message.body);
}

TEST(MessagePrep, borrows_the_body_where_it_may) {
  const Message message = hello();
  EXPECT_EQ(prepare(message, {}, BodyMemory::borrow)->body.data(), message.body.data());
  EXPECT_NE(prepare(message, {}, BodyMemory::copy)->body.data(), message.body.data());
}

TEST(MessagePrep, refuses_what_cannot_be_sent) {
  const auto with = [](auto change) {
    Message message = hello();
    change(message);
    return refusal(message);
  };
  EXPECT_EQ(with([](Message&) {}), std::error_code());
  EXPECT_EQ(with([](Message& m) { m.topic = ""; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.topic = "a b"; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.topic = std::string(128, 'a'); }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.topic = "SCHEDULE_TOPIC_XXXX"; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.body = ""; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.tag = "a\x01"; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.keys = {"a b"}; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.keys = {""}; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.properties["DELAY"] = "3"; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.properties["a"] = "\x02"; }), Errc::invalid_argument);
  EXPECT_EQ(with([](Message& m) { m.properties["a"] = ""; }), Errc::invalid_argument);
}

TEST(MessagePrep, refuses_what_is_too_large) {
  EXPECT_EQ(refusal(hello(), {.message_bytes_max = 4}), Errc::too_large);
  EXPECT_EQ(refusal(hello(), {.message_bytes_max = 5}), std::error_code());
  Message message = hello();
  const std::size_t others = std::string("UNIQ_KEY").size() + 32 + 2 + 1 + 2;
  message.properties["a"] = std::string(protocol::properties_size_max - others, 'v');
  EXPECT_EQ(refusal(message), std::error_code());
  message.properties["a"] += 'v';
  EXPECT_EQ(refusal(message), Errc::too_large);
}

TEST(Names, of_groups_are_checked) {
  EXPECT_TRUE(check_group("producer", "orders-service"));
  EXPECT_FALSE(check_group("producer", ""));
  EXPECT_FALSE(check_group("producer", "a/b"));
  EXPECT_FALSE(check_group("producer", std::string(121, 'g')));
  EXPECT_FALSE(check_group("consumer", "DEFAULT_CONSUMER"));
}

}  // namespace
}  // namespace rocketmq::client
