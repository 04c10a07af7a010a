#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::PullMessage;
using ::testing::ElementsAre;
using ::testing::StartsWith;

struct PullTest : ::testing::Test {
  PullTest() { start(); }
  void start() {
    rig.start();
    client = rig.connect();
    other = rig.connect();
  }
  void send(std::string_view body, std::string_view properties = "", std::string_view topic = "T") {
    ASSERT_TRUE(other->call(send_to(topic, 0, properties), body));
  }

  // By a heartbeat of `client`.
  void subscribe(std::string type, std::string expression) {
    protocol::HeartbeatData heartbeat;
    heartbeat.client_id = "c1";
    protocol::ConsumerData& consumer = heartbeat.consumer_data_set.emplace_back();
    consumer.group_name = "G";
    protocol::SubscriptionData& subscription = consumer.subscription_data_set.emplace_back();
    subscription.topic = "T";
    subscription.expression_type = std::move(type);
    subscription.sub_string = std::move(expression);
    subscription.sub_version = ++sub_version;
    ASSERT_TRUE(client->call(protocol::HeartBeat{}, protocol::to_json(heartbeat)));
  }
  PullMessage pull_by_heartbeat(std::int64_t offset = 0) const {
    PullMessage request = pull_from("T", 0, offset);
    request.sys_flag = 0;
    request.subscription.reset();
    request.sub_version = sub_version;
    return request;
  }
  std::string check_config(std::string type, std::string expression) {
    protocol::CheckClientRequestBody body;
    body.subscription_data.emplace();
    body.subscription_data->expression_type = std::move(type);
    body.subscription_data->sub_string = std::move(expression);
    return client->refusal(protocol::CheckClientConfig{}, protocol::to_json(body));
  }
  void refuse_property_filters() {
    client.reset();
    other.reset();
    rig.kill();
    rig.options.enable_property_filter = false;
    start();
  }

  std::int64_t sub_version = 9;
  BrokerRig rig;
  std::unique_ptr<TestClient> client;
  std::unique_ptr<TestClient> other;
};

TEST_F(PullTest, gives_messages_and_where_to_go_on) {
  send("a");
  send("b");
  const auto pulled = client->call(pull_from("T", 0, 0));
  ASSERT_TRUE(pulled);
  EXPECT_EQ(pulled->remark, "FOUND");
  EXPECT_THAT(bodies_of(pulled->body), ElementsAre("a", "b"));
  EXPECT_EQ(pulled->header.next_begin_offset, 2);
  EXPECT_EQ(pulled->header.min_offset, 0);
  EXPECT_EQ(pulled->header.max_offset, 2);
  EXPECT_EQ(pulled->header.suggest_which_broker_id, 0);
}

TEST_F(PullTest, gives_no_more_than_was_asked_for) {
  for (const char* body : {"a", "b", "c"}) send(body);
  PullMessage request = pull_from("T", 0, 0);
  request.max_msg_nums = 2;
  EXPECT_THAT(bodies_of(client->call(request)->body), ElementsAre("a", "b"));
  request.max_msg_bytes = 1;
  EXPECT_THAT(bodies_of(client->call(request)->body), ElementsAre("a"));
  request.max_msg_nums = 0;
  EXPECT_THAT(bodies_of(client->call(request)->body), ElementsAre("a"));
}

TEST_F(PullTest, says_where_an_offset_that_is_not_there_should_be) {
  send("a");
  struct Case {
    std::int64_t offset;
    std::int32_t code;
    std::int64_t next;
  };
  for (const Case& c : {Case{1, 19, 1}, Case{5, 21, 1}, Case{-1, 21, 0}}) {
    const auto pulled = client->call(pull_from("T", 0, c.offset));
    ASSERT_TRUE(pulled) << c.offset;
    EXPECT_EQ(pulled->code, c.code) << c.offset;
    EXPECT_EQ(pulled->header.next_begin_offset, c.next) << c.offset;
  }
  const auto empty_queue = client->call(pull_from("T", 1, 7));
  EXPECT_EQ(empty_queue->code, 21);
  EXPECT_EQ(empty_queue->header.next_begin_offset, 0);
  EXPECT_EQ(client->call(pull_from("T", 1, 0))->code, 19);
}

TEST_F(PullTest, filters_by_tag) {
  send("a", "TAGS\1A\2");
  send("b", "TAGS\1B\2");
  send("none");
  EXPECT_THAT(bodies_of(client->call(pull_from("T", 0, 0, "B || C"))->body), ElementsAre("b"));
  const auto nothing = client->call(pull_from("T", 0, 0, "C"));
  EXPECT_EQ(nothing->code, 20);
  EXPECT_EQ(nothing->header.next_begin_offset, 3);
}

TEST_F(PullTest, holds_a_pull_until_a_message_arrives) {
  send("a");
  const auto pending = client->begin(waiting_up_to(15s, pull_from("T", 0, 1)));
  rig.loop.advance(14s);
  ASSERT_FALSE(pending->has_value());
  const auto before = rig.loop.now();
  send("b");
  rig.loop.run_ready();
  ASSERT_TRUE(pending->has_value());
  EXPECT_EQ(rig.loop.now(), before);  // at once
  EXPECT_THAT(bodies_of((**pending)->body), ElementsAre("b"));
}

TEST_F(PullTest, gives_a_held_pull_everything_that_came_in_the_same_turn) {
  send("a");
  const auto pending = client->begin(waiting_up_to(15s, pull_from("T", 0, 1)));
  rig.loop.run_ready();
  other->begin(send_to("T"), "b");
  other->begin(send_to("T"), "c");
  rig.loop.run_ready();
  ASSERT_TRUE(pending->has_value());
  EXPECT_THAT(bodies_of((**pending)->body), ElementsAre("b", "c"));
}

TEST_F(PullTest, answers_a_held_pull_when_its_time_is_over) {
  send("a");
  const auto pending = client->begin(waiting_up_to(15s, pull_from("T", 0, 1)));
  rig.loop.advance(14'999ms);
  ASSERT_FALSE(pending->has_value());
  rig.loop.advance(2ms);
  ASSERT_TRUE(pending->has_value());
  EXPECT_EQ((**pending)->code, 19);
  EXPECT_EQ((**pending)->header.next_begin_offset, 1);
}

TEST_F(PullTest, does_not_wake_for_other_tags_or_queues) {
  send("a", "TAGS\1A\2");
  const auto pending = client->begin(waiting_up_to(15s, pull_from("T", 0, 1, "A")));
  send("b", "TAGS\1B\2");
  ASSERT_TRUE(other->call(send_to("T", 1, "TAGS\1A\2"), "c"));
  rig.loop.run_ready();
  EXPECT_FALSE(pending->has_value());
  send("d", "TAGS\1A\2");
  rig.loop.run_ready();
  ASSERT_TRUE(pending->has_value());
  EXPECT_THAT(bodies_of((**pending)->body), ElementsAre("d"));
}

TEST_F(PullTest, survives_a_client_that_goes_away_while_it_waits) {
  send("a");
  client->begin(waiting_up_to(15s, pull_from("T", 0, 1)));
  rig.loop.run_ready();
  client->close();
  send("b");
  rig.loop.advance(20s);
  EXPECT_THAT(bodies_of(other->call(pull_from("T", 0, 1))->body), ElementsAre("b"));
}

TEST_F(PullTest, does_not_overflow_on_an_endless_wait) {
  send("a");
  const auto pending =
      client->begin(waiting_up_to(std::chrono::milliseconds::max(), pull_from("T", 0, 1)));
  const auto negative = other->begin(waiting_up_to(-5ms, pull_from("T", 0, 1)));
  rig.loop.advance(1ms);
  EXPECT_FALSE(pending->has_value());
  ASSERT_TRUE(negative->has_value());
  EXPECT_EQ((**negative)->code, 19);
}

TEST_F(PullTest, commits_the_offset_it_carries) {
  send("a");
  PullMessage request = pull_from("T", 0, 1);
  request.sys_flag |= protocol::pull_flag::commit_offset;
  request.commit_offset = 1;
  ASSERT_TRUE(client->call(request));
  protocol::QueryConsumerOffset query;
  query.consumer_group = "G";
  query.topic = "T";
  EXPECT_EQ(client->call(query)->header.offset, 1);
}

TEST_F(PullTest, checks_as_stock_does) {
  send("a");
  EXPECT_THAT(client->refusal(pull_from("NoSuch", 0, 0)), StartsWith("17 topic[NoSuch] not exist"));
  EXPECT_THAT(client->refusal(pull_from("../x", 0, 0)), StartsWith("17 "));
  EXPECT_THAT(client->refusal(pull_from("T", 4, 0)), StartsWith("29 queueId[4] is illegal"));
  EXPECT_THAT(client->refusal(pull_from("T", -1, 0)), StartsWith("29 queueId[-1] is illegal"));
  EXPECT_THAT(client->refusal(pull_from("T", 0, 0, "||")), StartsWith("23 parse the consumer's"));
  PullMessage request = pull_from("T", 0, 0);
  request.consumer_group = "bad/group";
  EXPECT_THAT(client->refusal(request), StartsWith("26 subscription group [bad/group] does not"));
  request = pull_from("T", 0, 0);
  request.sys_flag = 0;
  EXPECT_THAT(client->refusal(request), StartsWith("24 the consumer's group info not exist"));
}

TEST_F(PullTest, takes_the_subscription_of_the_heartbeat) {
  send("a", "TAGS\1A\2");
  send("b", "TAGS\1B\2");
  subscribe("TAG", "B");
  PullMessage request = pull_by_heartbeat();
  EXPECT_THAT(bodies_of(client->call(request)->body), ElementsAre("b"));
  request.sub_version = 11;
  EXPECT_THAT(client->refusal(request), StartsWith("25 the consumer's subscription not latest"));
  request.topic = "TBW102";
  EXPECT_THAT(client->refusal(request), StartsWith("24 the consumer's subscription not exist"));
}

PullMessage by_sql(std::string_view expression, std::int64_t offset = 0) {
  PullMessage request = pull_from("T", 0, offset, expression);
  request.expression_type = "SQL92";
  return request;
}

TEST_F(PullTest, filters_by_properties) {
  send("a",
       "n\1"
       "1\2");
  send("b",
       "n\1"
       "2\2TAGS\1B\2");
  send("none");
  EXPECT_THAT(bodies_of(client->call(by_sql("n > 1"))->body), ElementsAre("b"));
  EXPECT_THAT(bodies_of(client->call(by_sql("TAGS = 'B' OR n IS NULL"))->body),
              ElementsAre("b", "none"));
  const auto nothing = client->call(by_sql("n = 3"));
  EXPECT_EQ(nothing->code, 20);
  EXPECT_EQ(nothing->remark, "NO_MATCHED_MESSAGE");
  EXPECT_EQ(nothing->header.next_begin_offset, 3);

  subscribe("SQL92", "n = 1");
  EXPECT_THAT(bodies_of(client->call(pull_by_heartbeat())->body), ElementsAre("a"));
  subscribe("SQL92", "n = 2");
  EXPECT_THAT(bodies_of(client->call(pull_by_heartbeat())->body), ElementsAre("b"));
}

TEST_F(PullTest, does_not_wake_for_other_properties) {
  send("a",
       "n\1"
       "1\2");
  const auto own = client->begin(waiting_up_to(15s, by_sql("n = 2", 1)));
  send("b",
       "n\1"
       "1\2");
  send("c");
  rig.loop.run_ready();
  EXPECT_FALSE(own->has_value());
  send("d",
       "n\1"
       "2\2");
  rig.loop.run_ready();
  ASSERT_TRUE(own->has_value());
  EXPECT_THAT(bodies_of((**own)->body), ElementsAre("d"));
}

TEST_F(PullTest, refuses_a_wrong_expression) {
  send("a");
  EXPECT_THAT(client->refusal(by_sql("n >")),
              StartsWith("23 parse the consumer's subscription fa"));
  EXPECT_THAT(client->refusal(by_sql("")),
              StartsWith("23 parse the consumer's subscription failed"));
  subscribe("SQL92", "n >");
  EXPECT_THAT(client->refusal(pull_by_heartbeat()),
              StartsWith("27 The broker's consumer filter data is not exist!Your expression may be "
                         "wrong!"));
  EXPECT_EQ(check_config("SQL92", "n > 1"), "0");
  EXPECT_EQ(check_config("TAG", "||"), "0");
  EXPECT_THAT(check_config("SQL92", "n >"), StartsWith("23 SQL92 expression, before position 4: "));
}

TEST_F(PullTest, refuses_filters_that_it_has_not) {
  send("a");
  EXPECT_EQ(check_config("XPATH", "n"),
            "1 The broker does not support consumer to filter message by XPATH");
  refuse_property_filters();
  constexpr std::string_view refusal =
      "1 The broker does not support consumer to filter message by SQL92";
  EXPECT_EQ(check_config("SQL92", "n = 1"), refusal);
  EXPECT_EQ(client->refusal(by_sql("n = 1")), refusal);
  subscribe("SQL92", "n = 1");
  EXPECT_EQ(client->refusal(pull_by_heartbeat()), refusal);
}

TEST_F(PullTest, refuses_to_hold_more_than_its_limit) {
  client.reset();
  other.reset();
  rig.kill();
  rig.options.waiting_pulls_max = 1;
  start();
  send("a");
  client->begin(waiting_up_to(15s, pull_from("T", 0, 1)));
  EXPECT_THAT(other->refusal(waiting_up_to(15s, pull_from("T", 0, 1))), StartsWith("2 too many"));
  rig.loop.advance(16s);
  const auto pending = other->begin(waiting_up_to(15s, pull_from("T", 0, 1)));
  rig.loop.advance(1s);
  EXPECT_FALSE(pending->has_value());
}

}  // namespace
}  // namespace rocketmq::broker
