#include "broker-lite/namesrv/register_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/bytes.h"
#include "protocol/command.h"
#include "protocol/compression.h"

namespace rocketmq::namesrv {
namespace {

using protocol::our_version;
using protocol::version_ordinal;

constexpr std::string_view json = R"({"filterServerList":["f:1"],"topicConfigSerializeWrapper":{
  "dataVersion":{"counter":2,"stateVersion":0,"timestamp":5},
  "mappingDataVersion":{"counter":0,"stateVersion":0,"timestamp":5},
  "topicConfigTable":{"T":{"attributes":{"message.type":"FIFO"},"order":false,"perm":7,
    "readQueueNums":4,"topicFilterType":"SINGLE_TAG","topicName":"T","topicSysFlag":0,
    "writeQueueNums":8}},"topicQueueMappingDetailMap":{},"topicQueueMappingInfoMap":{}}})";

// Joins texts as the compressed form does: each behind its length.
class PartsWriter {
 public:
  PartsWriter& count(std::int32_t number) {
    protocol::append_big(bytes_, number);
    return *this;
  }
  PartsWriter& text(std::string_view text) {
    count(static_cast<std::int32_t>(text.size()));
    bytes_ += text;
    return *this;
  }
  std::string packed() const {
    return protocol::compress(protocol::Compression::zlib, bytes_).value();
  }

 private:
  std::string bytes_;
};

PartsWriter up_to_filter_servers() {
  PartsWriter parts;
  parts.text(R"({"counter":2,"stateVersion":0,"timestamp":5})")
      .count(1)
      .text(R"(T 4 8 7 SINGLE_TAG {"message.type":"FIFO"})")
      .text(R"(["f:1"])");
  return parts;
}

void expect_as_in_json(const Result<protocol::RegisterBrokerBody>& body) {
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->topics.data_version, (protocol::DataVersion{2, 0, 5}));
  EXPECT_THAT(body->filter_server_list, testing::ElementsAre("f:1"));
  ASSERT_EQ(body->topics.topic_config_table.size(), 1u);
  const auto& topic = body->topics.topic_config_table.at("T");
  EXPECT_EQ(topic.topic_name, "T");
  EXPECT_EQ(topic.read_queue_nums, 4);
  EXPECT_EQ(topic.write_queue_nums, 8);
  EXPECT_EQ(topic.perm, 7);
  EXPECT_EQ(topic.attributes.at("message.type"), "FIFO");
}

TEST(RegisterBody, is_read_from_json) {
  expect_as_in_json(decode_register_body(json, our_version));
}

TEST(RegisterBody, is_read_from_the_bare_table_of_very_old_brokers) {
  const auto body = decode_register_body(
      R"({"dataVersion":{"counter":2,"timestamp":5},"topicConfigTable":{"T":{"topicName":"T"}}})",
      30);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->topics.data_version.counter, 2);
  EXPECT_TRUE(body->topics.topic_config_table.contains("T"));
}

TEST(RegisterBody, may_be_absent) {
  const auto body = decode_register_body("", our_version);
  ASSERT_TRUE(body);
  EXPECT_EQ(*body, protocol::RegisterBrokerBody{});
}

TEST(RegisterBody, is_read_from_the_compressed_form_with_and_without_mappings) {
  const std::string old_form = up_to_filter_servers().packed();
  expect_as_in_json(decode_register_body(old_form, version_ordinal(4, 9, 7)));
  const std::string new_form = up_to_filter_servers().count(1).text(R"({"topic":"T"})").packed();
  expect_as_in_json(decode_register_body(new_form, our_version));
  EXPECT_FALSE(decode_register_body(old_form, our_version));
}

TEST(RegisterBody, takes_topics_without_a_filter_type_or_attributes) {
  for (const std::string_view text : {"T 4 8 6", "T 4 8 6 ", "T 4 8 6 MULTI_TAG"}) {
    const std::string packed = PartsWriter().text("{}").count(1).text(text).text("[]").packed();
    const auto body = decode_register_body(packed, 400);
    ASSERT_TRUE(body) << text;
    EXPECT_EQ(body->topics.topic_config_table.at("T").perm, 6);
  }
}

TEST(RegisterBody, is_refused_when_any_part_of_it_is_broken) {
  const std::string_view bad_topics[] = {"", "T", "T 4", "T 4 8", "T 4 8 x", "T 4 8 6 S {"};
  for (const std::string_view text : bad_topics) {
    const std::string packed = PartsWriter().text("{}").count(1).text(text).text("[]").packed();
    EXPECT_FALSE(decode_register_body(packed, 400)) << text;
  }
  for (const std::int32_t length : {-1, 1000, 2'000'000'000}) {
    EXPECT_FALSE(decode_register_body(PartsWriter().count(length).packed(), 400));
    EXPECT_FALSE(decode_register_body(PartsWriter().text("{}").count(length).packed(), 400));
  }
  EXPECT_FALSE(decode_register_body("{", our_version));
  EXPECT_FALSE(decode_register_body("garbage", our_version));
  EXPECT_FALSE(decode_register_body("x\x9cgarbage", our_version));
}

TEST(RegisterBody, does_not_inflate_without_end) {
  const std::string bomb =
      protocol::compress(protocol::Compression::zlib, std::string(100'000, '\0')).value();
  EXPECT_FALSE(decode_register_body(bomb, our_version, {.inflated_bytes_max = 10'000}));
}

}  // namespace
}  // namespace rocketmq::namesrv
