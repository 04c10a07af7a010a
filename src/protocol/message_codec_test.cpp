#include "protocol/message_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/bytes.h"

namespace rocketmq::protocol {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string encode(const RecordView& record) {
  std::string bytes(record_size(record), '?');
  EXPECT_EQ(encode_record(record, bytes.data()), bytes.size());
  return bytes;
}

// Written by Java's MessageExtEncoder.
const std::string stock_bytes = from_hex(
    "0000006bdaa320a73610a686000000030000000000000000000000070000000000000400000000000000018bcfe568"
    "000a000009000015b30000018bcfe568010a00000100002a9f0000000000000000000000000000000568656c6c6f01"
    "54000a54414753015461674102");

RecordView stock_record() {
  return {
      .queue_id = 3,
      .queue_offset = 7,
      .physical_offset = 1024,
      .born_timestamp = 1700000000000,
      .born_host = parse_host("10.0.0.9:5555").value(),
      .store_timestamp = 1700000000001,
      .store_host = parse_host("10.0.0.1:10911").value(),
      .body = "hello",
      .topic = "T",
      .properties = "TAGS\x01TagA\x02",
  };
}

void expect_same(const RecordView& a, const RecordView& b) {
  EXPECT_EQ(a.queue_id, b.queue_id);
  EXPECT_EQ(a.flag, b.flag);
  EXPECT_EQ(a.queue_offset, b.queue_offset);
  EXPECT_EQ(a.physical_offset, b.physical_offset);
  EXPECT_EQ(a.born_timestamp, b.born_timestamp);
  EXPECT_EQ(a.born_host, b.born_host);
  EXPECT_EQ(a.store_timestamp, b.store_timestamp);
  EXPECT_EQ(a.store_host, b.store_host);
  EXPECT_EQ(a.reconsume_times, b.reconsume_times);
  EXPECT_EQ(a.prepared_transaction_offset, b.prepared_transaction_offset);
  EXPECT_EQ(a.body, b.body);
  EXPECT_EQ(a.topic, b.topic);
  EXPECT_EQ(a.properties, b.properties);
}

TEST(RecordCodec, writes_what_stock_writes) { EXPECT_EQ(encode(stock_record()), stock_bytes); }

TEST(RecordCodec, reads_what_stock_writes) {
  const auto record = decode_record(stock_bytes);
  ASSERT_TRUE(record);
  expect_same(*record, stock_record());
  EXPECT_EQ(record->body_crc, 907060870U);
  EXPECT_EQ(record->bytes, stock_bytes);
}

TEST(RecordCodec, carries_every_field_with_every_kind_of_host) {
  for (const char* born : {"1.2.3.4:5", "[fd00::2]:6"}) {
    for (const char* stored : {"9.8.7.6:5", "[fd00::9]:7"}) {
      RecordView record = stock_record();
      record.flag = -1;
      record.reconsume_times = 16;
      record.prepared_transaction_offset = 1LL << 40;
      record.sys_flag = sys_flag::transaction_commit;
      record.born_host = parse_host(born).value();
      record.store_host = parse_host(stored).value();
      const std::string bytes = encode(record);
      const auto back = decode_record(bytes);
      ASSERT_TRUE(back) << back.error();
      expect_same(*back, record);
      EXPECT_EQ(back->sys_flag & sys_flag::transaction_mask, sys_flag::transaction_commit);
      EXPECT_EQ((back->sys_flag & sys_flag::born_host_v6) != 0, record.born_host.is_v6());
      EXPECT_EQ((back->sys_flag & sys_flag::store_host_v6) != 0, record.store_host.is_v6());
    }
  }
}

TEST(RecordCodec, takes_the_second_version_for_topics_over_127_bytes) {
  const std::string topic(128, 't');
  RecordView record = stock_record();
  record.topic = std::string_view(topic).substr(0, 127);
  const std::string v1 = encode(record);
  EXPECT_EQ(load_big<std::uint32_t>(v1.data() + 4), record_magic_v1);
  record.topic = topic;
  const std::string v2 = encode(record);
  EXPECT_EQ(load_big<std::uint32_t>(v2.data() + 4), record_magic_v2);
  EXPECT_EQ(v2.size(), v1.size() + 2);
  EXPECT_EQ(decode_record(v2)->topic, topic);
}

TEST(RecordCodec, patches_what_the_log_decides) {
  for (const char* born : {"1.2.3.4:5", "[fd00::2]:6"}) {
    RecordView record = stock_record();
    record.born_host = parse_host(born).value();
    std::string bytes = encode(record);
    patch_queue_offset(bytes.data(), 41);
    patch_physical_offset(bytes.data(), 42);
    patch_store_timestamp(bytes.data(), 43);
    record.queue_offset = 41;
    record.physical_offset = 42;
    record.store_timestamp = 43;
    EXPECT_EQ(bytes, encode(record));
  }
}

TEST(RecordCodec, refuses_a_record_cut_anywhere) {
  for (std::size_t size = 0; size < stock_bytes.size(); ++size) {
    const auto record = decode_record(std::string_view(stock_bytes).substr(0, size));
    ASSERT_FALSE(record) << size;
    EXPECT_EQ(record.error().code, Errc::bad_message);
  }
}

TEST(RecordCodec, refuses_lengths_that_do_not_add_up) {
  // The places of total size, sysFlag (host sizes), body, topic and properties length.
  for (const std::size_t at : {3UL, 39UL, 87UL, 93UL, 96UL}) {
    for (const int change : {1, 0x10, 0x80}) {
      std::string bytes = stock_bytes + std::string(300, '\0');
      bytes[at] = static_cast<char>(bytes[at] ^ change);
      if (at == 39 && change != 0x10) continue;  // other flags change no length
      EXPECT_FALSE(decode_record(bytes)) << at << ' ' << change;
    }
  }
}

TEST(RecordCodec, refuses_negative_and_huge_lengths) {
  for (const std::int32_t value : {-1, 0, 90, 0x7fffffff, static_cast<std::int32_t>(0x80000000)}) {
    std::string bytes = stock_bytes;
    store_big(bytes.data(), value);
    EXPECT_FALSE(decode_record(bytes)) << value;
    bytes = stock_bytes;
    store_big(bytes.data() + 84, value);  // body length
    EXPECT_FALSE(decode_record(bytes)) << value;
  }
}

TEST(RecordCodec, notices_a_changed_body_unless_told_not_to_look) {
  std::string bytes = stock_bytes;
  bytes[88] ^= 1;
  EXPECT_FALSE(decode_record(bytes));
  EXPECT_TRUE(decode_record(bytes, CrcCheck::skip));
}

TEST(RecordCodec, an_empty_body_has_crc_zero) { EXPECT_EQ(body_crc(""), 0U); }

TEST(RecordReader, walks_all_records_and_stops_at_the_first_bad_one) {
  RecordReader good_reader(stock_bytes);
  EXPECT_TRUE(good_reader.next());
  EXPECT_FALSE(good_reader.next());
  EXPECT_TRUE(good_reader.ok());

  const std::string bytes = stock_bytes + stock_bytes + "rubbish";
  RecordReader reader(bytes);
  EXPECT_TRUE(reader.next());
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().code, Errc::bad_message);
  EXPECT_EQ(reader.rest(), "rubbish");
}

const BatchEntry stock_entry{.body = "hi", .properties = "WAIT\x01true\x02TAGS\x01TagA\x02"};
const std::string stock_entry_bytes = from_hex(
    "0000002c00000000000000000000000000000002686900145741495401747275650254414753015461674102");

TEST(BatchCodec, writes_and_reads_what_stock_does) {
  std::string bytes;
  append_batch_entry(bytes, stock_entry);
  EXPECT_EQ(bytes, stock_entry_bytes);
  append_batch_entry(bytes, {.flag = 9, .body = "", .properties = ""});
  BatchReader reader(bytes);
  EXPECT_EQ(reader.next(), stock_entry);
  EXPECT_EQ(reader.next(), (BatchEntry{.flag = 9}));
  EXPECT_EQ(reader.next(), std::nullopt);
  EXPECT_TRUE(reader.ok());
}

TEST(BatchCodec, refuses_an_entry_cut_anywhere) {
  for (std::size_t size = 1; size < stock_entry_bytes.size(); ++size) {
    BatchReader reader(std::string_view(stock_entry_bytes).substr(0, size));
    EXPECT_FALSE(reader.next()) << size;
    EXPECT_FALSE(reader.ok()) << size;
  }
}

TEST(BatchCodec, refuses_lengths_that_do_not_add_up) {
  for (const std::size_t at : {0UL, 3UL, 16UL, 19UL, 22UL, 23UL}) {
    std::string bytes = stock_entry_bytes + stock_entry_bytes;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x81);
    BatchReader reader(bytes);
    EXPECT_FALSE(reader.next()) << at;
    EXPECT_FALSE(reader.ok()) << at;
  }
}

}  // namespace
}  // namespace rocketmq::protocol
