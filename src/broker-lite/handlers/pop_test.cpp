#include <gmock/gmock.h>

#include <array>

#include "broker-lite/handlers/pop_rig.h"
#include "protocol/ack_bits.h"
#include "protocol/bodies/batch_ack.h"
#include "protocol/json_body.h"

// POP as clients see it, over restarts and kills.

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::AckMessage;
using protocol::BatchAckMessage;
using protocol::ChangeMessageInvisibleTime;
using protocol::Notification;
using protocol::PopMessage;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

std::string first_pop_time(const protocol::RecordView& record) {
  return std::string(
      protocol::find_property(record.properties, protocol::property::first_pop_time).value_or(""));
}

TEST_F(PopTest, hides_what_it_gives_until_it_is_acknowledged) {
  for (std::int32_t id = 0; id < 4; ++id) send(str("m", id), id);
  const auto messages = pop();
  EXPECT_THAT(bodies(messages), UnorderedElementsAre("m0", "m1", "m2", "m3"));
  EXPECT_THAT(pop(), IsEmpty());
  for (const Popped& message : messages) EXPECT_EQ(ack(message), "0");
  rig.loop.advance(60s);
  EXPECT_THAT(pop(), IsEmpty());
}

TEST_F(PopTest, gives_again_what_was_not_acknowledged_in_time) {
  for (int i = 0; i < 3; ++i) send(str("m", i));
  const auto messages = pop();
  ASSERT_THAT(messages, SizeIs(3));
  ASSERT_EQ(ack(messages[1]), "0");
  rig.loop.advance(9900ms);
  EXPECT_THAT(pop(), IsEmpty()) << "early";
  rig.loop.advance(4s);
  const auto again = pop();
  EXPECT_THAT(bodies(again), ElementsAre("m0", "m2"));
  for (const Popped& message : again) {
    EXPECT_EQ(message.reconsume_times, 1);
    EXPECT_EQ(message.topic, "%RETRY%G_T");
    EXPECT_EQ(ack(message), "0");
  }
  rig.loop.advance(60s);
  EXPECT_THAT(pop(), IsEmpty());
}

TEST_F(PopTest, says_of_what_comes_again_when_it_was_popped_first) {
  send("m");
  const std::int64_t first = rig.loop.wall_ms();
  ASSERT_THAT(pop(), SizeIs(1));
  for (int times = 1; times < 4; ++times) {
    rig.loop.advance(15s);
    const auto answer = client->call(request());
    ASSERT_TRUE(answer);
    ASSERT_THAT(records_of(answer->body), SizeIs(1)) << times;
    const protocol::RecordView record = records_of(answer->body).front();
    EXPECT_EQ(record.reconsume_times, times);
    EXPECT_EQ(record.topic, "T");
    EXPECT_NEAR(std::stod(first_pop_time(record)), static_cast<double>(first), 5);
  }
}

TEST_F(PopTest, gives_again_over_a_restart_and_over_a_kill) {
  send("lost by its consumer");
  send("acknowledged");
  const auto messages = pop();
  ASSERT_THAT(messages, SizeIs(2));
  ASSERT_EQ(ack(messages[1]), "0");
  rig.loop.advance(6s);  // offsets are on disk
  restart();
  EXPECT_THAT(pop(), IsEmpty());
  rig.loop.advance(2s);
  kill();
  EXPECT_THAT(pop(), IsEmpty());
  rig.loop.advance(8s);
  EXPECT_THAT(bodies(pop()), ElementsAre("lost by its consumer"));
}

TEST_F(PopTest, loses_nothing_when_it_is_killed_at_any_moment_after_a_pop) {
  for (int seconds = 0; seconds < 16; ++seconds) {
    SCOPED_TRACE(seconds);
    const std::string lost = str("lost ", seconds);
    const std::string done = str("done ", seconds);
    send(lost);
    send(done);
    rig.loop.advance(6s);
    auto messages = pop(request(5s));
    const auto popped = bodies(messages);
    ASSERT_THAT(popped, ::testing::IsSupersetOf({lost, done}));
    for (const Popped& message : messages) {
      if (message.body != lost) {
        ASSERT_EQ(ack(message), "0");
      }
    }
    rig.loop.advance(std::chrono::seconds(seconds));
    kill();
    std::vector<Popped> again;
    for (int i = 0; i < 20 && again.empty(); ++i) {
      rig.loop.advance(1s);
      for (const Popped& message : pop(request(60s))) {
        if (message.body == lost) again.push_back(message);
        ASSERT_EQ(ack(message), "0");  // some may come twice after a kill
      }
    }
    ASSERT_THAT(bodies(again), ::testing::AllOf(Not(IsEmpty()), Each(lost)));
    rig.loop.advance(80s);
    client = rig.connect();  // the broker closes who is silent for so long
    other = rig.connect();
  }
}

TEST_F(PopTest, acknowledges_many_at_once) {
  for (int i = 0; i < 5; ++i) send(str("m", i));
  const auto messages = pop();
  ASSERT_THAT(messages, SizeIs(5));
  const auto handle = *protocol::parse_pop_checkpoint(messages[0].handle);
  protocol::BatchAckMessageRequestBody body;
  body.broker_name = "broker-lite";
  protocol::BatchAck& acks = body.acks.emplace_back();
  acks.consumer_group = "G";
  acks.topic = "T";
  acks.retry = "0";
  acks.start_offset = handle.start_offset;
  acks.pop_time = handle.pop_time;
  acks.invisible_time = handle.invisible_time;
  acks.revive_queue_id = handle.revive_queue_id;
  acks.bits = protocol::encode_ack_bits(std::array<std::uint32_t, 4>{0, 1, 3, 4});
  EXPECT_EQ(client->refusal(BatchAckMessage{}, protocol::to_json(body)), "0");
  rig.loop.advance(15s);
  EXPECT_THAT(bodies(pop()), ElementsAre("m2"));
}

TEST_F(PopTest, changes_how_long_a_message_is_hidden) {
  send("m");
  auto messages = pop(request(60s));
  ASSERT_THAT(messages, SizeIs(1));
  const auto handle = hide(messages[0], 2s);
  ASSERT_TRUE(handle) << to_string(handle.error());
  EXPECT_NE(*handle, messages[0].handle);
  rig.loop.advance(6s);
  messages = pop(request(60s));
  EXPECT_THAT(bodies(messages), ElementsAre("m"));
  ASSERT_THAT(messages, SizeIs(1));
  messages[0].handle = hide(messages[0], 100s).value();
  rig.loop.advance(90s);
  EXPECT_THAT(pop(), IsEmpty());
  EXPECT_EQ(ack(messages[0]), "0");
  rig.loop.advance(60s);
  EXPECT_THAT(pop(), IsEmpty());
}

// Its new check point and its old one are not taken for each other, although nothing else tells
// them apart.
TEST_F(PopTest, hides_a_message_longer_in_the_millisecond_in_which_it_was_popped) {
  send("m");
  auto messages = pop(request(5s));
  ASSERT_THAT(messages, SizeIs(1));
  auto handle = hide(messages[0], 5s);
  ASSERT_TRUE(handle);
  messages[0].handle = *handle;
  ASSERT_TRUE(hide(messages[0], 5s));
  rig.loop.advance(10s);
  EXPECT_THAT(bodies(pop()), ElementsAre("m"));
}

TEST_F(PopTest, gives_only_what_is_wanted_and_passes_over_the_rest) {
  send("red", 0, "TAGS\1red\2");
  send("blue", 0, "TAGS\1blue\2");
  PopMessage reds = request();
  reds.exp = "red";
  EXPECT_THAT(bodies(pop(reds)), ElementsAre("red"));
  EXPECT_THAT(bodies(pop()), IsEmpty());
  PopMessage wrong = request();
  wrong.exp_type = "SQL92";
  wrong.exp = "a >";
  EXPECT_THAT(client->refusal(wrong), StartsWith("23 "));
}

TEST_F(PopTest, begins_where_the_group_wants_to) {
  send("old");
  kill();
  PopMessage newest = request();
  newest.init_mode = protocol::pop_init_mode::max;
  EXPECT_THAT(bodies(pop(newest)), ElementsAre("old")) << "the queue is young";
}

TEST_F(PopTest, says_how_many_are_left) {
  for (int i = 0; i < 40; ++i) send(str("m", i));
  const auto answer = client->call(request());
  ASSERT_TRUE(answer);
  EXPECT_THAT(records_of(answer->body), SizeIs(32));
  EXPECT_EQ(answer->header.rest_num, 8);
}

TEST_F(PopTest, waits_for_a_message_which_one_of_the_waiting_gets) {
  send("first");
  ASSERT_THAT(pop(), SizeIs(1));
  const auto a = client->begin(waiting_request(15s));
  const auto b = other->begin(waiting_request(15s));
  rig.loop.advance(1s);
  EXPECT_FALSE(*a);
  protocol::PollingInfo polling;
  polling.consumer_group = "G";
  polling.topic = "T";
  polling.queue_id = -1;
  EXPECT_EQ(client->call(polling)->header.polling_num, 2);
  auto sender = rig.connect();
  ASSERT_TRUE(sender->call(send_to("T", 2), "second"));
  rig.loop.advance(10ms);
  ASSERT_TRUE(*a);
  EXPECT_THAT(bodies(messages_of(**a)), ElementsAre("second"));
  EXPECT_FALSE(*b);
  ASSERT_TRUE(sender->call(send_to("T", 3), "third"));
  rig.loop.advance(10ms);
  ASSERT_TRUE(*b);
  EXPECT_THAT(bodies(messages_of(**b)), ElementsAre("third"));
}

TEST_F(PopTest, gives_a_message_to_the_next_when_who_waited_has_gone) {
  send("first");
  ASSERT_THAT(pop(), SizeIs(1));
  (void)client->begin(waiting_request(15s));
  rig.loop.advance(1s);
  const auto b = other->begin(waiting_request(15s));
  rig.loop.advance(1s);
  auto sender = rig.connect();
  const auto sent = sender->begin(send_to("T", 2), "second");
  client.reset();
  rig.loop.advance(1s);
  ASSERT_TRUE(*sent);
  ASSERT_TRUE(*b);
  EXPECT_THAT(bodies(messages_of(**b)), ElementsAre("second"));
}

TEST_F(PopTest, is_woken_by_what_comes_again) {
  send("m");
  ASSERT_THAT(pop(request(3s)), SizeIs(1));
  const auto answer = client->begin(waiting_request(20s));
  rig.loop.advance(8s);
  ASSERT_TRUE(*answer);
  EXPECT_THAT(bodies(messages_of(**answer)), ElementsAre("m"));
}

TEST_F(PopTest, says_so_when_nothing_comes) {
  send("m");
  ASSERT_THAT(pop(), SizeIs(1));
  const auto none = client->call(request());
  ASSERT_TRUE(none);
  EXPECT_EQ(none->code, 19);
  const auto answer = client->begin(waiting_request(5s));
  rig.loop.advance(4400ms);
  EXPECT_FALSE(*answer);
  rig.loop.advance(200ms);
  ASSERT_TRUE(*answer);
  EXPECT_EQ((**answer)->code, 210);
}

TEST_F(PopTest, holds_no_more_than_it_may) {
  client.reset();
  other.reset();
  ASSERT_TRUE(rig.stop());
  rig.options.pop_polling_size = 1;
  start();
  send("m");
  ASSERT_THAT(pop(), SizeIs(1));
  (void)client->begin(waiting_request(5s));
  rig.loop.advance(1ms);
  const auto full = other->call(waiting_request(5s));
  ASSERT_TRUE(full);
  EXPECT_EQ(full->code, 209);
}

TEST_F(PopTest, takes_nothing_for_a_client_that_no_longer_waits) {
  send("m");
  PopMessage late = request();
  late.born_time -= 3000;
  late.poll_time = 2000;
  const auto answer = client->call(late);
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->code, 210);
  EXPECT_THAT(pop(), SizeIs(1));
}

TEST_F(PopTest, refuses_as_stock_does) {
  send("m");
  PopMessage bad = request();
  bad.max_msg_nums = 33;
  EXPECT_THAT(client->refusal(bad), StartsWith("29 the broker["));
  bad = request();
  bad.topic = "absent";
  EXPECT_THAT(client->refusal(bad), StartsWith("17 topic[absent] not exist"));
  bad = request(10s, 99);
  EXPECT_THAT(client->refusal(bad), StartsWith("29 queueId[99] is illegal"));
  bad = request(-1ms);
  EXPECT_THAT(client->refusal(bad), StartsWith("29 invisibleTime[-1]"));
  bad = request(24h * 365);
  EXPECT_THAT(client->refusal(bad), StartsWith("29 invisibleTime["));

  auto messages = pop();
  ASSERT_THAT(messages, SizeIs(1));
  Popped wrong = messages[0];
  wrong.handle = "nonsense";
  EXPECT_THAT(ack(wrong), StartsWith("29 "));
  EXPECT_FALSE(hide(messages[0], -5s));
  wrong = messages[0];
  wrong.offset = 77;
  EXPECT_THAT(ack(wrong), StartsWith("208 offset is illegal"));
  wrong = messages[0];
  wrong.topic = "absent";
  EXPECT_THAT(ack(wrong), StartsWith("17 "));
  EXPECT_THAT(client->refusal(BatchAckMessage{}, "{"), StartsWith("29 "));
}

TEST_F(PopTest, refuses_where_timers_are_off) {
  client.reset();
  other.reset();
  ASSERT_TRUE(rig.stop());
  rig.options.timer_wheel_enable = false;
  start();
  send("m");
  EXPECT_THAT(client->refusal(request()), StartsWith("1 the broker["));
}

TEST_F(PopTest, brings_back_later_what_could_not_be_stored) {
  for (int i = 0; i < 3; ++i) send(str("m", i));
  ASSERT_THAT(pop(), SizeIs(3));
  rig.loop.advance(10'500ms);  // the check point lies in the revive topic
  rig.directory.fail_from(1);
  rig.loop.advance(3s);
  rig.directory.heal();
  EXPECT_THAT(rig.log, ::testing::Contains(::testing::HasSubstr("come back later")));
  rig.loop.advance(3s);
  EXPECT_THAT(bodies(pop(request(60s))), ElementsAre("m0", "m1", "m2"));
  rig.loop.advance(10s);
  EXPECT_THAT(pop(), IsEmpty()) << "twice";
}

// A check point that cannot be written: nothing is given, and nothing is passed over.
TEST_F(PopTest, gives_nothing_that_it_cannot_write_down) {
  send("m");
  rig.directory.fail_from(1);
  EXPECT_THAT(client->refusal(request()), Not("0"));
  rig.directory.heal();
  rig.loop.advance(3s);
  EXPECT_THAT(bodies(pop()), ElementsAre("m"));
}

TEST_F(PopTest, goes_on_where_a_tool_has_moved_the_group) {
  for (int i = 0; i < 4; ++i) send(str("m", i));
  EXPECT_THAT(pop(request()), SizeIs(4));
  ASSERT_EQ(client->refusal(reset_to(2)), "0");
  EXPECT_THAT(bodies(pop(request())), ElementsAre("m2", "m3"));
  EXPECT_THAT(pop(request()), IsEmpty());
}

// ---- looking only

TEST_F(PopTest, tells_whether_there_is_a_message) {
  send("m");
  Notification ask;
  ask.consumer_group = "G";
  ask.topic = "T";
  ask.queue_id = -1;
  ask.born_time = rig.loop.wall_ms();
  EXPECT_TRUE(client->call(ask)->header.has_msg);
  ASSERT_THAT(pop(), SizeIs(1));
  EXPECT_FALSE(client->call(ask)->header.has_msg);
  ask.poll_time = 10'000;
  const auto answer = client->begin(ask);
  rig.loop.advance(1s);
  EXPECT_FALSE(*answer);
  send("next");
  rig.loop.advance(10ms);
  ASSERT_TRUE(*answer);
  EXPECT_TRUE((**answer)->header.has_msg);
  EXPECT_THAT(bodies(pop()), ElementsAre("next"));
}

TEST_F(PopTest, peeks_without_hiding) {
  send("m");
  protocol::PeekMessage peek;
  peek.consumer_group = "G";
  peek.topic = "T";
  peek.queue_id = -1;
  peek.max_msg_nums = 8;
  for (int i = 0; i < 2; ++i) {
    const auto answer = client->call(peek);
    ASSERT_TRUE(answer);
    EXPECT_THAT(bodies_of(answer->body), ElementsAre("m"));
  }
  EXPECT_THAT(bodies(pop()), ElementsAre("m"));
  EXPECT_EQ(client->call(peek)->code, 19);
}

}  // namespace
}  // namespace rocketmq::broker
