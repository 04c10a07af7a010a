#include "broker-lite/services/timer_service.h"

#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"
#include "protocol/properties.h"
#include "protocol/recall_handle.h"
#include "protocol/requests/message.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::find_property;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct TimerServiceTest : ::testing::Test {
  TimerServiceTest() { rig.options.recall_message_enable = true; }
  void SetUp() override { start(); }
  void start() {
    rig.start();
    client = rig.connect();
  }
  void kill() {
    client.reset();
    rig.kill();
  }
  // Gives the recall handle.
  std::string send(std::string_view body, std::string_view wish, std::int64_t value,
                   std::string_view key = "K") {
    const std::string properties = str("UNIQ_KEY\1", key, "\2", wish, "\1", value, "\2");
    const auto sent = client->call(send_to("T", 0, properties), body);
    if (!sent) return to_string(sent.error());
    return std::string(sent->header.recall_handle.value_or(""));
  }
  std::string recall(std::string_view handle, std::string_view topic = "T") {
    return client->refusal(protocol::RecallMessage{.topic = topic, .recall_handle = handle});
  }
  std::vector<std::string> bodies() {
    // By a new connection: a silent one does not live long.
    const auto pulled = rig.connect()->call(pull_from("T", 0, 0));
    if (!pulled) return {to_string(pulled.error())};
    return bodies_of(pulled->body);
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
};

TEST_F(TimerServiceTest, delivers_after_the_time_and_within_a_second) {
  send("x", "TIMER_DELAY_SEC", 5);
  rig.loop.advance(3900ms);
  EXPECT_THAT(bodies(), IsEmpty());
  rig.loop.advance(1200ms);
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TimerServiceTest, knows_all_three_ways_to_say_when) {
  const std::int64_t now = rig.loop.wall_ms();
  send("absolute", "TIMER_DELIVER_MS", now + 20'000);
  send("after ms", "TIMER_DELAY_MS", 10'000);
  send("after s", "TIMER_DELAY_SEC", 5);
  send("at once", "TIMER_DELIVER_MS", now - 1);
  EXPECT_THAT(bodies(), ElementsAre("at once"));
  rig.loop.advance(21s);
  EXPECT_THAT(bodies(), ElementsAre("at once", "after s", "after ms", "absolute"));
}

TEST_F(TimerServiceTest, tells_what_stock_tells_in_the_properties) {
  send("x", "TIMER_DELAY_SEC", 2);
  rig.loop.advance(3s);
  const auto pulled = client->call(pull_from("T", 0, 0)).value();
  const protocol::RecordView record = records_of(pulled.body).at(0);
  for (const char* name :
       {"TIMER_OUT_MS", "TIMER_ENQUEUE_MS", "TIMER_DEQUEUE_MS", "TIMER_DELAY_SEC", "REAL_TOPIC"}) {
    EXPECT_TRUE(find_property(record.properties, name)) << name;
  }
}

TEST_F(TimerServiceTest, refuses_what_is_too_far_or_no_number) {
  EXPECT_THAT(send("x", "TIMER_DELAY_SEC", 259'201), HasSubstr("timer message illegal"));
  EXPECT_THAT(send("x", "TIMER_DELAY_MS", INT64_MAX), HasSubstr("timer message illegal"));
  const std::string bad = "UNIQ_KEY\1K\2TIMER_DELAY_SEC\1soon\2";
  EXPECT_THAT(client->refusal(send_to("T", 0, bad), "x"), StartsWith("13 timer message illegal"));
  rig.options.timer_wheel_enable = false;
  kill();
  start();
  EXPECT_THAT(send("x", "TIMER_DELAY_SEC", 1), HasSubstr("not enabled"));
}

TEST_F(TimerServiceTest, a_delay_level_counts_more_than_a_timer) {
  const std::string both =
      "UNIQ_KEY\1K\2DELAY\0011\2TIMER_DELAY_SEC\1"
      "100\2";
  ASSERT_TRUE(client->call(send_to("T", 0, both), "x"));
  rig.loop.advance(1100ms);
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TimerServiceTest, does_not_deliver_what_was_called_back) {
  const std::string handle = send("called back", "TIMER_DELAY_SEC", 10, "K1");
  send("kept", "TIMER_DELAY_SEC", 10, "K2");
  const auto parsed = protocol::parse_recall_handle(handle);
  ASSERT_TRUE(parsed) << handle;
  EXPECT_EQ(parsed->topic, "T");
  EXPECT_EQ(parsed->message_id, "K1");
  rig.loop.advance(2s);
  const auto recalled =
      client->call(protocol::RecallMessage{.topic = "T", .recall_handle = handle});
  ASSERT_TRUE(recalled) << recalled.error();
  EXPECT_EQ(recalled->header.msg_id, "K1");
  rig.loop.advance(10s);
  EXPECT_THAT(bodies(), ElementsAre("kept"));
  EXPECT_THAT(recall(handle), StartsWith("604 recall failed, timestamp invalid"));
}

TEST_F(TimerServiceTest, says_why_it_does_not_call_back) {
  const std::string handle = send("x", "TIMER_DELAY_SEC", 10);
  EXPECT_THAT(recall(handle, "U"), StartsWith("17 recall failed, the topic[U] not exist"));
  EXPECT_THAT(recall("nonsense"), StartsWith("604 "));
  ASSERT_TRUE(client->call(send_to("V"), "y"));
  EXPECT_THAT(recall(handle, "V"), StartsWith("604 recall failed, topic not match"));
  rig.options.recall_message_enable = false;
  kill();
  start();
  EXPECT_EQ(recall(handle), "16 recall failed, operation is forbidden");
}

TEST_F(TimerServiceTest, delivers_one_that_has_no_room_for_more_properties) {
  // Its properties, with what waiting adds to them, are all but as long as they may be.
  const std::string most(32'767 - 110, 'x');
  bool was_accepted = false;
  for (std::size_t cut = 0; cut < 200 && !was_accepted; ++cut) {
    const std::string properties =
        str("UNIQ_KEY\1K\2p\1", std::string_view(most).substr(cut), "\2TIMER_DELAY_SEC\1", 2, "\2");
    was_accepted = client->call(send_to("T", 0, properties), "x").has_value();
  }
  ASSERT_TRUE(was_accepted);
  send("behind it", "TIMER_DELAY_SEC", 2);
  rig.loop.advance(5s);
  EXPECT_THAT(bodies(), ElementsAre("x", "behind it"));
}

TEST_F(TimerServiceTest, loses_nothing_and_is_not_early_when_the_broker_is_killed) {
  send("one", "TIMER_DELAY_SEC", 10);
  rig.loop.advance(3s);
  kill();
  start();
  rig.loop.advance(5s);
  EXPECT_THAT(bodies(), IsEmpty());
  rig.loop.advance(3s);
  EXPECT_THAT(bodies(), ElementsAre("one"));
}

TEST_F(TimerServiceTest, delivers_what_came_due_while_the_broker_was_down) {
  send("one", "TIMER_DELAY_SEC", 3);
  kill();
  rig.loop.advance(60s);
  start();
  rig.loop.advance(100ms);
  EXPECT_THAT(bodies(), ElementsAre("one"));
}

TEST_F(TimerServiceTest, delivers_once_over_an_orderly_end) {
  send("late", "TIMER_DELAY_SEC", 100);
  send("one", "TIMER_DELAY_SEC", 3);
  rig.loop.advance(4s);
  client.reset();
  ASSERT_TRUE(rig.stop());
  start();
  rig.loop.advance(50s);
  EXPECT_THAT(bodies(), ElementsAre("one"));
  rig.loop.advance(50s);
  EXPECT_THAT(bodies(), ElementsAre("one", "late"));
}

TEST_F(TimerServiceTest, reads_on_where_a_stock_broker_stopped) {
  send("delivered by stock", "TIMER_DELAY_SEC", 3);
  send("not yet", "TIMER_DELAY_SEC", 30);
  kill();
  rig.loop.advance(10s);
  ASSERT_TRUE(
      save_timer_check(rig.directory, {.last_read_time_ms = rig.loop.wall_ms() / 1000 * 1000,
                                       .last_timer_log_flush_pos = 104,
                                       .last_timer_queue_offset = 2,
                                       .master_timer_queue_offset = 2}));
  start();
  rig.loop.advance(25s);
  EXPECT_THAT(bodies(), ElementsAre("not yet"));
}

TEST_F(TimerServiceTest, tries_again_when_the_disk_was_full) {
  send("one", "TIMER_DELAY_SEC", 1);
  rig.directory.fail_from(0);
  rig.loop.advance(1500ms);
  rig.directory.heal();
  rig.loop.advance(12s);
  EXPECT_THAT(bodies(), ElementsAre("one"));
}

}  // namespace
}  // namespace rocketmq::broker
