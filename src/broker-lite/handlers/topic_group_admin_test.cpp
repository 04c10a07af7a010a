#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/handlers/admin_rig.h"

namespace rocketmq::broker {
namespace {

using namespace protocol;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

TEST_F(AdminTest, creates_many_topics_at_once) {
  ASSERT_EQ(client->refusal(new_topic("Old")), "0");
  const std::string_view old =
      R"({"topicName":"Old","readQueueNums":2,"writeQueueNums":2,"perm":6})";
  const std::string list =
      str(R"({"topicConfigList":[)", old,
          R"(,{"topicName":"A","readQueueNums":3,"writeQueueNums":3,"perm":6,)"
          R"("attributes":{"+message.type":"FIFO"}},{"topicName":"B","readQueueNums":1,)"
          R"("writeQueueNums":1,"perm":4}]})");
  const auto version = typed(GetAllTopicConfig{}).data_version;
  EXPECT_EQ(client->refusal(UpdateAndCreateTopicList{}, list), "0");
  // Those behind one that changes nothing are not forgotten.
  EXPECT_EQ(typed(GetTopicConfig{.topic = "A"}).write_queue_nums, 3);
  EXPECT_EQ(typed(GetTopicConfig{.topic = "A"}).attributes.at("message.type"), "FIFO");
  EXPECT_EQ(typed(GetTopicConfig{.topic = "B"}).perm, 4);
  EXPECT_EQ(typed(GetAllTopicConfig{}).data_version.counter, version.counter + 1);

  EXPECT_EQ(client->refusal(UpdateAndCreateTopicList{}, list), "0");
  EXPECT_EQ(typed(GetAllTopicConfig{}).data_version.counter, version.counter + 1);
}

TEST_F(AdminTest, creates_none_of_many_topics_when_one_is_wrong) {
  EXPECT_EQ(client->refusal(UpdateAndCreateTopicList{},
                            R"({"topicConfigList":[{"topicName":"A"},{"topicName":"TBW102"}]})"),
            "29 The topic[TBW102] is conflict with system topic.");
  EXPECT_EQ(client
                ->refusal(UpdateAndCreateTopicList{},
                          R"({"topicConfigList":[{"topicName":"A"},{"topicName":"a/b"}]})")
                .substr(0, 3),
            "29 ");
  EXPECT_EQ(client->refusal(
                UpdateAndCreateTopicList{},
                R"({"topicConfigList":[{"topicName":"A","attributes":{"message.type":"FIFO"}}]})"),
            "1 add/alter attribute format is wrong: message.type");
  EXPECT_THAT(client->refusal(UpdateAndCreateTopicList{}, "[]"), HasSubstr("1 topic list"));
  EXPECT_EQ(client->refusal(GetTopicConfig{.topic = "A"}), "17 No topic in this broker. topic: A");
}

TEST_F(AdminTest, names_its_own_topics) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  const auto names = typed(GetSystemTopicListFromBroker{}).topic_list;
  EXPECT_THAT(names, IsSupersetOf({"TBW102", "DefaultCluster", "broker-lite", "BenchmarkTest",
                                   "RMQ_SYS_TRACE_TOPIC", "rmq_sys_wheel_timer",
                                   "rmq_sys_REVIVE_LOG_DefaultCluster"}));
  EXPECT_THAT(names, Not(Contains("T")));
}

TEST_F(AdminTest, creates_many_groups_at_once) {
  EXPECT_EQ(client->refusal(UpdateAndCreateSubscriptionGroupList{},
                            R"({"groupConfigList":[{"groupName":"G","retryMaxTimes":3},)"
                            R"({"groupName":"H"}]})"),
            "0");
  EXPECT_EQ(typed(GetSubscriptionGroupConfig{.group = "G"}).retry_max_times, 3);
  EXPECT_EQ(typed(GetSubscriptionGroupConfig{.group = "H"}).retry_max_times, 16);
}

TEST_F(AdminTest, creates_none_of_many_groups_when_one_is_wrong) {
  EXPECT_EQ(client->refusal(UpdateAndCreateSubscriptionGroupList{},
                            R"({"groupConfigList":[{"groupName":"G"},{"groupName":""}]})"),
            "29 The specified group is blank.");
  EXPECT_THAT(client->refusal(UpdateAndCreateSubscriptionGroupList{}, "{"),
              HasSubstr("1 group list"));
  EXPECT_EQ(client->refusal(GetSubscriptionGroupConfig{.group = "G"}),
            "26 No group in this broker");
}

TEST_F(AdminTest, forbids_a_group_to_read_a_topic) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  consume("G", "T");
  EXPECT_EQ(body_of(UpdateAndGetGroupForbidden{.group = "G", .topic = "T"}),
            R"({"group":"G","readable":true,"topic":"T"})");
  EXPECT_EQ(body_of(UpdateAndGetGroupForbidden{.group = "G", .topic = "T", .readable = false}),
            R"({"group":"G","readable":false,"topic":"T"})");
  PullMessage pull = pull_from("T", 0, 0);
  pull.sys_flag = 0;  // the subscription is the heartbeat's
  EXPECT_EQ(client->refusal(pull), "16 the consumer group[G] is forbidden for topic[T]");

  client.reset();
  rig.kill();
  rig.start();
  client = rig.connect();
  EXPECT_EQ(body_of(UpdateAndGetGroupForbidden{.group = "G", .topic = "T"}),
            R"({"group":"G","readable":false,"topic":"T"})");
  EXPECT_EQ(body_of(UpdateAndGetGroupForbidden{.group = "G", .topic = "T", .readable = true}),
            R"({"group":"G","readable":true,"topic":"T"})");
}

TEST_F(AdminTest, forbids_nothing_to_groups_and_topics_that_are_not_there) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  EXPECT_EQ(
      client->refusal(UpdateAndGetGroupForbidden{.group = "none", .topic = "T", .readable = false}),
      "26 subscription group [none] does not exist");
  consume("G", "T");
  EXPECT_EQ(
      client->refusal(UpdateAndGetGroupForbidden{.group = "G", .topic = "none", .readable = false}),
      "17 topic[none] not exist");
}

}  // namespace
}  // namespace rocketmq::broker
