#include "client/message_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/compression.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"

namespace rocketmq::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t body_bytes_max = 1 << 20;

protocol::RecordView record() {
  protocol::RecordView record;
  record.queue_id = 3;
  record.flag = 5;
  record.queue_offset = 42;
  record.physical_offset = 4711;
  record.born_timestamp = 1'700'000'000'123;
  record.store_timestamp = 1'700'000'000'456;
  record.born_host = protocol::parse_host("10.0.0.9:5555").value();
  record.store_host = protocol::parse_host("10.0.0.1:10911").value();
  record.reconsume_times = 2;
  record.topic = "T";
  record.body = "hello";
  return record;
}

std::string encoded(const protocol::RecordView& record) {
  std::string bytes(protocol::record_size(record), '\0');
  protocol::encode_record(record, bytes.data());
  return bytes;
}

// Decodes as the pull loop does: the bytes live only through the messages.
DecodedMessages decode(std::string bytes, std::int64_t offset_delta = 0) {
  auto kept = std::make_shared<const std::string>(std::move(bytes));
  const std::string_view body = *kept;
  return decode_messages(body,
                         std::make_shared<const PullSource>(PullSource{
                             std::move(kept), MessageQueue{"T", "broker-a", 3}, offset_delta}),
                         body_bytes_max);
}

MessageView decode_one(const protocol::RecordView& record) {
  DecodedMessages decoded = decode(encoded(record));
  EXPECT_FALSE(decoded.error.code);
  EXPECT_THAT(decoded.messages, SizeIs(1));
  return decoded.messages.at(0);
}

TEST(MessageView, shows_what_the_record_says) {
  const std::string properties = protocol::encode_properties(
      {{"KEYS", "k1  k2"}, {"TAGS", "created"}, {"UNIQ_KEY", "0A000001"}, {"mine", "yes"}});
  protocol::RecordView stored = record();
  stored.properties = properties;
  const MessageView message = decode_one(stored);

  EXPECT_EQ(message.topic(), "T");
  EXPECT_EQ(message.body(), "hello");
  EXPECT_EQ(message.tag(), "created");
  EXPECT_THAT(message.keys(), ElementsAre("k1", "k2"));
  EXPECT_EQ(message.message_id(), "0A000001");
  EXPECT_EQ(message.property("mine"), "yes");
  EXPECT_EQ(message.property("absent"), "");
  EXPECT_THAT(message.properties(), SizeIs(4));
  EXPECT_EQ(message.flag(), 5);
  EXPECT_EQ(message.queue(), (MessageQueue{"T", "broker-a", 3}));
  EXPECT_EQ(message.queue_offset(), 42);
  EXPECT_EQ(message.commit_log_offset(), 4711);
  EXPECT_EQ(message.reconsume_times(), 2);
  EXPECT_EQ(message.born_time().time_since_epoch().count(), 1'700'000'000'123);
  EXPECT_EQ(message.store_time().time_since_epoch().count(), 1'700'000'000'456);
  EXPECT_EQ(message.born_host(), "10.0.0.9:5555");
}

TEST(MessageView, is_known_by_its_place_where_it_has_no_unique_key) {
  const MessageView message = decode_one(record());
  const auto id = protocol::parse_offset_message_id(message.offset_message_id());
  ASSERT_TRUE(id);
  EXPECT_EQ(id->physical_offset, 4711);
  EXPECT_EQ(to_string(id->store_host), "10.0.0.1:10911");
  EXPECT_EQ(message.message_id(), message.offset_message_id());
}

TEST(MessageView, of_a_retried_message_has_the_topic_it_was_first_sent_to) {
  const std::string properties = protocol::encode_properties({{"RETRY_TOPIC", "orders"}});
  protocol::RecordView stored = record();
  stored.topic = "%RETRY%billing";
  stored.properties = properties;
  EXPECT_EQ(decode_one(stored).topic(), "orders");

  stored.topic = "T";  // the property alone proves nothing
  EXPECT_EQ(decode_one(stored).topic(), "T");
}

TEST(MessageView, of_a_retried_message_shows_no_namespace_of_its_own) {
  const std::string properties = protocol::encode_properties({{"RETRY_TOPIC", "ns%orders"}});
  protocol::RecordView stored = record();
  stored.topic = "%RETRY%ns%billing";
  stored.properties = properties;
  auto bytes = std::make_shared<const std::string>(encoded(stored));
  const auto topic_in = [&](const std::string& name_space) {
    PullSource source{bytes, MessageQueue{"%RETRY%billing", "broker-a", 3}};
    source.name_space = name_space;
    const auto decoded = decode_messages(
        *bytes, std::make_shared<const PullSource>(std::move(source)), body_bytes_max);
    return std::string(decoded.messages.at(0).topic());
  };
  EXPECT_EQ(topic_in("ns"), "orders");
  EXPECT_EQ(topic_in("n"), "ns%orders");
  EXPECT_EQ(topic_in(""), "ns%orders");
}

TEST(MessageView, has_the_body_the_sender_gave) {
  for (const auto type :
       {protocol::Compression::zlib, protocol::Compression::lz4, protocol::Compression::zstd}) {
    const std::string plain(5000, 'x');
    const std::string packed = protocol::compress(type, plain).value();
    protocol::RecordView stored = record();
    stored.body = packed;
    stored.sys_flag = protocol::compression_sys_flag(type);
    EXPECT_EQ(decode_one(stored).body(), plain);
  }
}

TEST(MessageView, is_marked_where_its_body_cannot_be_unpacked) {
  protocol::RecordView stored = record();
  stored.sys_flag = protocol::sys_flag::compressed;
  const MessageView damaged = decode_one(stored);
  EXPECT_FALSE(damaged.data().is_readable);
  EXPECT_EQ(damaged.commit_log_offset(), 4711);

  const std::string bomb =
      protocol::compress(protocol::Compression::zlib, std::string(2 * body_bytes_max, 'x')).value();
  stored.body = bomb;
  EXPECT_FALSE(decode_one(stored).data().is_readable);
}

TEST(MessageView, outlives_the_answer_it_came_in) {
  std::optional<MessageView> kept;
  {
    DecodedMessages decoded = decode(encoded(record()) + encoded(record()));
    kept = decoded.messages[1];
  }
  EXPECT_EQ(kept->body(), "hello");
}

TEST(MessageView, adds_the_delta_of_a_static_topic_to_its_offset) {
  EXPECT_EQ(decode(encoded(record()), 1000).messages.at(0).queue_offset(), 1042);
}

TEST(DecodeMessages, gives_those_before_a_damaged_record_and_says_so) {
  const DecodedMessages decoded = decode(encoded(record()) + "garbage that is no record");
  EXPECT_THAT(decoded.messages, SizeIs(1));
  EXPECT_EQ(decoded.error.code, Errc::bad_message);
}

TEST(DecodeMessages, of_an_empty_body_gives_none) {
  EXPECT_THAT(decode("").messages, IsEmpty());
  EXPECT_FALSE(decode("").error.code);
}

constexpr std::int32_t inner_batch_flags =
    protocol::sys_flag::need_unwrap | protocol::sys_flag::inner_batch;

std::string two_entries() {
  const std::string properties = protocol::encode_properties({{"TAGS", "second"}});
  std::string body;
  protocol::append_batch_entry(body, {.flag = 1, .body = "one"});
  protocol::append_batch_entry(body, {.flag = 2, .body = "two", .properties = properties});
  return body;
}

TEST(DecodeMessages, takes_a_batch_stored_as_one_record_apart) {
  const std::string body = two_entries();
  for (const bool is_packed : {false, true}) {
    const std::string packed = protocol::compress(protocol::Compression::zstd, body).value();
    protocol::RecordView stored = record();
    stored.body = is_packed ? packed : body;
    stored.sys_flag = inner_batch_flags;
    if (is_packed) {
      stored.sys_flag |= protocol::compression_sys_flag(protocol::Compression::zstd);
    }
    const std::vector<MessageView> messages = decode(encoded(stored)).messages;
    ASSERT_THAT(messages, SizeIs(2));
    EXPECT_EQ(messages[0].body(), "one");
    EXPECT_EQ(messages[0].queue_offset(), 42);
    EXPECT_EQ(messages[1].body(), "two");
    EXPECT_EQ(messages[1].tag(), "second");
    EXPECT_EQ(messages[1].flag(), 2);
    EXPECT_EQ(messages[1].queue_offset(), 43);
  }
}

TEST(DecodeMessages, keeps_a_damaged_batch_whole_and_marked) {
  protocol::RecordView stored = record();
  const std::string body = two_entries() + "half an entry";
  stored.body = body;
  stored.sys_flag = inner_batch_flags;
  const MessageView batch = decode_one(stored);
  EXPECT_FALSE(batch.data().is_readable);
}

TEST(DeliveredAgain, counts_one_more_attempt_and_keeps_the_rest) {
  const std::string plain(5000, 'x');
  const std::string packed = protocol::compress(protocol::Compression::zlib, plain).value();
  protocol::RecordView stored = record();
  stored.body = packed;
  stored.sys_flag = protocol::compression_sys_flag(protocol::Compression::zlib);

  std::optional<MessageView> message = decode_one(stored);
  for (int times = 3; times < 6; ++times) {
    message = delivered_again(*message);
    EXPECT_EQ(message->reconsume_times(), times);
  }
  EXPECT_EQ(message->body(), plain);
  EXPECT_EQ(message->queue_offset(), 42);
  EXPECT_EQ(message->message_id(), message->offset_message_id());
}

}  // namespace
}  // namespace rocketmq::client
