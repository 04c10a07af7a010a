#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct ClientSessionTest : ::testing::Test {
  ClientSessionTest() {
    rig.start();
    client = rig.connect();
    other = rig.connect();
  }
  static std::string heartbeat(std::string id, std::string group = "G", std::string topic = "T") {
    protocol::HeartbeatData data;
    data.client_id = std::move(id);
    protocol::ConsumerData& consumer = data.consumer_data_set.emplace_back();
    consumer.group_name = std::move(group);
    protocol::SubscriptionData& subscription = consumer.subscription_data_set.emplace_back();
    subscription.topic = std::move(topic);
    subscription.sub_string = "*";
    return protocol::to_json(data);
  }
  std::vector<std::string> members(std::string_view group = "G") {
    protocol::GetConsumerListByGroup request;
    request.consumer_group = group;
    const auto answer = client->call(request);
    if (!answer) return {};
    return protocol::from_json<protocol::ConsumerIdList>(answer->body, "list")->consumer_id_list;
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
  std::unique_ptr<TestClient> other;
};

TEST_F(ClientSessionTest, a_heartbeat_makes_a_member) {
  const auto answer = client->call(protocol::HeartBeat{}, heartbeat("c1"));
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->header.supports_heartbeat_v2, true);
  EXPECT_EQ(answer->header.subscription_changed, true);
  EXPECT_THAT(members(), ElementsAre("c1"));
}

TEST_F(ClientSessionTest, members_hear_of_those_who_come_and_go) {
  ASSERT_TRUE(client->call(protocol::HeartBeat{}, heartbeat("c1")));
  EXPECT_THAT(client->notified, ElementsAre("G"));
  ASSERT_TRUE(client->call(protocol::HeartBeat{}, heartbeat("c1")));
  EXPECT_THAT(client->notified, ElementsAre("G"));  // nothing new
  ASSERT_TRUE(other->call(protocol::HeartBeat{}, heartbeat("c2")));
  rig.loop.run_ready();
  EXPECT_THAT(client->notified, ElementsAre("G", "G"));
  EXPECT_THAT(other->notified, ElementsAre("G"));
  protocol::UnregisterClient leave;
  leave.client_id = "c2";
  leave.consumer_group = "G";
  ASSERT_TRUE(other->call(leave));
  rig.loop.run_ready();
  EXPECT_THAT(client->notified, ElementsAre("G", "G", "G"));
  EXPECT_THAT(members(), ElementsAre("c1"));
}

TEST_F(ClientSessionTest, a_closed_connection_leaves_its_groups) {
  ASSERT_TRUE(client->call(protocol::HeartBeat{}, heartbeat("c1")));
  ASSERT_TRUE(other->call(protocol::HeartBeat{}, heartbeat("c2")));
  rig.loop.run_ready();
  client->notified.clear();
  other->close();
  EXPECT_THAT(client->notified, ElementsAre("G"));
  EXPECT_THAT(members(), ElementsAre("c1"));
}

TEST_F(ClientSessionTest, a_silent_client_is_cut_off) {
  ASSERT_TRUE(other->call(protocol::HeartBeat{}, heartbeat("c2")));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client->call(protocol::HeartBeat{}, heartbeat("c1")));
    rig.loop.advance(30s);
  }
  EXPECT_THAT(members(), ElementsAre("c1"));
  EXPECT_FALSE(other->channel().is_open());
}

TEST_F(ClientSessionTest, the_retry_topic_is_there_before_the_answer) {
  ASSERT_TRUE(client->call(protocol::HeartBeat{}, heartbeat("c1")));
  EXPECT_EQ(client->call(pull_from("%RETRY%G", 0, 0))->code, 19);
}

TEST_F(ClientSessionTest, a_group_with_a_bad_name_is_passed_over) {
  EXPECT_TRUE(client->call(protocol::HeartBeat{}, heartbeat("c1", "a/b")));
  EXPECT_THAT(members("a/b"), IsEmpty());
  EXPECT_THAT(client->refusal(protocol::HeartBeat{}, "no json"), StartsWith("1 "));
  EXPECT_THAT(client->refusal(protocol::HeartBeat{}, std::string(5000, '[')), StartsWith("1 "));
}

TEST_F(ClientSessionTest, an_empty_group_has_no_list) {
  protocol::GetConsumerListByGroup request;
  request.consumer_group = "Nobody";
  EXPECT_EQ(client->refusal(request), "1 no consumer for this group, Nobody");
}

TEST_F(ClientSessionTest, one_client_at_a_time_holds_a_queue) {
  const auto body = [](std::string id) {
    protocol::LockBatchRequestBody request;
    request.client_id = std::move(id);
    request.consumer_group = "G";
    request.mq_set = {{"broker-lite", 0, "T"}};
    return protocol::to_json(request);
  };
  const auto locked = [](const AnswerTo<protocol::LockBatchMq>& answer) {
    return protocol::from_json<protocol::LockBatchResponseBody>(answer->body, "locked")
        ->locked_queues.size();
  };
  EXPECT_EQ(locked(client->call(protocol::LockBatchMq{}, body("c1"))), 1u);
  EXPECT_EQ(locked(other->call(protocol::LockBatchMq{}, body("c2"))), 0u);
  EXPECT_TRUE(client->call(protocol::UnlockBatchMq{}, body("c1")));
  EXPECT_EQ(locked(other->call(protocol::LockBatchMq{}, body("c2"))), 1u);
  EXPECT_THAT(client->refusal(protocol::LockBatchMq{}, "{"), StartsWith("1 "));
}

}  // namespace
}  // namespace rocketmq::broker
