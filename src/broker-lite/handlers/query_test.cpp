#include <gmock/gmock.h>

#include <limits>

#include "broker-lite/broker_rig.h"
#include "protocol/requests/message.h"

namespace rocketmq::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

struct QueryTest : ::testing::Test {
  QueryTest() {
    rig.start();
    client = rig.connect();
  }
  void send(std::string_view body, std::string_view properties) {
    ASSERT_TRUE(client->call(send_to("T", 0, properties), body));
  }
  static protocol::QueryMessage by_key(std::string_view key) {
    protocol::QueryMessage request;
    request.topic = "T";
    request.key = key;
    request.max_num = 64;
    request.end_timestamp = std::numeric_limits<std::int64_t>::max();
    return request;
  }
  std::vector<std::string> bodies(const protocol::QueryMessage& request) {
    return bodies_of(client->call(request)->body);
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
};

TEST_F(QueryTest, gives_the_messages_with_a_key) {
  send("a", "KEYS\1k1 k2\2");
  send("b", "KEYS\1k2\2");
  EXPECT_THAT(bodies(by_key("k1")), ElementsAre("a"));
  EXPECT_THAT(bodies(by_key("k2")), ElementsAre("a", "b"));
  protocol::QueryMessage request = by_key("k2");
  request.max_num = 1;
  EXPECT_THAT(bodies(request), ElementsAre("b"));
}

TEST_F(QueryTest, gives_the_message_with_a_unique_key) {
  send("a",
       "UNIQ_KEY\1"
       "7F01\2TAGS\1red\2");
  protocol::QueryMessage request = by_key("7F01");
  request.unique_key_query = true;
  request.max_num = 0;  // not heeded, as with stock
  EXPECT_THAT(bodies(request), ElementsAre("a"));
  request = by_key("red");
  request.index_type = "T";
  EXPECT_THAT(bodies(request), ElementsAre("a"));
}

TEST_F(QueryTest, says_that_there_is_none_as_stock_does) {
  EXPECT_EQ(client->refusal(by_key("k")), "22 can not find message, maybe time range not correct");
}

TEST_F(QueryTest, a_message_can_be_viewed_by_its_place) {
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  protocol::ViewMessageById view;
  view.offset = records_of(client->call(pull_from("T", 0, 0))->body).at(0).physical_offset;
  const auto viewed = client->call(view);
  ASSERT_TRUE(viewed);
  EXPECT_EQ(bodies_of(viewed->body).at(0), "a");
  for (const std::int64_t nowhere : {std::int64_t{1}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    view.offset = nowhere;
    EXPECT_THAT(client->refusal(view), StartsWith("1 can not find message by the offset"));
  }
}

}  // namespace
}  // namespace rocketmq::broker
