#include "broker-lite/broker.h"

#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct BrokerTest : ::testing::Test {
  BrokerTest() { rig.start(); }
  std::vector<std::string> bodies(std::string_view topic = "T") {
    return bodies_of(rig.connect()->call(pull_from(topic, 0, 0))->body);
  }
  protocol::QueryConsumerOffset query() {
    protocol::QueryConsumerOffset request;
    request.consumer_group = "G";
    request.topic = "T";
    return request;
  }

  BrokerRig rig;
};

TEST_F(BrokerTest, has_after_a_kill_everything_it_acknowledged) {
  ASSERT_TRUE(rig.connect()->call(send_to("T"), "a"));
  ASSERT_TRUE(rig.connect()->call(send_to("T"), "b"));
  rig.kill();
  rig.start();
  EXPECT_THAT(bodies(), ElementsAre("a", "b"));
  const auto sent = rig.connect()->call(send_to("T"), "c");
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->header.queue_offset, 2);
  EXPECT_THAT(bodies(), ElementsAre("a", "b", "c"));
}

TEST_F(BrokerTest, knows_after_a_kill_every_topic_it_acknowledged_a_message_of) {
  const auto client = rig.connect();
  for (const char* topic : {"T1", "T2", "T3"}) client->begin(send_to(topic), topic);
  ASSERT_TRUE(client->call(send_to("T4"), "T4"));
  rig.kill();
  rig.start();
  for (const char* topic : {"T1", "T2", "T3", "T4"}) {
    EXPECT_THAT(bodies(topic), ElementsAre(topic)) << topic;
  }
}

TEST_F(BrokerTest, stops_cleanly_and_goes_on_where_it_was) {
  const auto client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  rig.make_group("G");
  protocol::UpdateConsumerOffset update;
  update.consumer_group = "G";
  update.topic = "T";
  update.commit_offset = 1;
  ASSERT_TRUE(client->call(update));
  const auto stopped = rig.stop();
  ASSERT_TRUE(stopped) << stopped.error();
  EXPECT_FALSE(*rig.directory.exists("abort"));
  rig.start();
  EXPECT_THAT(bodies(), ElementsAre("a"));
  EXPECT_EQ(rig.connect()->call(query())->header.offset, 1);
}

TEST_F(BrokerTest, answers_who_waits_before_it_stops) {
  const auto client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  const auto pending = client->begin(waiting_up_to(15s, pull_from("T", 0, 1)));
  rig.loop.run_ready();
  ASSERT_TRUE(rig.stop());
  rig.loop.run_ready();
  ASSERT_TRUE(pending->has_value());
  ASSERT_TRUE(**pending) << (**pending).error();
  EXPECT_EQ((**pending)->code, 19);
}

TEST_F(BrokerTest, keeps_offsets_on_disk_every_five_seconds) {
  const auto client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  rig.make_group("G");
  protocol::UpdateConsumerOffset update;
  update.consumer_group = "G";
  update.topic = "T";
  update.commit_offset = 1;
  ASSERT_TRUE(client->call(update));
  rig.loop.advance(6s);
  rig.kill();
  rig.start();
  EXPECT_EQ(rig.connect()->call(query())->header.offset, 1);
}

TEST_F(BrokerTest, acknowledges_only_what_is_on_disk_in_sync_mode) {
  rig.kill();
  rig.options.flush_disk_type = FlushDiskType::sync_flush;
  rig.start();
  const auto client = rig.connect();
  const auto sent = client->call(send_to("T"), "a");
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->code, 0);
  const auto unwaited = client->call(send_to("T", 0, "WAIT\1false\2"), "b");
  ASSERT_TRUE(unwaited);
  EXPECT_EQ(unwaited->code, 0);
  rig.kill();
  rig.start();
  EXPECT_THAT(bodies(), ElementsAre("a", "b"));
}

TEST_F(BrokerTest, has_what_it_acknowledged_in_sync_mode_even_after_a_power_cut) {
  rig.kill();
  rig.options.flush_disk_type = FlushDiskType::sync_flush;
  rig.start();
  ASSERT_TRUE(rig.connect()->call(send_to("T"), "a"));
  rig.kill();
  rig.directory.lose_power();
  rig.start();
  EXPECT_THAT(bodies(), ElementsAre("a"));
}

TEST_F(BrokerTest, says_so_when_a_message_is_stored_but_not_flushed_in_time) {
  rig.kill();
  rig.options.flush_disk_type = FlushDiskType::sync_flush;
  rig.start();
  const auto client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  rig.flusher.hold();
  const auto pending = client->begin(send_to("T"), "b");
  rig.loop.advance(4s);
  EXPECT_FALSE(pending->has_value());
  rig.loop.advance(2s);
  ASSERT_TRUE(pending->has_value());
  ASSERT_TRUE(**pending) << (**pending).error();
  EXPECT_EQ((**pending)->code, 10);
  EXPECT_EQ((**pending)->remark, "FLUSH_DISK_TIMEOUT");
  EXPECT_EQ((**pending)->header.queue_offset, 1);
  rig.flusher.release();
  rig.loop.run_ready();
  EXPECT_THAT(bodies(), ElementsAre("a", "b"));
}

TEST_F(BrokerTest, acknowledges_the_first_message_of_a_topic_only_when_the_topic_is_saved) {
  const auto client = rig.connect();
  rig.flusher.hold();
  const auto pending = client->begin(send_to("T"), "a");
  rig.loop.advance(1s);
  EXPECT_FALSE(pending->has_value());
  rig.flusher.release();
  rig.loop.run_ready();
  ASSERT_TRUE(pending->has_value());
  EXPECT_TRUE(**pending) << (**pending).error();
}

TEST_F(BrokerTest, refuses_every_message_of_a_failed_write_and_goes_on_when_there_is_room) {
  const auto client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  rig.directory.fail_from(0);
  const auto b = client->begin(send_to("T"), "b");
  const auto c = client->begin(send_to("T"), "c");
  rig.loop.run_ready();
  for (const auto& pending : {b, c}) {
    ASSERT_TRUE(pending->has_value());
    ASSERT_FALSE(**pending);
    EXPECT_EQ((**pending).error().code, ResponseCode::service_not_available);
  }
  rig.directory.heal();
  const auto sent = client->call(send_to("T"), "d");
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->header.queue_offset, 1);
  EXPECT_THAT(bodies(), ElementsAre("a", "d"));
}

TEST_F(BrokerTest, does_not_wait_in_sync_mode_for_what_a_failed_write_took_back) {
  rig.kill();
  rig.options.flush_disk_type = FlushDiskType::sync_flush;
  rig.start();
  const auto client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  rig.directory.fail_from(0);
  EXPECT_THAT(client->refusal(send_to("T"), std::string(100'000, 'b')),
              ::testing::StartsWith("14 "));
  rig.directory.heal();
  const auto sent = client->call(send_to("T"), "c");
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->code, 0) << sent->remark;
  EXPECT_THAT(bodies(), ElementsAre("a", "c"));
}

TEST_F(BrokerTest, refuses_a_message_whose_write_failed_although_a_topic_was_deleted_meanwhile) {
  const auto client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  ASSERT_TRUE(client->call(send_to("U"), "a"));
  rig.directory.fail_from(0);
  protocol::DeleteTopicInBroker deletion;
  deletion.topic = "U";
  const auto sent = client->begin(send_to("T"), "b");
  const auto deleted = client->begin(deletion);
  rig.loop.run_ready();
  ASSERT_TRUE(sent->has_value());
  EXPECT_FALSE(**sent);
  ASSERT_TRUE(deleted->has_value());
  EXPECT_FALSE(**deleted);
  rig.directory.heal();
  EXPECT_EQ(client->refusal(deletion), "0") << "it was kept, to be deleted again";
  EXPECT_THAT(bodies(), ElementsAre("a"));
}

TEST_F(BrokerTest, refuses_everything_after_a_failed_sync) {
  rig.kill();
  rig.options.flush_disk_type = FlushDiskType::sync_flush;
  rig.start();
  const auto client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  rig.flusher.hold();
  const auto pending = client->begin(send_to("T"), "b");
  rig.loop.run_ready();
  rig.directory.fail_from(0);
  rig.flusher.release();
  rig.loop.run_ready();
  rig.directory.heal();
  ASSERT_TRUE(pending->has_value());
  EXPECT_FALSE(**pending);
  EXPECT_THAT(client->refusal(send_to("T"), "c"), ::testing::StartsWith("14 "));
  rig.loop.advance(1s);
  EXPECT_THAT(rig.log, ::testing::Contains(HasSubstr("no more messages are taken")));
}

TEST_F(BrokerTest, refuses_a_table_it_cannot_read_rather_than_begin_anew) {
  ASSERT_TRUE(rig.stop());
  for (const char* name : {"config/topics.json", "config/topics.json.bak"}) {
    const auto file = rig.directory.open(name, OpenMode::create);
    ASSERT_TRUE((*file)->resize(0));
    ASSERT_TRUE((*file)->write(0, "{broken"));
  }
  const auto started = Broker::start(
      rig.loop, rig.options, {rig.directory, rig.flusher}, "", [](std::string_view) {}, [] {});
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("topics.json"));
}

TEST_F(BrokerTest, answers_an_unknown_code_as_stock_does) {
  protocol::Command command;
  command.code = 4711;
  std::string remark;
  const auto client = rig.connect();
  client->channel().call(command, 1s, [&](Result<protocol::Incoming*> answer) {
    remark = (*answer)->command().remark;
  });
  rig.loop.run_until([&] { return !remark.empty(); }, 1s);
  EXPECT_EQ(remark, " request type 4711 not supported");
}

TEST_F(BrokerTest, closes_a_connection_that_speaks_something_else_and_no_other) {
  const auto good = rig.connect();
  const auto bad = rig.connect();
  bad->channel().output().append("GET / HTTP/1.1\r\n\r\n");
  rig.loop.advance(1s);
  EXPECT_FALSE(bad->channel().is_open());
  EXPECT_TRUE(good->call(send_to("T"), "x"));
  EXPECT_EQ(rig.log.size(), 1u);
}

}  // namespace
}  // namespace rocketmq::broker
