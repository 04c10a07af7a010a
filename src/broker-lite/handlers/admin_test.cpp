#include "broker-lite/handlers/admin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/handlers/admin_rig.h"
#include "protocol/java_properties.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using namespace protocol;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(AdminTest, creates_topics_that_survive_the_broker) {
  auto request = new_topic("T");
  request.attributes = "+message.type=FIFO";
  EXPECT_EQ(client->refusal(request), "0");
  EXPECT_EQ(client->refusal(request), "0");
  const std::string_view expected =
      R"({"attributes":{"message.type":"FIFO"},"order":false,"perm":6,"readQueueNums":2,)"
      R"("topicFilterType":"SINGLE_TAG","topicName":"T","topicSysFlag":0,"writeQueueNums":2})";
  EXPECT_EQ(body_of(GetTopicConfig{.topic = "T", .logical = true}), expected);

  client.reset();
  rig.kill();
  rig.start();
  client = rig.connect();
  EXPECT_EQ(body_of(GetTopicConfig{.topic = "T"}), expected);
}

TEST_F(AdminTest, refuses_bad_topics_in_stocks_words) {
  EXPECT_EQ(client->refusal(new_topic("rmq_sys_x")),
            "29 The topic[rmq_sys_x] is conflict with system topic.");
  EXPECT_THAT(client->refusal(new_topic("../x")), testing::StartsWith("29 The specified topic"));
  EXPECT_EQ(client->refusal(GetTopicConfig{.topic = "T"}), "17 No topic in this broker. topic: T");
  EXPECT_EQ(client->refusal(GetTopicStatsInfo{.topic = "T"}), "17 topic[T] not exist");
}

TEST_F(AdminTest, lists_topics_whole_or_in_pages) {
  ASSERT_EQ(client->refusal(new_topic("A")), "0");
  const auto all = client->call(GetAllTopicConfig{});
  ASSERT_TRUE(all);
  const auto whole =
      from_json<TopicConfigAndMappingSerializeWrapper>(all->body, "all topics").value();
  EXPECT_EQ(all->header.total_topic_num, static_cast<int>(whole.topic_config_table.size()));
  EXPECT_TRUE(whole.topic_config_table.contains("A"));
  EXPECT_TRUE(whole.topic_queue_mapping_info_map);

  const std::string version = to_json(whole.data_version);
  std::vector<std::string> names;
  for (std::int32_t first = 0; first < *all->header.total_topic_num; first += 4) {
    const auto page =
        typed(GetAllTopicConfig{.topic_seq = first, .data_version = version, .max_topic_num = 4});
    EXPECT_LE(page.topic_config_table.size(), 4u);
    for (const auto& [name, config] : page.topic_config_table) names.push_back(name);
  }
  EXPECT_EQ(names.size(), whole.topic_config_table.size());

  // Of another version: from the beginning again.
  const auto other = typed(
      GetAllTopicConfig{.topic_seq = 4, .data_version = R"({"counter":0})", .max_topic_num = 1});
  EXPECT_TRUE(other.topic_config_table.contains("A"));
  const auto odd =
      typed(GetAllTopicConfig{.topic_seq = -5, .data_version = version, .max_topic_num = -1});
  EXPECT_TRUE(odd.topic_config_table.empty());
  EXPECT_TRUE(typed(GetAllTopicConfig{
                        .topic_seq = 1 << 30, .data_version = version, .max_topic_num = 1 << 30})
                  .topic_config_table.empty());
}

TEST_F(AdminTest, tells_how_much_is_in_each_queue_of_a_topic) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  send("T", 1);
  send("T", 1);
  const auto stats = typed(GetTopicStatsInfo{.topic = "T"});
  ASSERT_EQ(stats.offset_table.size(), 2u);
  EXPECT_EQ(stats.offset_table[0].first, (MessageQueueData{"broker-lite", 0, "T"}));
  EXPECT_EQ(stats.offset_table[0].second, TopicOffset{});
  EXPECT_EQ(stats.offset_table[1].second,
            (TopicOffset{.last_update_timestamp = rig.loop.wall_ms(), .max_offset = 2}));
  EXPECT_DOUBLE_EQ(stats.topic_put_tps, 2.0 / 60);
}

TEST_F(AdminTest, deletes_a_topic_with_its_messages_and_offsets) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  ASSERT_EQ(client->refusal(new_topic("%RETRY%G_T")), "0");
  send("T", 0);
  consume("G", "T");
  commit("G", "T", 1);
  EXPECT_EQ(client->refusal(DeleteTopicInBroker{.topic = ""}), "29 The specified topic is blank.");
  EXPECT_EQ(client->refusal(DeleteTopicInBroker{.topic = "TBW102"}),
            "29 The topic[TBW102] is conflict with system topic.");
  EXPECT_EQ(client->refusal(DeleteTopicInBroker{.topic = "unknown"}), "0");
  EXPECT_EQ(client->refusal(DeleteTopicInBroker{.topic = "T"}), "0");
  EXPECT_EQ(client->refusal(GetTopicConfig{.topic = "T"}), "17 No topic in this broker. topic: T");
  EXPECT_EQ(client->refusal(GetTopicConfig{.topic = "%RETRY%G_T"}),
            "17 No topic in this broker. topic: %RETRY%G_T");
  EXPECT_THAT(typed(QueryTopicsByConsumer{.group = "G"}).topic_list, IsEmpty());

  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  EXPECT_EQ(typed(GetTopicStatsInfo{.topic = "T"}).offset_table[0].second.max_offset, 0);
}

TEST_F(AdminTest, creates_changes_and_deletes_groups) {
  EXPECT_EQ(client->refusal(GetSubscriptionGroupConfig{.group = "G"}),
            "26 No group in this broker");
  EXPECT_EQ(client->refusal(GetSubscriptionGroupConfig{.group = "G"}),
            "26 No group in this broker");  // asking did not make it
  EXPECT_EQ(client->refusal(UpdateAndCreateSubscriptionGroup{}), "0");
  EXPECT_EQ(
      client->refusal(UpdateAndCreateSubscriptionGroup{},
                      R"({"groupName":"G","retryMaxTimes":3,"consumeBroadcastEnable":false})"),
      "0");
  const auto group = typed(GetSubscriptionGroupConfig{.group = "G"});
  EXPECT_EQ(group.retry_max_times, 3);
  EXPECT_FALSE(group.consume_broadcast_enable);
  EXPECT_TRUE(group.consume_enable);
  EXPECT_EQ(client->refusal(UpdateAndCreateSubscriptionGroup{}, R"({"groupName":""})"),
            "29 The specified group is blank.");
  EXPECT_THAT(client->refusal(UpdateAndCreateSubscriptionGroup{}, "{"),
              testing::StartsWith("1 group config"));

  const auto all = client->call(GetAllSubscriptionGroupConfig{});
  const auto table = from_json<SubscriptionGroupWrapper>(all->body, "groups").value();
  EXPECT_EQ(all->header.total_group_num, static_cast<int>(table.subscription_group_table.size()));
  EXPECT_TRUE(table.subscription_group_table.contains("G"));
  EXPECT_EQ(typed(GetAllSubscriptionGroupConfig{.group_seq = 0, .max_group_num = 1})
                .subscription_group_table.size(),
            1u);

  EXPECT_EQ(client->refusal(DeleteSubscriptionGroup{.group_name = "G"}), "0");
  EXPECT_EQ(client->refusal(DeleteSubscriptionGroup{.group_name = "G"}), "0");
  EXPECT_EQ(client->refusal(GetSubscriptionGroupConfig{.group = "G"}),
            "26 No group in this broker");
}

TEST_F(AdminTest, deletes_the_offsets_of_a_group_only_when_told_to) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  consume("G", "T");
  commit("G", "T", 0);
  ASSERT_EQ(client->refusal(DeleteSubscriptionGroup{.group_name = "G"}), "0");
  EXPECT_THAT(typed(QueryTopicsByConsumer{.group = "G"}).topic_list, ElementsAre("T"));
  ASSERT_EQ(client->refusal(DeleteSubscriptionGroup{.group_name = "G", .clean_offset = true}), "0");
  EXPECT_THAT(typed(QueryTopicsByConsumer{.group = "G"}).topic_list, IsEmpty());
}

TEST_F(AdminTest, tells_who_is_connected) {
  EXPECT_EQ(client->refusal(GetConsumerConnectionList{.consumer_group = "G"}),
            "206 the consumer group[G] not online");
  EXPECT_EQ(client->refusal(GetProducerConnectionList{.producer_group = "P"}),
            "1 the producer group[P] not exist");
  consume("G", "T");
  beat(R"("producerDataSet":[{"groupName":"P"}])");

  const auto consumers = typed(GetConsumerConnectionList{.consumer_group = "G"});
  ASSERT_EQ(consumers.connection_set.size(), 1u);
  EXPECT_EQ(consumers.connection_set[0].client_id, "c@1");
  EXPECT_EQ(consumers.connection_set[0].language, "CPP");
  EXPECT_EQ(consumers.connection_set[0].version, our_version);
  EXPECT_EQ(consumers.connection_set[0].client_addr, client->channel().local());
  EXPECT_EQ(consumers.subscription_table.at("T").sub_string, "*");
  EXPECT_EQ(typed(GetProducerConnectionList{.producer_group = "P"}).connection_set.size(), 1u);
}

TEST_F(AdminTest, tells_how_far_a_group_has_consumed) {
  EXPECT_EQ(body_of(GetConsumeStats{.consumer_group = "nobody"}),
            R"({"consumeTps":0.0,"offsetTable":{}})");
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  for (int i = 0; i < 3; ++i) send("T", 0);
  consume("G", "T");
  commit("G", "T", 2);

  const auto stats = typed(GetConsumeStats{.consumer_group = "G"});
  ASSERT_EQ(stats.offset_table.size(), 2u);
  EXPECT_EQ(stats.offset_table[0].second, (OffsetWrapper{.broker_offset = 3,
                                                         .consumer_offset = 2,
                                                         .last_timestamp = rig.loop.wall_ms(),
                                                         .pull_offset = 2}));
  EXPECT_EQ(stats.offset_table[1].second, OffsetWrapper{});
  EXPECT_EQ(typed(GetConsumeStats{.consumer_group = "G", .topic = "T"}), stats);
  EXPECT_EQ(typed(GetConsumeStats{.consumer_group = "G", .topic = "gone"}), ConsumeStats{});

  // A topic it no longer subscribes to is left out, unless it is asked for by name.
  consume("G", "U");
  EXPECT_EQ(typed(GetConsumeStats{.consumer_group = "G"}), ConsumeStats{});
  EXPECT_EQ(typed(GetConsumeStats{.consumer_group = "G", .topic_list = ";T;U;"}), stats);
}

TEST_F(AdminTest, tells_who_consumes_a_topic) {
  EXPECT_EQ(body_of(QueryTopicConsumeByWho{.topic = "T"}), R"({"groupList":[]})");
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  consume("Past", "T");
  commit("Past", "T", 0);
  ASSERT_EQ(client->refusal(UnregisterClient{.client_id = "c@1", .consumer_group = "Past"}), "0");
  consume("Online", "T");
  EXPECT_THAT(typed(QueryTopicConsumeByWho{.topic = "T"}).group_list,
              ElementsAre("Online", "Past"));
  EXPECT_EQ(typed(QueryTopicsByConsumer{.group = "Past"}),
            (TopicList{rig.broker->listen_address(), {"T"}}));
}

TEST_F(AdminTest, tells_of_itself_what_tools_parse) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  auto before = typed(GetBrokerRuntimeInfo{}).table;
  EXPECT_EQ(before.at("earliestMessageTimeStamp"), "-1");
  EXPECT_EQ(before.at("commitLogMinOffset"), "-1");
  send("T", 0);
  rig.loop.advance(10s);
  const auto info = typed(GetBrokerRuntimeInfo{}).table;
  EXPECT_EQ(info.at("brokerVersionDesc"), "V5_3_3");
  EXPECT_EQ(info.at("runtime"), "[ 0 days, 0 hours, 0 minutes, 10 seconds ]");
  EXPECT_EQ(info.at("putTps").substr(0, 5), "0.10 ");
  EXPECT_EQ(info.at("putMessageTimesTotal"), "1");
  EXPECT_EQ(info.at("putMessageSizeTotal"), info.at("commitLogMaxOffset"));
  EXPECT_EQ(info.at("msgPutTotalTodayNow"), "1");
  EXPECT_EQ(info.at("commitLogMinOffset"), "0");
  EXPECT_EQ(info.at("earliestMessageTimeStamp"), str(rig.loop.wall_ms() - 10'000));
  EXPECT_GT(std::stoll(info.at("commitLogMaxOffset")), 0);
  for (const char* const key : {"putTps", "getFoundTps", "getMissTps", "getTotalTps",
                                "getTransferredTps", "getTransferedTps"}) {
    EXPECT_THAT(info.at(key), testing::MatchesRegex("[0-9.]+ [0-9.]+ [0-9.]+")) << key;
  }
  for (const char* const key :
       {"bootTimestamp", "commitLogDiskRatio", "consumeQueueDiskRatio", "putMessageDistributeTime",
        "putLatency99", "sendThreadPoolQueueSize", "pullThreadPoolQueueCapacity",
        "ackThreadPoolQueueHeadWaitTimeMills", "EndTransactionQueueSize", "timerReadBehind",
        "timerEnqueueTps", "remainHowManyDataToFlush", "commitLogDirCapacity",
        "msgGetTotalYesterdayMorning", "dispatchBehindBytes", "pageCacheLockTimeMills"}) {
    EXPECT_THAT(info, Contains(testing::Key(key)));
  }
}

TEST_F(AdminTest, tells_what_waits_and_how_long_the_store_takes) {
  auto info = typed(GetBrokerRuntimeInfo{}).table;
  EXPECT_FALSE(info.contains("scheduleMessageOffset_3"));
  ASSERT_EQ(client->refusal(send_to("T", 0,
                                    "DELAY\x01"
                                    "3\x02"),
                            "x"),
            "0");
  ASSERT_EQ(client->refusal(send_to("T", 0,
                                    "DELAY\x01"
                                    "1\x02"),
                            "x"),
            "0");
  const std::string timer = str("TIMER_DELIVER_MS\x01", rig.loop.wall_ms() + 20'000, "\x02");
  ASSERT_EQ(client->refusal(send_to("T", 0, timer), "x"), "0");
  rig.loop.advance(2s);
  info = typed(GetBrokerRuntimeInfo{}).table;
  EXPECT_EQ(info["scheduleMessageOffset_3"], "0,1");
  EXPECT_EQ(info["scheduleMessageOffset_1"], "1,1");
  EXPECT_EQ(info["timerCongestNum"], "1");
  EXPECT_EQ(info["timerEnqueueTps"], "0.02");
  EXPECT_EQ(info["timerDequeueTps"], "0.00");
  EXPECT_THAT(info["putMessageDistributeTime"], HasSubstr("[<=0ms]:3 "));
  EXPECT_EQ(info["putLatency99"], "0.00");
  rig.loop.advance(20s);
  info = typed(GetBrokerRuntimeInfo{}).table;
  EXPECT_EQ(info["timerCongestNum"], "0");
  EXPECT_EQ(info["timerDequeueTps"], "0.02");
}

TEST_F(AdminTest, shows_its_settings_under_stocks_names) {
  const auto answer = client->call(GetBrokerConfig{});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(from_json<DataVersion>(answer->header.version, "version"));
  std::map<std::string, std::string> settings;
  for (const JavaProperty& property : parse_java_properties(answer->body)) {
    settings[property.name] = property.value;
  }
  EXPECT_EQ(settings.at("brokerName"), "broker-lite");
  EXPECT_EQ(settings.at("brokerRole"), "ASYNC_MASTER");
  EXPECT_EQ(settings.at("flushDiskType"), "ASYNC_FLUSH");
  for (const char* const key :
       {"brokerClusterName", "brokerId", "fileReservedTime", "filterServerNums", "maxMessageSize",
        "messageDelayLevel", "msgTraceTopicName", "slaveReadEnable", "traceOn", "traceTopicEnable",
        "useTLS", "autoCreateTopicEnable", "autoCreateSubscriptionGroup",
        "clientCallbackExecutorThreads"}) {
    EXPECT_THAT(settings, Contains(testing::Key(key)));
  }
}

}  // namespace
}  // namespace rocketmq::broker
