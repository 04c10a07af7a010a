#include "client/trace_batches.h"

#include <gmock/gmock.h>

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const net::TimePoint t0{};

protocol::RecallTrace record(std::string_view topic, std::string_view id) {
  return {.region_id = "r", .group = "g", .topic = topic, .msg_id = id};
}

class TraceBatchesTest : public ::testing::Test {
 protected:
  bool add(const std::string& id, net::TimePoint now = t0, const std::string& topic = "T",
           const std::string& keys = "") {
    return batches.add(topic, id, keys, record(topic, id), now);
  }

  TraceBatches batches;
};

TEST_F(TraceBatchesTest, ten_records_go_at_once) {
  for (int i = 0; i < 9; ++i) add("id" + std::to_string(i));
  EXPECT_TRUE(batches.take(t0).empty());
  add("id9");
  const auto taken = batches.take(t0);
  ASSERT_EQ(taken.size(), 1);
  EXPECT_EQ(taken[0].records, 10);
  EXPECT_EQ(protocol::decode_traces(taken[0].body).size(), 10);
  EXPECT_FALSE(batches.next());
}

TEST_F(TraceBatchesTest, fewer_go_after_five_seconds) {
  add("1", t0);
  add("2", t0 + 3s);
  EXPECT_EQ(batches.next(), t0 + 5s);
  EXPECT_TRUE(batches.take(t0 + 5s - 1ms).empty());
  const auto taken = batches.take(t0 + 5s);
  ASSERT_EQ(taken.size(), 1);
  EXPECT_EQ(taken[0].records, 2);
}

TEST_F(TraceBatchesTest, a_topic_has_messages_of_its_own) {
  add("1", t0, "T");
  add("2", t0, "U");
  const auto taken = batches.take_all();
  ASSERT_EQ(taken.size(), 2);
  EXPECT_THAT(taken[0].keys, ElementsAre("1"));
  EXPECT_THAT(taken[1].keys, ElementsAre("2"));
}

TEST_F(TraceBatchesTest, is_found_by_ids_and_keys_each_once) {
  add("1", t0, "T", "order-7 user-9");
  add("1", t0, "T", "order-7");
  EXPECT_THAT(batches.take_all()[0].keys, ElementsAre("1", "order-7", "user-9"));
}

TEST_F(TraceBatchesTest, leaves_out_keys_that_would_be_too_many) {
  add("1", t0, "T", std::string(20'000, 'k'));
  EXPECT_THAT(batches.take_all()[0].keys, ElementsAre("1"));
}

TEST_F(TraceBatchesTest, does_not_grow_beyond_what_a_message_may_hold) {
  for (int i = 0; i < 6; ++i) add(std::string(40'000, 'a'));
  for (const TraceBatch& batch : batches.take_all()) {
    EXPECT_EQ(batch.records, 3);
    EXPECT_LE(batch.body.size(), TraceBatches::batch_bytes_max);
  }
}

TEST_F(TraceBatchesTest, drops_records_while_too_many_are_not_sent) {
  for (std::size_t i = 0; i < TraceBatches::records_max; ++i) ASSERT_TRUE(add("x"));
  EXPECT_FALSE(add("one more"));
  const auto taken = batches.take(t0);
  EXPECT_FALSE(add("still one more"));  // on its way is not there
  batches.sent(taken[0].records);
  EXPECT_TRUE(add("the next"));
}

}  // namespace
}  // namespace rocketmq::client
