#include "protocol/json_body.h"

#include <gtest/gtest.h>

#include "protocol/bodies/client_data.h"
#include "protocol/bodies/config_data.h"
#include "protocol/bodies/route_data.h"
#include "protocol/bodies/running_info.h"
#include "protocol/bodies/stats_data.h"

namespace rocketmq::protocol {
namespace {

// Bodies as stock Java writes them (wire-protocol facts, section 3.9): read, and written again to
// the same bytes.
template <class T>
void expect_same(std::string_view java, const JsonStyle& style = {}) {
  const auto value = from_json<T>(java, "body");
  ASSERT_TRUE(value) << value.error();
  EXPECT_EQ(to_json(*value, style), java);
}

TEST(JsonBody, writes_what_java_writes) {
  expect_same<TopicRouteData>(
      R"({"brokerDatas":[{"brokerAddrs":{0:"10.0.0.1:10911",1:"10.0.0.2:10911"},"brokerName":"b-a","cluster":"DefaultCluster","enableActingMaster":false,"zoneName":"z1"}],"filterServerTable":{},"orderTopicConf":"b-a:8","queueDatas":[{"brokerName":"b-a","perm":6,"readQueueNums":8,"topicSysFlag":0,"writeQueueNums":8}]})");
  expect_same<TopicRouteData>(
      R"({"brokerDatas":[{"brokerAddrs":{"0":"10.0.0.1:10911"},"brokerName":"b-a","cluster":"c","enableActingMaster":false}],"filterServerTable":{},"queueDatas":[]})",
      {.quote_integer_keys = true});
  expect_same<HeartbeatData>(
      R"({"clientID":"10.1.1.1@123#456","consumerDataSet":[{"consumeFromWhere":"CONSUME_FROM_LAST_OFFSET","consumeType":"CONSUME_PASSIVELY","groupName":"CG","messageModel":"CLUSTERING","subscriptionDataSet":[{"classFilterMode":false,"codeSet":[2598919,2598920],"expressionType":"TAG","subString":"TagA||TagB","subVersion":1795271338252,"tagsSet":["TagA","TagB"],"topic":"T"}],"unitMode":false}],"heartbeatFingerprint":0,"producerDataSet":[{"groupName":"PG"}],"withoutSub":false})");
  expect_same<TopicStatsTable>(
      R"({"offsetTable":{{"brokerName":"b-a","queueId":3,"topic":"T"}:{"lastUpdateTimestamp":0,"maxOffset":5,"minOffset":0}},"topicPutTps":0.0})");
  expect_same<ConsumeStats>(
      R"({"consumeTps":1.5,"offsetTable":{{"brokerName":"b-a","queueId":3,"topic":"T"}:{"brokerOffset":10,"consumerOffset":8,"lastTimestamp":1700000000000,"pullOffset":9}}})");
  expect_same<ClusterInfo>(
      R"({"brokerAddrTable":{"b-a":{"brokerAddrs":{0:"10.0.0.1:10911"},"brokerName":"b-a","cluster":"C","enableActingMaster":false}},"clusterAddrTable":{"C":["b-a"]}})");
  expect_same<LockBatchResponseBody>(
      R"({"lockOKMQSet":[{"brokerName":"b-a","queueId":3,"topic":"T"}]})");
  expect_same<KVTable>(R"({"table":{"a":"b"}})");
}

TEST(JsonBody, takes_the_forms_other_writers_use) {
  for (
      const std::string_view text :
      {R"({"brokerAddrs":{0:"x"},"brokerName":"b"})",
       R"({"brokerAddrs":{"0":"x"},"brokerName":"b"})",
       R"({ 'brokerName' : 'b' , brokerAddrs : { 0 : 'x', }, })",
       R"({"unknown":{"deep":[1,{"a":[]}]},"brokerAddrs":{"0":"x"},"brokerName":"b","zoneName":null})"}) {
    const auto broker = from_json<BrokerData>(text, "broker");
    ASSERT_TRUE(broker) << text << broker.error();
    EXPECT_EQ(broker->broker_name, "b");
    EXPECT_EQ(broker->broker_addrs, (std::map<std::int64_t, std::string>{{0, "x"}}));
    EXPECT_FALSE(broker->zone_name);
  }
  const auto queue = from_json<QueueData>(
      R"({"perm":"6","readQueueNums":8.0,"writeQueueNums":8,"brokerName":12})", "queue");
  ASSERT_TRUE(queue);
  EXPECT_EQ(queue->perm, 6);
  EXPECT_EQ(queue->read_queue_nums, 8);
  EXPECT_EQ(queue->broker_name, "12");
}

TEST(JsonBody, keeps_the_default_for_an_unknown_enum_name) {
  const auto consumer = from_json<ConsumerData>(R"({"messageModel":"SIDEWAYS"})", "consumer");
  ASSERT_TRUE(consumer);
  EXPECT_EQ(consumer->message_model, MessageModel::clustering);
}

TEST(JsonBody, has_nothing_for_an_unknown_enum_name_where_nothing_is_a_value) {
  const auto result = from_json<ConsumeMessageDirectlyResult>(
      R"({"autoCommit":true,"consumeResult":"CR_MAYBE","order":false})", "result");
  ASSERT_TRUE(result) << result.error();
  EXPECT_FALSE(result->consume_result);
}

TEST(JsonBody, passes_over_entries_whose_key_is_a_reference) {
  const auto info = from_json<ConsumerRunningInfo>(
      R"({"mqPopTable":{{"brokerName":"b","queueId":1,"topic":"T"}:{"waitAckCount":3}},)"
      R"("mqTable":{{"$ref":"$.mqPopTable.null"}:{"commitOffset":7},)"
      R"({"brokerName":"b","queueId":2,"topic":"T"}:{"commitOffset":8}}})",
      "running info");
  ASSERT_TRUE(info) << info.error();
  ASSERT_EQ(info->mq_pop_table.size(), 1u);
  ASSERT_EQ(info->mq_table.size(), 1u);
  EXPECT_EQ(info->mq_table[0].first, (MessageQueueData{"b", 2, "T"}));
  EXPECT_EQ(info->mq_table[0].second.commit_offset, 8);
}

TEST(JsonBody, refuses_what_is_not_the_body) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string& text :
       {std::string(""), std::string("[]"), std::string("{"), std::string("{\"table\":"),
        std::string("{\"table\":{\"a\":\"b\"}"), std::string("{\"table\":{\"a\" \"b\"}}"),
        std::string("{\"table\":{}}x"), std::string("{\"table\":{\"a\":\"\\q\"}}"),
        std::string("{\"x\":") + deep + "}", std::string(200'000, '{')}) {
    EXPECT_FALSE(from_json<KVTable>(text, "table")) << text.substr(0, 40);
  }
  EXPECT_FALSE(from_json<QueueData>(R"({"perm":4294967296})", "queue"));
  EXPECT_FALSE(from_json<QueueData>(R"({"perm":"x"})", "queue"));
}

TEST(JsonBody, indents_as_the_files_under_config_are) {
  const std::map<std::string, std::map<std::int64_t, std::int64_t>> offsets{
      {"T@G", {{0, 3}, {1, 4}}}};
  EXPECT_EQ(to_json(offsets, {.pretty = true}), "{\n\t\"T@G\":{\n\t\t0:3,\n\t\t1:4\n\t}\n}");
  EXPECT_EQ(to_json(KVTable{}, {.pretty = true}), "{\n\t\"table\":{}\n}");
}

}  // namespace
}  // namespace rocketmq::protocol
