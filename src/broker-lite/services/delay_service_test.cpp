#include "broker-lite/services/delay_service.h"

#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::find_property;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// ---- levels

TEST(DelayLevels, are_read_as_java_reads_them) {
  const DelayLevels levels = DelayLevels::parse("1s 5m  2h 1d").value();
  EXPECT_EQ(levels.level_max(), 4);
  EXPECT_EQ(levels.delay_ms(1), 1000);
  EXPECT_EQ(levels.delay_ms(2), 300'000);
  EXPECT_EQ(levels.delay_ms(3), 7'200'000);
  EXPECT_EQ(levels.delay_ms(4), 86'400'000);
  EXPECT_EQ(levels.delay_ms(5), 1000);
  EXPECT_EQ(levels.delay_ms(0), 1000);
}

TEST(DelayLevels, are_refused_where_they_are_no_times) {
  for (const char* text :
       {"", " ", "s", "5", "5w", "-1s", "1s2", "99999999999999999999s", "1.5s"}) {
    EXPECT_THAT(DelayLevels::parse(text).error().message, StartsWith("messageDelayLevel")) << text;
  }
}

TEST(DelayLevels, give_queues_the_time_to_deliver_instead_of_a_tag) {
  const DelayLevels levels = DelayLevels::parse("1s 5s").value();
  protocol::RecordView record;
  record.topic = "SCHEDULE_TOPIC_XXXX";
  record.properties = "TAGS\1a\2DELAY\0012\2";
  EXPECT_EQ(levels.tags_code(record, 1'000'000), 1'005'000);
  record.properties =
      "DELAY\1"
      "99\2";  // more than there are: the last
  EXPECT_EQ(levels.tags_code(record, 1'000'000), 1'005'000);
  record.topic = "T";
  record.properties = "TAGS\1a\2DELAY\0012\2";
  EXPECT_EQ(levels.tags_code(record, 1'000'000), 'a');
}

// ---- the service

struct DelayServiceTest : ::testing::Test {
  void SetUp() override { start(); }
  void start() {
    rig.start();
    client = rig.connect();
  }
  // The clients go first: their connection would keep answers of a broker that is gone.
  void kill() {
    client.reset();
    rig.kill();
  }
  void send(std::string_view topic, int level, std::string_view body) {
    const std::string properties = str("TAGS\1a\2UNIQ_KEY\1K\2DELAY\1", level, "\2");
    const auto sent = client->call(send_to(topic, 0, properties), body);
    ASSERT_TRUE(sent) << sent.error();
    EXPECT_EQ(sent->header.queue_id, 0);
  }
  std::vector<std::string> bodies(std::string_view topic, std::int64_t offset = 0) {
    const auto pulled = client->call(pull_from(topic, 0, offset));
    return pulled ? bodies_of(pulled->body) : std::vector<std::string>();
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
};

TEST_F(DelayServiceTest, delivers_when_the_time_of_the_level_has_come) {
  send("T", 2, "after five seconds");
  send("T", 1, "after one");
  rig.loop.advance(990ms);
  EXPECT_THAT(bodies("T"), IsEmpty());
  rig.loop.advance(20ms);
  EXPECT_THAT(bodies("T"), ElementsAre("after one"));
  rig.loop.advance(3970ms);
  EXPECT_THAT(bodies("T"), ElementsAre("after one"));
  rig.loop.advance(20ms);
  EXPECT_THAT(bodies("T"), ElementsAre("after one", "after five seconds"));
}

TEST_F(DelayServiceTest, keeps_what_the_sender_said_and_where_it_waited) {
  send("T", 1, "x");
  rig.loop.advance(1010ms);
  const auto pulled = client->call(pull_from("T", 0, 0)).value();
  const protocol::RecordView record = records_of(pulled.body).at(0);
  EXPECT_EQ(record.topic, "T");
  EXPECT_EQ(record.queue_id, 0);
  EXPECT_EQ(record.born_timestamp, 1'700'000'000'000);
  EXPECT_EQ(find_property(record.properties, "TAGS"), "a");
  EXPECT_EQ(find_property(record.properties, "UNIQ_KEY"), "K");
  EXPECT_EQ(find_property(record.properties, "DELAY"), "1");
  EXPECT_EQ(find_property(record.properties, "REAL_TOPIC"), "T");
  EXPECT_EQ(find_property(record.properties, "REAL_QID"), "0");
  // Tags are found by the queue's hash.
  const auto wanted = client->call(pull_from("T", 0, 0, "a")).value();
  EXPECT_THAT(bodies_of(wanted.body), ElementsAre("x"));
}

TEST_F(DelayServiceTest, takes_a_level_beyond_the_last_for_the_last) {
  rig.options.message_delay_level = "1s 2s";
  kill();
  start();
  send("T", 9, "x");
  rig.loop.advance(1990ms);
  EXPECT_THAT(bodies("T"), IsEmpty());
  rig.loop.advance(20ms);
  EXPECT_THAT(bodies("T"), ElementsAre("x"));
}

TEST_F(DelayServiceTest, wakes_a_pull_that_waits) {
  send("T", 1, "x");
  const auto waiting = client->begin(waiting_up_to(10s, pull_from("T", 0, 0)));
  rig.loop.advance(990ms);
  EXPECT_FALSE(*waiting);
  rig.loop.advance(20ms);
  ASSERT_TRUE(*waiting);
  EXPECT_THAT(bodies_of((**waiting)->body), ElementsAre("x"));
}

TEST_F(DelayServiceTest, loses_nothing_and_is_not_early_when_the_broker_is_killed) {
  send("T", 2, "one");
  rig.loop.advance(2s);
  kill();
  start();
  send("T", 2, "two");
  rig.loop.advance(2900ms);
  EXPECT_THAT(bodies("T"), IsEmpty());
  rig.loop.advance(200ms);
  EXPECT_THAT(bodies("T"), ElementsAre("one"));
  rig.loop.advance(2s);
  EXPECT_THAT(bodies("T"), ElementsAre("one", "two"));
}

TEST_F(DelayServiceTest, delivers_once_over_an_orderly_end) {
  send("T", 1, "one");
  rig.loop.advance(1010ms);
  client.reset();
  ASSERT_TRUE(rig.stop());
  const std::string saved = read_text(rig.directory, "config/delayOffset.json", 1 << 20).value();
  EXPECT_THAT(saved, HasSubstr("\"offsetTable\""));
  start();
  rig.loop.advance(2s);
  EXPECT_THAT(bodies("T"), ElementsAre("one"));
}

TEST_F(DelayServiceTest, tries_again_when_the_disk_was_full) {
  send("T", 1, "one");
  rig.directory.fail_from(0);
  rig.loop.advance(1500ms);
  rig.directory.heal();
  EXPECT_THAT(bodies("T"), IsEmpty());
  rig.loop.advance(11s);
  EXPECT_THAT(bodies("T"), ElementsAre("one"));
}

TEST_F(DelayServiceTest, delivers_a_great_many_that_are_due_at_once) {
  for (int i = 0; i < 1000; ++i) send("T", 1, std::to_string(i));
  rig.loop.advance(1100ms);
  std::size_t count = 0;
  for (std::vector<std::string> some;
       !(some = bodies("T", static_cast<std::int64_t>(count))).empty();) {
    for (const std::string& body : some) EXPECT_EQ(body, std::to_string(count++));
  }
  EXPECT_EQ(count, 1000u);
}

TEST_F(DelayServiceTest, batches_cannot_wait) {
  std::string body(protocol::batch_entry_size({.body = "x", .properties = "DELAY\0011\2"}), '\0');
  protocol::encode_batch_entry({.body = "x", .properties = "DELAY\0011\2"}, body.data());
  EXPECT_THAT(client->refusal(protocol::SendBatchMessage{send_to("T")}, body), StartsWith("13 "));
}

}  // namespace
}  // namespace rocketmq::broker
