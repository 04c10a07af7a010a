#include "protocol/trace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rocketmq::protocol {
namespace {

// The separators as something to read: | for 01, ^ for 02.
std::string readable(std::string text) {
  std::ranges::replace(text, '\x01', '|');
  std::ranges::replace(text, '\x02', '^');
  return text;
}
std::string on_the_wire(std::string text) {
  std::ranges::replace(text, '|', '\x01');
  std::ranges::replace(text, '^', '\x02');
  return text;
}

PubTrace pub() {
  return {.timestamp = 1700000000000,
          .region_id = "R",
          .group = "G",
          .topic = "T",
          .msg_id = "UID",
          .tags = "TagA",
          .keys = "k1 k2",
          .store_host = "10.0.0.1:10911",
          .body_length = 5,
          .cost = 3,
          .message_type = TraceMessageType::order,
          .offset_msg_id = "OID",
          .success = true};
}

SubAfterTrace sub_after() {
  return {.request_id = "RID",
          .msg_id = "UID",
          .cost = 3,
          .success = false,
          .keys = "k1 k2",
          .code = TraceConsumeCode::failed,
          .origin = SubAfterTrace::Origin{1700000000000, "G"}};
}

void expect_both_ways(const TraceRecord& record, std::string_view java) {
  std::string body;
  append_trace(body, record);
  EXPECT_EQ(readable(body), java);
  const auto records = decode_traces(body);
  ASSERT_EQ(records.size(), 1u) << java;
  EXPECT_TRUE(records[0] == record) << java;
}

// The texts are those of Java's TraceDataEncoder.
TEST(Trace, is_written_and_read_as_in_java) {
  expect_both_ways(pub(), "Pub|1700000000000|R|G|T|UID|TagA|k1 k2|10.0.0.1:10911|5|3|4|OID|true^");
  expect_both_ways(SubBeforeTrace{1700000000000, "R", "G", "RID", "UID", 2, "k1 k2"},
                   "SubBefore|1700000000000|R|G|RID|UID|2|k1 k2^");
  expect_both_ways(sub_after(), "SubAfter|RID|UID|3|false|k1 k2|4|1700000000000|G^");
  expect_both_ways(
      EndTransactionTrace{1700000000000, "R", "G", "T", "UID", "TagA", "k1 k2", "10.0.0.1:10911",
                          TraceMessageType::order, "TX", "COMMIT_MESSAGE", true},
      "EndTransaction|1700000000000|R|G|T|UID|TagA|k1 k2|10.0.0.1:10911|4|TX|COMMIT_MESSAGE|true^");
  expect_both_ways(RecallTrace{1700000000000, "R", "G", "T", "UID", true},
                   "Recall|1700000000000|R|G|T|UID|true^");
}

TEST(Trace, of_a_cloud_service_ends_with_an_open_field) {
  SubAfterTrace cloud = sub_after();
  cloud.origin.reset();
  expect_both_ways(cloud, "SubAfter|RID|UID|3|false|k1 k2|4|^");
}

TEST(Trace, writes_null_for_what_is_absent) {
  PubTrace bare = pub();
  bare.tags.reset();
  bare.keys.reset();
  bare.offset_msg_id.reset();
  bare.success = false;
  expect_both_ways(bare, "Pub|1700000000000|R|G|T|UID|null|null|10.0.0.1:10911|5|3|4|null|false^");
}

TEST(Trace, tells_an_empty_text_from_an_absent_one) {
  PubTrace empty = pub();
  empty.tags = "";
  empty.keys = "";
  expect_both_ways(empty, "Pub|1700000000000|R|G|T|UID|||10.0.0.1:10911|5|3|4|OID|true^");
}

TEST(Trace, takes_the_shorter_records_of_older_writers) {
  const std::string body = on_the_wire(
      "Pub|1|R|G|T|UID|TagA|k|h|5|3|0^"
      "Pub|2|R|G|T|UID|TagA|k|h|5|3|0|false^"
      "SubAfter|RID|UID|3|true|k^"
      "SubAfter|RID|UID|3|true|k|1^");
  const auto records = decode_traces(body);
  ASSERT_EQ(records.size(), 4u);
  EXPECT_TRUE(std::get<PubTrace>(records[0]).success);
  EXPECT_FALSE(std::get<PubTrace>(records[0]).offset_msg_id);
  EXPECT_FALSE(std::get<PubTrace>(records[1]).success);
  EXPECT_FALSE(std::get<PubTrace>(records[1]).offset_msg_id);
  EXPECT_EQ(std::get<SubAfterTrace>(records[2]).code, TraceConsumeCode::success);
  EXPECT_EQ(std::get<SubAfterTrace>(records[3]).code, TraceConsumeCode::time_out);
  EXPECT_FALSE(std::get<SubAfterTrace>(records[3]).origin);
}

TEST(Trace, leaves_out_what_it_does_not_understand) {
  const std::string body = on_the_wire(
      "^Pub^Pub|1|R^Unheard|1|R|G^Pub|x|R|G|T|UID|TagA|k|h|5|3|0|OID|true^"
      "Pub|1|R|G|T|UID|TagA|k|h|5|3|9|OID|true^SubBefore|1|R|G|RID|UID|2^"
      "Recall|1|R|G|T|UID|true|and|more^");
  const auto records = decode_traces(body);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<RecallTrace>(records[0]));
}

}  // namespace
}  // namespace rocketmq::protocol
