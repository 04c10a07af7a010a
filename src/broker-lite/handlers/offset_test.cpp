#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::StartsWith;

struct OffsetTest : ::testing::Test {
  OffsetTest() {
    rig.start();
    rig.make_group("G");
    client = rig.connect();
  }
  protocol::QueryConsumerOffset query(std::int32_t queue_id = 0) {
    protocol::QueryConsumerOffset request;
    request.consumer_group = "G";
    request.topic = "T";
    request.queue_id = queue_id;
    return request;
  }
  protocol::UpdateConsumerOffset update(std::int64_t offset, std::int32_t queue_id = 0) {
    protocol::UpdateConsumerOffset request;
    request.consumer_group = "G";
    request.topic = "T";
    request.queue_id = queue_id;
    request.commit_offset = offset;
    return request;
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
};

TEST_F(OffsetTest, is_what_was_committed_last_even_if_lower) {
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  ASSERT_TRUE(client->call(update(7)));
  ASSERT_TRUE(client->call(update(3)));
  EXPECT_EQ(client->call(query())->header.offset, 3);
}

TEST_F(OffsetTest, of_a_new_group_is_the_beginning_of_a_young_queue) {
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  EXPECT_EQ(client->call(query(0))->header.offset, 0);
  EXPECT_EQ(client->call(query(1))->header.offset, 0);  // still empty
}

TEST_F(OffsetTest, is_not_found_where_nobody_knows_it) {
  EXPECT_THAT(client->refusal(query()), StartsWith("22 "));  // no such topic
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  protocol::QueryConsumerOffset request = query();
  request.set_zero_if_not_found = false;
  EXPECT_THAT(client->refusal(request), StartsWith("22 Not found, do not set to zero"));
}

TEST_F(OffsetTest, is_refused_where_it_would_only_fill_the_table) {
  EXPECT_THAT(client->refusal(update(1)), StartsWith("17 topic[T] not exist"));
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  EXPECT_THAT(client->refusal(update(1, 4)), StartsWith("29 "));
  EXPECT_THAT(client->refusal(update(1, -1)), StartsWith("29 "));
  EXPECT_THAT(client->refusal(update(-1)), StartsWith("29 "));
  protocol::UpdateConsumerOffset request = update(1);
  request.consumer_group = "none";
  EXPECT_EQ(client->refusal(request), "26 Group none not exist!");
}

TEST_F(OffsetTest, bounds_and_times_of_a_queue_can_be_asked) {
  const std::int64_t first_ms = rig.loop.wall_ms();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  rig.loop.advance(10s);
  ASSERT_TRUE(client->call(send_to("T"), "b"));
  protocol::GetMaxOffset max;
  max.topic = "T";
  EXPECT_EQ(client->call(max)->header.offset, 2);
  protocol::GetMinOffset min;
  min.topic = "T";
  EXPECT_EQ(client->call(min)->header.offset, 0);
  protocol::GetEarliestMsgStoretime earliest;
  earliest.topic = "T";
  EXPECT_EQ(client->call(earliest)->header.timestamp, first_ms);
  earliest.topic = "NoSuch";
  EXPECT_EQ(client->call(earliest)->header.timestamp, -1);
  protocol::SearchOffsetByTimestamp search;
  search.topic = "T";
  search.timestamp = first_ms + 1;
  EXPECT_EQ(client->call(search)->header.offset, 1);
  search.boundary_type = "UPPER";
  EXPECT_EQ(client->call(search)->header.offset, 0);
}

}  // namespace
}  // namespace rocketmq::broker
