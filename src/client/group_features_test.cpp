#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "client/local_offset_file.h"
#include "client/subscription_data.h"
#include "client/testing/group_fixture.h"
#include "protocol/json_body.h"
#include "protocol/message_codec.h"
#include "protocol/testing/temporary_folder.h"

// What a push consumer can do beside consuming: told one by one.

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::Consumer;
using testing::default_options;
using ::testing::ElementsAre;
using testing::group;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::topic;

struct GroupFeaturesTest : testing::GroupFixture {
  explicit GroupFeaturesTest(int queues = 1) : GroupFixture(queues) {}

  Result<void> subscribe(Consumer& consumer, const std::string& to, FilterExpression filter = {}) {
    return net::run_task(loop,
                         consumer.member->subscribe(
                             subscription_data({to, std::move(filter)}, loop.wall_ms()).value()));
  }
  void reset_to(std::int64_t offset) {
    protocol::ResetOffsetBody body;
    body.offset_table.emplace_back(
        protocol::MessageQueueData{.broker_name = "broker-a", .queue_id = 0, .topic = topic},
        offset);
    broker.push(protocol::ResetConsumerClientOffset{{.topic = topic, .group = group}},
                protocol::to_json(body));
  }
};

TEST_F(GroupFeaturesTest, begin_at_a_time) {
  store("old");
  loop.advance(10s);
  const std::int64_t then = loop.wall_ms();
  loop.advance(10s);
  store("new");
  PushConsumerOptions options = default_options();
  options.start_at = StartAt::time(Timestamp(std::chrono::milliseconds(then)));
  const auto consumer = join("1", options);
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("new"));
  EXPECT_EQ(broker.last_heartbeat().consumer_data_set.at(0).consume_from_where,
            protocol::ConsumeFromWhere::timestamp);
}

TEST_F(GroupFeaturesTest, subscribe_and_unsubscribe_while_consuming) {
  names.set_route("U", testing::route_over({&broker}, 2));
  const auto consumer = join();
  ASSERT_TRUE(subscribe(*consumer, "U"));
  loop.advance(1s);
  broker.store({.topic = "U", .queue_id = 1, .body = "from U"});
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("from U"));
  EXPECT_THAT(consumer->queues("U"), SizeIs(2));

  ASSERT_TRUE(net::run_task(loop, consumer->member->unsubscribe("U")));
  broker.store({.topic = "U", .body = "unwanted"});
  loop.advance(60s);
  EXPECT_THAT(consumer->queues("U"), IsEmpty());
  EXPECT_THAT(consumer->bodies, SizeIs(1));
  EXPECT_EQ(broker.offset(group, "U", 1), 1);
  EXPECT_TRUE(net::run_task(loop, consumer->member->unsubscribe("never")));
}

TEST_F(GroupFeaturesTest, change_a_filter_while_consuming) {
  PushConsumerOptions options = default_options();
  options.subscriptions[0].filter = tags("a");
  const auto consumer = join("1", options);
  store("1", "b");
  loop.advance(1s);
  ASSERT_TRUE(subscribe(*consumer, topic, tags("b")));
  store("2", "b");
  store("3", "a");
  loop.advance(1s);
  EXPECT_THAT(consumer->bodies, ElementsAre("2"));
}

TEST_F(GroupFeaturesTest, ask_brokers_about_sql_and_send_it_with_pulls) {
  const auto consumer = join();
  names.set_route("U", testing::route_over({&broker}, 1));
  broker.refuse_filter("amount >");
  const auto refused = subscribe(*consumer, "U", sql("amount >"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ResponseCode::subscription_parse_failed);
  EXPECT_THAT(refused.error().message, HasSubstr("no such operator"));
  EXPECT_TRUE(subscribe(*consumer, "U", sql("amount > 100")));
  loop.advance(1s);
  EXPECT_EQ(broker.received(RequestCode::check_client_config), 2);
  EXPECT_THAT(consumer->queues("U"), SizeIs(1));
}

TEST_F(GroupFeaturesTest, pause_and_resume) {
  const auto consumer = join();
  consumer->hold_listeners();
  store("in hand");
  loop.advance(1s);
  consumer->member->pause(topic);
  consumer->release_listeners();
  store("later");
  loop.advance(60s);
  EXPECT_THAT(consumer->bodies, IsEmpty());
  EXPECT_THAT(consumer->queues(), SizeIs(1));  // they stay ours
  EXPECT_TRUE(consumer->member->statistics().held.at(1).paused);
  consumer->member->resume(topic);
  loop.advance(20s);
  EXPECT_THAT(consumer->bodies, ElementsAre("in hand", "later"));

  consumer->member->pause({});
  store("even later");
  loop.advance(30s);
  EXPECT_THAT(consumer->bodies, SizeIs(2));
  consumer->member->resume({});
  loop.advance(20s);
  EXPECT_THAT(consumer->bodies, SizeIs(3));
}

TEST_F(GroupFeaturesTest, wait_between_pulls) {
  PushConsumerOptions options = default_options();
  options.pull_interval = 1s;
  options.pull_batch_size = 1;
  store_many(10);
  const auto consumer = join("1", options);
  loop.advance(4500ms);
  EXPECT_THAT(consumer->bodies, SizeIs(5));
}

struct FourQueuesTest : GroupFeaturesTest {
  FourQueuesTest() : GroupFeaturesTest(4) {}
};

TEST_F(FourQueuesTest, share_the_limits_of_their_topic) {
  PushConsumerOptions options = default_options();
  options.topic_messages_max = 40;
  options.pull_batch_size = 1;
  for (std::int32_t id = 0; id < 4; ++id) store_many(100, id);
  auto consumer = std::make_unique<Consumer>(loop, "1", options);
  consumer->hold_listeners();
  ASSERT_TRUE(consumer->member->join());
  loop.advance(5s);
  for (const HeldQueueStatistics& each : consumer->member->statistics().held) {
    if (each.queue.topic == topic) {
      EXPECT_EQ(each.messages, 11u);
    }
  }
  broker.add_member(group, "zzz@other");
  loop.advance(5s);
  for (const HeldQueueStatistics& each : consumer->member->statistics().held) {
    if (each.queue.topic == topic) {
      EXPECT_EQ(each.messages, 21u);
    }
  }
}

TEST_F(GroupFeaturesTest, take_messages_together) {
  PushConsumerOptions options = default_options();
  std::vector<std::size_t> sizes;
  options.on_messages = [&](Span<const MessageView> messages) {
    sizes.push_back(messages.size());
    return Consumed::ok;
  };
  options.consume_batch_size = 8;
  store_many(20);
  const auto consumer = join("1", options);
  loop.advance(1s);
  EXPECT_THAT(sizes, ElementsAre(8, 8, 4));
  EXPECT_EQ(consumer->member->statistics().consumed, 20u);
}

TEST_F(GroupFeaturesTest, send_a_copy_where_the_broker_cannot_take_a_message_back) {
  const auto consumer = join();
  consumer->listener = [](const MessageView&) { return Consumed::retry_later(); };
  broker.fail_next(RequestCode::consumer_send_msg_back, 1, {ResponseCode::system_error, "lost"});
  store("refused", "paid");
  loop.advance(100ms);
  const auto& copy = broker.stored().back();
  ASSERT_EQ(copy.topic, testing::retry_topic);
  EXPECT_EQ(copy.body, "refused");
  const auto property = [&](std::string_view name) {
    return std::string(protocol::find_property(copy.properties, name).value_or("none"));
  };
  EXPECT_EQ(property("RECONSUME_TIME"), "1");
  EXPECT_EQ(property("MAX_RECONSUME_TIMES"), "16");
  EXPECT_EQ(property("DELAY"), "3");
  EXPECT_EQ(property("TAGS"), "paid");
  EXPECT_EQ(property("RETRY_TOPIC"), topic);
  loop.advance(6s);
  EXPECT_EQ(committed(), 1);
}

// ---- what brokers ask

TEST_F(GroupFeaturesTest, go_where_a_reset_wants_them_to) {
  store_many(5);
  const auto consumer = join();
  loop.advance(1s);
  ASSERT_THAT(consumer->bodies, SizeIs(5));
  consumer->bodies.clear();
  reset_to(2);
  loop.advance(1s);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-2", "0-3", "0-4"));
  loop.advance(10s);
  EXPECT_EQ(committed(), 5);
}

TEST_F(GroupFeaturesTest, count_nothing_of_what_was_in_hand_before_a_reset) {
  const auto consumer = join();
  consumer->hold_listeners();
  store_many(5);
  loop.advance(1s);
  reset_to(4);
  loop.advance(1s);
  consumer->release_listeners();
  loop.advance(1s);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-4"));
  EXPECT_EQ(consumer->member->statistics().consumed, 1u);
}

TEST_F(GroupFeaturesTest, tell_how_far_they_are) {
  store_many(3);
  const auto consumer = join();
  loop.advance(1s);
  const auto status = consumer->member->consumer_status({{.topic = topic, .group = group}});
  ASSERT_THAT(status->message_queue_table, SizeIs(1));
  EXPECT_EQ(status->message_queue_table[0].second, 3);

  const auto info = consumer->member->running_info({});
  EXPECT_EQ(info->properties.at("PROP_CONSUMEORDERLY"), "false");
  EXPECT_THAT(info->mq_table, SizeIs(2));
  EXPECT_THAT(info->subscription_set, SizeIs(2));
}

// ---- broadcasting

struct BroadcastMemberTest : GroupFeaturesTest {
  BroadcastMemberTest() : GroupFeaturesTest(2) {
    options.model = MessageModel::broadcasting;
    options.broadcast_offsets_dir = folder.path;
  }

  const TemporaryFolder folder;
  PushConsumerOptions options = default_options();
};

TEST_F(BroadcastMemberTest, gets_every_message_whoever_else_does) {
  const auto first = join("1", options);
  const auto second = join("2", options);
  store("one", "", 0);
  store("two", "", 1);
  loop.advance(1s);
  EXPECT_THAT(first->bodies, SizeIs(2));
  EXPECT_THAT(second->bodies, SizeIs(2));
  EXPECT_EQ(broker.last_heartbeat().consumer_data_set.at(0).message_model,
            protocol::MessageModel::broadcasting);
}

TEST_F(BroadcastMemberTest, goes_on_where_it_was_and_tells_brokers_nothing_of_that) {
  auto consumer = join("1", options);
  store("one");
  loop.advance(1s);
  const std::string path = LocalOffsetFile::path_for(folder.path, consumer->client_id(), group);
  EXPECT_TRUE(consumer->close().clean());
  consumer.reset();
  EXPECT_EQ(broker.received(RequestCode::update_consumer_offset), 0);
  EXPECT_EQ(committed(), -1);
  EXPECT_EQ(LocalOffsetFile(path).load()->at({topic, "broker-a", 0}), 1);

  store("two");
  consumer = join("1", options);
  loop.advance(1s);
  EXPECT_THAT(consumer->bodies, ElementsAre("two"));
}

TEST_F(BroadcastMemberTest, gives_nothing_back) {
  const auto consumer = join("1", options);
  consumer->listener = [](const MessageView&) { return Consumed::retry_later(); };
  store("unwanted");
  loop.advance(60s);
  EXPECT_THAT(consumer->bodies, SizeIs(1));
  EXPECT_THAT(broker.given_back(), IsEmpty());
}

}  // namespace
}  // namespace rocketmq::client
