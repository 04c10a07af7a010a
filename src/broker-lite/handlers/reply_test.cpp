#include "protocol/requests/reply.h"

#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"
#include "protocol/bodies/client_data.h"
#include "protocol/json_body.h"
#include "protocol/properties.h"
#include "protocol/requests/client_session.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::find_property;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view reply_topic = "DefaultCluster_REPLY_TOPIC";

struct ReplyTest : ::testing::Test {
  ReplyTest() {
    rig.start();
    asker = rig.connect();
    replier = rig.connect();
    protocol::HeartbeatData heartbeat;
    heartbeat.client_id = "asker@1";
    heartbeat.producer_data_set = {{.group_name = "P"}};
    EXPECT_TRUE(asker->call(protocol::HeartBeat{}, protocol::to_json(heartbeat)));
  }
  protocol::SendReplyMessageV2 reply_to(std::string_view client) {
    properties = str("REPLY_TO_CLIENT\1", client, "\2CORRELATION_ID\1C1\2MSG_TYPE\1reply\2");
    return {send_to(reply_topic, 0, properties)};
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> asker;
  std::unique_ptr<TestClient> replier;
  std::string properties;
};

TEST_F(ReplyTest, is_pushed_to_who_asked_and_stored) {
  const auto sent = replier->call(reply_to("asker@1"), "the answer");
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->header.queue_offset, 0);
  ASSERT_THAT(asker->replies, ::testing::SizeIs(1));
  EXPECT_EQ(asker->replies[0].body, "the answer");
  EXPECT_EQ(find_property(asker->replies[0].properties, "CORRELATION_ID"), "C1");
  EXPECT_TRUE(find_property(asker->replies[0].properties, "PUSH_REPLY_TIME"));
  const auto pulled = replier->call(pull_from(reply_topic, 0, 0)).value();
  EXPECT_THAT(bodies_of(pulled.body), ElementsAre("the answer"));
}

TEST_F(ReplyTest, makes_the_topic_of_a_namespace) {
  auto request = reply_to("asker@1");
  request.topic = "shop%DefaultCluster_REPLY_TOPIC";
  EXPECT_EQ(replier->refusal(request, "x"), "0");
  EXPECT_THAT(asker->replies, ::testing::SizeIs(1));
}

TEST_F(ReplyTest, goes_to_no_topic_or_queue_it_may_not) {
  auto request = reply_to("asker@1");
  for (const char* topic : {"SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_OP_HALF_TOPIC"}) {
    request.topic = topic;
    EXPECT_EQ(replier->refusal(request, "x").substr(0, 3), "16 ") << topic;
  }
  request.topic = reply_topic;
  request.queue_id = 1'000'000;
  EXPECT_EQ(replier->refusal(request, "x").substr(0, 3), "29 ");
  EXPECT_THAT(asker->replies, IsEmpty());
}

TEST_F(ReplyTest, says_that_who_asked_is_gone) {
  EXPECT_EQ(replier->refusal(reply_to("nobody"), "x"),
            "1 push reply message fail, channel of <nobody> not found.");
  asker->close();
  EXPECT_EQ(replier->refusal(reply_to("asker@1"), "x"),
            "1 push reply message fail, channel of <asker@1> not found.");
}

TEST_F(ReplyTest, is_not_stored_where_it_is_told_so) {
  rig.options.store_reply_message_enable = false;
  asker.reset();
  replier.reset();
  rig.kill();
  rig.start();
  replier = rig.connect();
  EXPECT_EQ(replier->refusal(reply_to("nobody"), "x").substr(0, 2), "1 ");
  EXPECT_EQ(replier->call(pull_from(reply_topic, 0, 0))->header.max_offset, 0);
}

}  // namespace
}  // namespace rocketmq::broker
