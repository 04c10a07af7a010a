#include "client/group_member.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "client/testing/group_fixture.h"
#include "protocol/message_codec.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using testing::Consumer;
using testing::default_options;
using testing::group;
using testing::retry_topic;
using testing::topic;

using GroupMemberTest = testing::GroupFixture;

bool is_about_heartbeats(const std::string& line) { return line.starts_with("heartbeat to"); }

struct TwoMembersTest : GroupMemberTest {
  TwoMembersTest() : GroupMemberTest(8) {}
};

TEST_F(GroupMemberTest, consumes_what_is_there_and_what_comes) {
  store("before");
  const auto consumer = join();
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("before"));
  store("after");
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("before", "after"));
  EXPECT_EQ(consumer->member->statistics().consumed, 2u);
}

TEST_F(GroupMemberTest, tells_brokers_what_it_wants) {
  PushConsumerOptions options = default_options();
  options.subscriptions[0].filter = tags("a || b");
  const auto consumer = join("1", options);
  ASSERT_THAT(broker.last_heartbeat().consumer_data_set, SizeIs(1));
  const auto& data = broker.last_heartbeat().consumer_data_set[0];
  EXPECT_EQ(data.group_name, group);
  EXPECT_EQ(data.consume_from_where, protocol::ConsumeFromWhere::first_offset);
  EXPECT_EQ(data.consume_type, protocol::ConsumeType::consume_passively);
  std::vector<std::string> expressions;
  for (const auto& each : data.subscription_data_set) {
    expressions.push_back(str(each.topic, ' ', each.sub_string));
  }
  EXPECT_THAT(expressions, UnorderedElementsAre("T a || b", "%RETRY%billing *"));
}

TEST_F(GroupMemberTest, begins_at_the_end_when_asked_to) {
  store("old");
  PushConsumerOptions options = default_options();
  options.start_at = StartAt::latest;
  const auto consumer = join("1", options);
  store("new");
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("new"));
}

TEST_F(GroupMemberTest, begins_at_the_groups_offset_wherever_it_is_asked_to) {
  store_many(5);
  broker.set_offset(group, topic, 0, 3);
  const auto consumer = join();
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-3", "0-4"));
}

TEST_F(GroupMemberTest, begins_at_the_first_message_there_is) {
  store_many(5);
  broker.set_min_offset(topic, 0, 4);
  const auto consumer = join();
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-4"));
}

TEST_F(GroupMemberTest, begins_at_the_first_message_there_is_where_it_may_not_ask_for_it) {
  for (int i = 0; i < 6; ++i) store(std::to_string(i));
  broker.set_min_offset(topic, 0, 4);
  broker.fail_next(RequestCode::get_min_offset, 1000,
                   {ResponseCode::no_permission, "User:u has no permission to access Topic:T"});
  const auto consumer = join();
  loop.advance(5s);
  EXPECT_THAT(consumer->bodies, ElementsAre("4", "5"));
}

TEST_F(GroupMemberTest, skips_nothing_that_was_given_back_while_it_was_away) {
  broker.store({.topic = retry_topic,
                .body = "again",
                .properties = protocol::encode_properties({{"RETRY_TOPIC", topic}})});
  PushConsumerOptions options = default_options();
  options.start_at = StartAt::latest;
  const auto consumer = join("1", options);
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("again"));
  EXPECT_THAT(consumer->topics, ElementsAre(topic));
}

TEST_F(GroupMemberTest, drops_what_only_shares_the_hash_of_a_tag_and_what_has_none) {
  PushConsumerOptions options = default_options();
  options.subscriptions[0].filter = tags("AaAa");
  const auto consumer = join("1", options);
  store("wanted", "AaAa");
  store("same hash", "BBBB");
  store("no tag");
  loop.advance(100ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("wanted"));
  loop.advance(20s);
  EXPECT_EQ(committed(), 3);
}

TEST_F(GroupMemberTest, commits_only_below_the_oldest_message_in_hand) {
  const auto consumer = join();
  consumer->hold_listeners();
  store_many(3);
  loop.advance(6s);
  EXPECT_LE(committed(), 0);

  consumer->run_listener();
  loop.advance(6s);
  EXPECT_EQ(committed(), 1);
  consumer->release_listeners();
  loop.advance(6s);
  EXPECT_EQ(committed(), 3);
}

TEST_F(GroupMemberTest, commits_only_what_has_changed) {
  store("one");
  const auto consumer = join();
  loop.advance(20s);
  const int before = broker.received(RequestCode::update_consumer_offset);
  loop.advance(60s);
  EXPECT_EQ(broker.received(RequestCode::update_consumer_offset), before);
  EXPECT_EQ(committed(), 1);
}

TEST_F(GroupMemberTest, pauses_at_the_count_limit_and_goes_on_when_there_is_room) {
  PushConsumerOptions options = default_options();
  options.queue_messages_max = 10;
  options.pull_batch_size = 4;
  store_many(100);
  const auto consumer = std::make_unique<Consumer>(loop, "1", options);
  consumer->hold_listeners();
  ASSERT_TRUE(consumer->member->join());
  loop.advance(60s);
  EXPECT_EQ(consumer->close(0s).unfinished_messages,
            12u);  // the first pull over the limit is the last

  const auto next = join("2", options);
  loop.advance(1s);
  EXPECT_THAT(next->bodies, SizeIs(100));
}

TEST_F(GroupMemberTest, gives_back_what_the_listener_does_not_want_now) {
  const auto consumer = join();
  consumer->listener = [](const MessageView&) { return Consumed::retry_later(10s); };
  store("refused");
  loop.advance(100ms);
  ASSERT_THAT(broker.given_back(), SizeIs(1));
  EXPECT_EQ(broker.given_back()[0].group, group);
  EXPECT_EQ(broker.given_back()[0].topic, topic);
  EXPECT_EQ(broker.given_back()[0].delay_level, 3);
  EXPECT_EQ(broker.given_back()[0].max_reconsume_times, 16);
  loop.advance(6s);
  EXPECT_EQ(committed(), 1);
}

TEST_F(GroupMemberTest, keeps_a_message_that_the_broker_does_not_take_back) {
  const auto consumer = join();
  consumer->listener = [&](const MessageView&) {
    return consumer->bodies.size() < 2 ? Consumed::retry_later() : Consumed::ok;
  };
  broker.fail_next(RequestCode::consumer_send_msg_back, 1, {ResponseCode::system_error, "full"});
  broker.fail_next(RequestCode::send_message_v2, 1, {ResponseCode::system_error, "full"});
  store("stubborn");
  loop.advance(4900ms);
  EXPECT_LE(committed(), 0);
  EXPECT_THAT(consumer->bodies, SizeIs(1));
  loop.advance(15s);
  EXPECT_THAT(consumer->bodies, ElementsAre("stubborn", "stubborn"));
  EXPECT_EQ(committed(), 1);
}

TEST_F(GroupMemberTest, sends_what_cannot_be_unpacked_to_the_dead_letters_and_goes_on) {
  const auto consumer = join();
  broker.store({.topic = topic, .body = "not zlib", .sys_flag = protocol::sys_flag::compressed});
  store("readable");
  loop.advance(20s);
  EXPECT_THAT(consumer->bodies, ElementsAre("readable"));
  ASSERT_THAT(broker.given_back(), SizeIs(1));
  EXPECT_EQ(broker.given_back()[0].delay_level, -1);
  EXPECT_EQ(committed(), 2);
}

TEST_F(GroupMemberTest, asks_again_for_what_it_could_not_decode) {
  store_many(3);
  broker.damage_next_pull();
  const auto consumer = join();
  loop.advance(500ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-0", "0-1"));
  loop.advance(20s);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-0", "0-1", "0-2"));
  EXPECT_EQ(committed(), 3);
}

TEST_F(GroupMemberTest, goes_on_after_a_broker_restart) {
  store_many(3);
  const auto consumer = join();
  loop.advance(1s);
  broker.stop();
  broker.remove_member(group, consumer->client_id());
  loop.advance(10s);
  broker.start();
  store("after");
  loop.advance(10s);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-0", "0-1", "0-2", "after"));
  EXPECT_THAT(broker.members(group), ElementsAre(consumer->client_id()));
}

TEST_F(GroupMemberTest, stores_again_what_a_broker_may_have_lost_when_it_died) {
  store_many(3);
  const auto consumer = join();
  loop.advance(20s);
  ASSERT_EQ(committed(), 3);
  broker.stop();
  loop.advance(2s);
  broker.set_offset(group, topic, 0, 1);  // what it had on disk
  broker.start();
  loop.advance(20s);
  EXPECT_EQ(committed(), 3);
}

TEST_F(GroupMemberTest, introduces_itself_again_to_a_broker_that_forgot_it) {
  const auto consumer = join();
  const int before = broker.received(RequestCode::heart_beat);
  broker.fail_next(RequestCode::pull_message, 1, {ResponseCode::subscription_not_exist, "who?"});
  loop.advance(16s);  // the pull that waits ends first
  store("one");
  loop.advance(2s);
  EXPECT_GT(broker.received(RequestCode::heart_beat), before);
  EXPECT_THAT(consumer->bodies, ElementsAre("one"));
}

TEST_F(GroupMemberTest, follows_the_broker_to_another_offset_without_losing_what_is_in_hand) {
  const auto consumer = join();
  consumer->hold_listeners();
  store("in hand");
  loop.advance(100ms);
  broker.set_min_offset(topic, 0, 5);
  for (int i = 1; i < 5; ++i) store("expired");
  loop.advance(16s);
  // Offsets 1 to 4 came with the pull that waited; what is in hand is not passed.
  EXPECT_LE(committed(), 0);
  store("new");
  loop.advance(1s);
  consumer->release_listeners();
  loop.advance(6s);
  EXPECT_EQ(consumer->bodies.front(), "in hand");
  EXPECT_EQ(consumer->bodies.back(), "new");
  EXPECT_EQ(committed(), 6);
}

TEST_F(GroupMemberTest, goes_back_to_the_end_of_a_queue_that_has_become_shorter) {
  store_many(2);
  broker.set_offset(group, topic, 0, 1000);
  const auto consumer = join();
  loop.advance(1s);
  EXPECT_EQ(committed(), 2);
  store("next");
  loop.advance(1s);
  EXPECT_THAT(consumer->bodies, ElementsAre("next"));
}

TEST_F(GroupMemberTest, waits_a_little_when_the_broker_is_too_busy) {
  broker.fail_next(RequestCode::pull_message, 1, {ResponseCode::flow_control, "busy"});
  store("one");
  const auto consumer = join();
  loop.advance(50ms);
  EXPECT_THAT(consumer->bodies, ElementsAre("one"));
}

TEST_F(GroupMemberTest, consumes_a_topic_that_is_created_later) {
  names.remove_topic(topic);
  const auto consumer = join();
  loop.advance(20s);
  names.set_route(topic, testing::route_over({&broker}, 1));
  store("first");
  loop.advance(6s);
  EXPECT_THAT(consumer->bodies, ElementsAre("first"));
}

TEST_F(GroupMemberTest, is_refused_where_its_client_is_in_the_group_already) {
  const auto consumer = join();
  const PushConsumerOptions options = default_options();
  GroupMember second(consumer->core(), options, subscriptions_of(options, 1).value(),
                     [](WorkList) {});
  const auto joined = second.join();
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, Errc::invalid_argument);
}

TEST_F(GroupMemberTest, is_told_that_a_broker_denies_it_and_says_so_once) {
  broker.fail_next(RequestCode::heart_beat, 1000,
                   {ResponseCode::no_permission, "check signature failed."});
  const auto consumer = std::make_unique<Consumer>(loop, "1");
  ASSERT_TRUE(consumer->member->join());
  const auto denied = net::run_task(loop, consumer->member->consuming(3s));
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, ResponseCode::no_permission);
  EXPECT_THAT(denied.error().message, HasSubstr("check signature failed. Is Credentials::secret"));
  loop.advance(5min);
  EXPECT_EQ(std::ranges::count_if(consumer->log, is_about_heartbeats), 1);

  broker.fail_next(RequestCode::heart_beat, 0, {});
  loop.advance(1min);
  EXPECT_TRUE(net::run_task(loop, consumer->member->consuming(3s)));
  broker.fail_next(RequestCode::heart_beat, 1, {ResponseCode::system_error, "busy"});
  loop.advance(40s);
  EXPECT_EQ(std::ranges::count_if(consumer->log, is_about_heartbeats), 2);
  EXPECT_TRUE(net::run_task(loop, consumer->member->consuming(3s))) << "no denial";
}

TEST_F(TwoMembersTest, share_the_queues) {
  const auto first = join("1");
  EXPECT_THAT(first->queues(), SizeIs(8));
  const auto second = join("2");
  loop.advance(1s);
  EXPECT_THAT(first->queues(), SizeIs(4));
  EXPECT_THAT(second->queues(), SizeIs(4));
  for (const MessageQueue& queue : first->queues()) {
    EXPECT_THAT(second->queues(), Not(Contains(queue)));
  }
}

TEST_F(TwoMembersTest, get_the_queues_of_one_that_leaves) {
  const auto first = join("1");
  const auto second = join("2");
  loop.advance(1s);
  EXPECT_TRUE(second->close().clean());
  loop.advance(1s);
  EXPECT_THAT(first->queues(), SizeIs(8));
  EXPECT_THAT(second->queues(), IsEmpty());
}

TEST_F(TwoMembersTest, take_over_without_loss_where_the_other_stopped) {
  for (std::int32_t id = 0; id < 8; ++id) store_many(10, id);
  const auto first = join("1");
  first->hold_listeners();
  loop.advance(1s);
  const auto second = join("2");
  loop.advance(1s);
  first->release_listeners();
  loop.advance(1s);

  std::set<std::string> seen(first->bodies.begin(), first->bodies.end());
  seen.insert(second->bodies.begin(), second->bodies.end());
  EXPECT_THAT(seen, SizeIs(80));
  loop.advance(20s);
  for (std::int32_t id = 0; id < 8; ++id) EXPECT_EQ(committed(id), 10);
}

TEST_F(TwoMembersTest, commit_a_queue_before_giving_it_up_and_ignore_its_results_afterwards) {
  const auto first = join("1");
  first->hold_listeners();
  for (std::int32_t id = 0; id < 8; ++id) store_many(3, id);
  loop.advance(100ms);
  first->run_listener();  // the first of one queue
  broker.add_member(group, "zzz@other");
  loop.advance(100ms);
  ASSERT_THAT(first->queues(), SizeIs(4));

  std::vector<std::int64_t> before;
  for (std::int32_t id = 4; id < 8; ++id) before.push_back(committed(id));
  EXPECT_THAT(before, ElementsAre(0, 0, 0, 0));
  EXPECT_LE(committed(0), 1);
  first->listener = [](const MessageView&) { return Consumed::retry_later(); };
  first->release_listeners();
  loop.advance(20s);
  EXPECT_THAT(broker.given_back(),
              SizeIs(11));  // of the four queues kept, but for the one consumed
  for (std::int32_t id = 4; id < 8; ++id) EXPECT_EQ(committed(id), 0);
}

TEST_F(TwoMembersTest, notice_each_other_in_the_regular_round_where_no_notice_arrives) {
  const auto first = join("1");
  broker.add_member(group, "zzz@other");
  loop.advance(1s);
  ASSERT_THAT(first->queues(), SizeIs(4));
  broker.remove_member(group, "zzz@other");
  loop.advance(25s);
  EXPECT_THAT(first->queues(), SizeIs(8));
}

TEST_F(TwoMembersTest, keep_their_queues_while_nobody_can_say_who_is_in_the_group) {
  const auto first = join("1");
  broker.fail_next(RequestCode::get_consumer_list_by_group, 1000,
                   {ResponseCode::system_error, "no consumer for this group"});
  loop.advance(60s);
  EXPECT_THAT(first->queues(), SizeIs(8));
}

TEST_F(GroupMemberTest, drains_and_commits_when_closed) {
  const auto consumer = join();
  consumer->hold_listeners();
  store_many(3);
  loop.advance(100ms);
  bool is_closed = false;
  const auto timer = loop.after(2s, [&] {
    is_closed = true;
    consumer->release_listeners();
  });
  const net::TimePoint start = loop.now();
  const CloseReport report = consumer->close();
  EXPECT_TRUE(is_closed);
  EXPECT_TRUE(report.clean());
  EXPECT_LT(loop.now() - start, 3s);
  EXPECT_EQ(committed(), 3);
  EXPECT_THAT(broker.members(group), IsEmpty());

  store("late");
  loop.advance(60s);
  EXPECT_THAT(consumer->bodies, SizeIs(3));
}

TEST_F(GroupMemberTest, says_what_it_could_not_finish_before_the_deadline) {
  const auto consumer = join();
  consumer->hold_listeners();
  store_many(3);
  loop.advance(100ms);
  consumer->run_listener();
  const CloseReport report = consumer->close(1s);
  EXPECT_EQ(report.unfinished_messages, 2u);
  EXPECT_THAT(report.uncommitted, IsEmpty());
  EXPECT_EQ(committed(), 1);
  consumer->release_listeners();  // too late: nobody is called
  EXPECT_THAT(consumer->bodies, SizeIs(1));
  EXPECT_EQ(committed(), 1);
}

TEST_F(GroupMemberTest, says_which_queues_it_could_not_commit) {
  const auto consumer = join();
  store("one");
  loop.advance(100ms);
  broker.stop();
  const net::TimePoint start = loop.now();
  const CloseReport report = consumer->close(4s);
  EXPECT_THAT(report.uncommitted, Contains(MessageQueue{topic, "broker-a", 0}));
  EXPECT_LT(loop.now() - start, 5s);
}

TEST_F(GroupMemberTest, gives_a_second_close_the_report_of_the_first) {
  const auto consumer = join();
  consumer->hold_listeners();
  store("one");
  loop.advance(100ms);
  net::Task<Result<CloseReport>> first = consumer->member->close(1s, nullptr);
  first.start();
  EXPECT_EQ(consumer->close(10s).unfinished_messages, 1u);
  ASSERT_TRUE(first.done());
  EXPECT_EQ(first.take()->unfinished_messages, 1u);
}

TEST_F(GroupMemberTest, leaves_in_order_when_it_is_just_destroyed) {
  auto consumer = join();
  store("one");
  loop.advance(100ms);
  consumer->member.reset();
  loop.advance(100ms);
  EXPECT_EQ(committed(), 1);
  EXPECT_THAT(broker.members(group), IsEmpty());
}

}  // namespace
}  // namespace rocketmq::client
