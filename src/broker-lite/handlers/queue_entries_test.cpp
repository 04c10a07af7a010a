#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/handlers/admin_rig.h"
#include "protocol/properties.h"
#include "protocol/requests/broker_maintenance.h"

namespace rocketmq::broker {
namespace {

using namespace protocol;
using testing::ElementsAre;
using testing::IsEmpty;

struct QueueEntriesTest : AdminTest {
  QueueEntriesTest() {
    for (const char* const properties : {"TAGS\x01"
                                         "a\x02",
                                         "TAGS\x01"
                                         "b\x02",
                                         "n\x01"
                                         "3\x02"}) {
      EXPECT_EQ(client->refusal(send_to("T", 1, properties), "x"), "0");
    }
  }
  QueryConsumeQueueResponseBody look(std::int64_t index, std::int32_t count,
                                     std::string_view group = {}) {
    return typed(QueryConsumeQueue{
        .topic = "T", .queue_id = 1, .index = index, .count = count, .consumer_group = group});
  }
  static std::vector<bool> taken(const QueryConsumeQueueResponseBody& body) {
    std::vector<bool> eval;
    for (const ConsumeQueueData& data : body.queue_data) eval.push_back(data.eval);
    return eval;
  }
  void subscribe(std::string_view type, std::string_view expression, std::string_view codes) {
    beat(str(R"("consumerDataSet":[{"groupName":"G","subscriptionDataSet":[{"topic":"T",)",
             R"("expressionType":")", type, R"(","subString":")", expression, R"(","codeSet":[)",
             codes, R"(],"subVersion":)", ++version_, "}]}]"));
  }
  int version_ = 0;
};

TEST_F(QueueEntriesTest, are_where_the_messages_lie) {
  const auto body = look(1, 5);
  EXPECT_EQ(body.min_queue_index, 0);
  EXPECT_EQ(body.max_queue_index, 3);
  ASSERT_EQ(body.queue_data.size(), 2u);
  const auto record = client->call(ViewMessageById{.offset = body.queue_data[0].physic_offset});
  EXPECT_EQ(record->body.size(), static_cast<std::size_t>(body.queue_data[0].physic_size));
  EXPECT_EQ(body.queue_data[0].tags_code, java_hash("b"));
  EXPECT_EQ(body.queue_data[1].tags_code, 0);
  EXPECT_FALSE(body.filter_data);
  EXPECT_FALSE(body.subscription_data);
}

TEST_F(QueueEntriesTest, are_none_outside_of_the_queue) {
  EXPECT_THAT(look(3, 5).queue_data, IsEmpty());
  EXPECT_THAT(look(-1, 5).queue_data, IsEmpty());
  EXPECT_THAT(look(0, 0).queue_data, IsEmpty());
  EXPECT_THAT(look(0, -7).queue_data, IsEmpty());
  EXPECT_EQ(look(0, 1 << 30).queue_data.size(), 3u);
  EXPECT_EQ(client->refusal(QueryConsumeQueue{.topic = "T", .queue_id = 9}), "1 9@T is not exist!");
  EXPECT_EQ(client->refusal(QueryConsumeQueue{}), "1 0@ is not exist!");
}

TEST_F(QueueEntriesTest, say_whether_a_group_takes_the_message) {
  EXPECT_EQ(look(0, 3, "G").filter_data, "G@T is not online!");
  subscribe("TAG", "*", "");
  EXPECT_THAT(taken(look(0, 3, "G")), ElementsAre(true, true, true));
  subscribe("TAG", "b", str(java_hash("b")));
  EXPECT_THAT(taken(look(0, 3, "G")), ElementsAre(false, true, false));
  EXPECT_EQ(look(0, 3, "G").filter_data, "null");
  EXPECT_EQ(look(0, 3, "G").subscription_data->sub_string, "b");
  subscribe("SQL92", "n = 3", "");
  EXPECT_THAT(taken(look(0, 3, "G")), ElementsAre(false, false, true));
  EXPECT_EQ(look(0, 3, "G").filter_data, "n = 3");
}

}  // namespace
}  // namespace rocketmq::broker
