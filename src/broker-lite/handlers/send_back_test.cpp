#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::find_property;
using ::testing::StartsWith;

struct SendBackTest : ::testing::Test {
  SendBackTest() {
    rig.start();
    client = rig.connect();
  }
  // The only message of the topic's queue 0; its views live until the next call.
  protocol::RecordView only_record(std::string_view topic, std::int64_t offset = 0) {
    last_pull = client->call(pull_from(topic, 0, offset)).value();
    const auto records = records_of(last_pull.body);
    EXPECT_EQ(records.size(), 1u);
    return records.empty() ? protocol::RecordView() : records.front();
  }
  protocol::ConsumerSendMsgBack back(std::int64_t position, std::int32_t delay_level = 0) {
    protocol::ConsumerSendMsgBack request;
    request.offset = position;
    request.group = "G";
    request.delay_level = delay_level;
    return request;
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
  net::Answer<protocol::PullMessageResponse> last_pull;
};

TEST_F(SendBackTest, stores_the_message_for_retry_with_its_history) {
  ASSERT_TRUE(client->call(send_to("T", 0, "TAGS\1a\2UNIQ_KEY\1K\2"), "x"));
  const std::int64_t position = only_record("T").physical_offset;
  ASSERT_EQ(client->refusal(back(position)), "0");
  rig.loop.advance(9900ms);  // the third level
  EXPECT_EQ(client->call(pull_from("%RETRY%G", 0, 0))->header.max_offset, 0);
  rig.loop.advance(200ms);
  const protocol::RecordView retry = only_record("%RETRY%G");
  EXPECT_EQ(retry.body, "x");
  EXPECT_EQ(retry.reconsume_times, 1);
  EXPECT_EQ(retry.born_timestamp, 1'700'000'000'000);
  EXPECT_EQ(find_property(retry.properties, "RETRY_TOPIC"), "T");
  EXPECT_EQ(find_property(retry.properties, "TAGS"), "a");
  EXPECT_EQ(find_property(retry.properties, "UNIQ_KEY"), "K");
  EXPECT_EQ(find_property(retry.properties, "WAIT"), "false");
  const std::string first_id(find_property(retry.properties, "ORIGIN_MESSAGE_ID").value_or(""));
  EXPECT_EQ(protocol::parse_offset_message_id(first_id)->physical_offset, position);

  EXPECT_EQ(find_property(retry.properties, "DELAY"), "3");
  ASSERT_EQ(client->refusal(back(retry.physical_offset)), "0");
  rig.loop.advance(30'100ms);  // the fourth
  const protocol::RecordView again = only_record("%RETRY%G", 1);
  EXPECT_EQ(again.reconsume_times, 2);
  EXPECT_EQ(find_property(again.properties, "RETRY_TOPIC"), "T");
  EXPECT_EQ(find_property(again.properties, "ORIGIN_MESSAGE_ID"), first_id);
}

TEST_F(SendBackTest, goes_to_the_dead_letters_when_told_so_or_tried_too_often) {
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  const std::int64_t position = only_record("T").physical_offset;
  ASSERT_EQ(client->refusal(back(position, -1)), "0");
  EXPECT_EQ(only_record("%DLQ%G").body, "x");
  protocol::ConsumerSendMsgBack request = back(position);
  request.max_reconsume_times = 0;
  ASSERT_EQ(client->refusal(request), "0");
  EXPECT_EQ(only_record("%DLQ%G", 1).body, "x");
  rig.loop.advance(1min);
  EXPECT_EQ(client->refusal(pull_from("%RETRY%G", 0, 0)).substr(0, 3), "17 ");
}

TEST_F(SendBackTest, refuses_what_it_cannot_find) {
  EXPECT_EQ(client->refusal(back(12345)), "1 look message by offset failed, 12345");
  EXPECT_THAT(client->refusal(back(INT64_MIN)), StartsWith("1 look message by offset failed"));
  protocol::ConsumerSendMsgBack request = back(0);
  request.group = "a/b";
  EXPECT_EQ(client->refusal(request), "26 subscription group not exist, a/b");
}

}  // namespace
}  // namespace rocketmq::broker
