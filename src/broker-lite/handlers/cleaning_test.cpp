#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"
#include "broker-lite/store/retention.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/offset.h"
#include "protocol/str.h"

// What a broker does about old files, by itself and when asked.

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::int64_t file_size = 4 << 20;

struct CleaningTest : ::testing::Test {
  CleaningTest() {
    rig.options.mapped_file_size_commit_log = file_size;
    rig.options.max_message_size = 1 << 20;
    rig.options.delete_when = str(hour_in(3), ";", hour_in(7));
    rig.options.file_reserved_time = 1;
    rig.start();
    client = rig.connect();
  }
  // An hour of the day, so many from now.
  int hour_in(int hours) { return (local_hour(rig.loop.wall_ms()) + hours) % 24; }
  void wait(net::Duration time) {
    rig.loop.advance(time);
    client = rig.connect();  // a connection that was idle so long has been closed
  }
  // A message that fills a quarter of a log file.
  void send_large(std::string_view topic, std::string_view text) {
    std::string body(text);
    body.resize(1 << 20, '.');
    ASSERT_TRUE(client->call(send_to(topic), body));
  }
  void send_large(std::string_view topic, int count) {
    for (int i = 0; i < count; ++i) send_large(topic, std::to_string(i));
    rig.loop.advance(2s);  // queue entries are written and synced
  }
  std::int64_t min_offset(std::string_view topic) {
    protocol::GetMinOffset request;
    request.topic = topic;
    return client->call(request)->header.offset;
  }
  std::int64_t max_offset(std::string_view topic) {
    protocol::GetMaxOffset request;
    request.topic = topic;
    return client->call(request)->header.offset;
  }
  void use_disk(std::int32_t percent) {
    rig.directory.set_space(DiskSpace{100, 100 - percent, 100 - percent});
  }
  std::vector<std::string> topics_on_disk() {
    std::vector<std::string> names;
    const auto entries = rig.directory.list("consumequeue").value();
    for (const auto& entry : entries) names.push_back(entry.name);
    return names;
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
};

TEST_F(CleaningTest, removes_old_files_at_the_hour) {
  send_large("T", 10);
  wait(2h - 1min);
  EXPECT_EQ(min_offset("T"), 0) << "it is not the hour";
  wait(2h);
  EXPECT_EQ(min_offset("T"), 9) << "the last file stays";
  EXPECT_EQ(max_offset("T"), 10);

  const auto below = client->call(pull_from("T", 0, 2));
  ASSERT_TRUE(below);
  EXPECT_EQ(below->code, 21) << "PULL_OFFSET_MOVED";
  EXPECT_EQ(below->remark, "OFFSET_TOO_SMALL");
  EXPECT_EQ(below->header.next_begin_offset, 9);
  EXPECT_EQ(below->header.min_offset, 9);
  rig.kill();
  rig.start();
  client = rig.connect();
  EXPECT_EQ(min_offset("T"), 9);
  EXPECT_EQ(records_of(client->call(pull_from("T", 0, 9))->body).size(), 1u);
}

TEST_F(CleaningTest, removes_old_files_when_asked_at_any_hour) {
  send_large("T", 10);
  EXPECT_EQ(client->refusal(protocol::DeleteExpiredCommitLog()), "0");
  wait(5min);
  EXPECT_EQ(min_offset("T"), 0) << "they are not old enough, and the twenty runs are over";
  wait(1h);
  EXPECT_EQ(min_offset("T"), 0) << "it is not the hour";
  EXPECT_EQ(client->refusal(protocol::DeleteExpiredCommitLog()), "0");
  rig.loop.advance(30s);
  EXPECT_EQ(min_offset("T"), 9);
}

TEST_F(CleaningTest, keeps_what_a_timer_message_waits_in) {
  const std::string when = std::to_string(rig.loop.wall_ms() + 5 * 3'600'000);
  ASSERT_TRUE(client->call(send_to("U", 0, "TIMER_DELIVER_MS\1" + when + "\2"), "late"));
  send_large("T", 10);
  wait(4h);
  EXPECT_EQ(min_offset("T"), 0);
  wait(90min);
  EXPECT_EQ(bodies_of(client->call(pull_from("U", 0, 0))->body), std::vector<std::string>{"late"});
  wait(150min);
  EXPECT_EQ(min_offset("T"), 9);
}

TEST_F(CleaningTest, refuses_messages_while_the_disk_is_too_full_and_lets_them_be_read) {
  send_large("T", 2);
  use_disk(94);
  rig.loop.advance(1s);
  EXPECT_THAT(client->refusal(send_to("T"), "x"),
              StartsWith("14 service not available now. It may be caused by one of the following "
                         "reasons: the broker's disk is full [CL:  0.94 CQ:  0.94 INDEX:  0.94], "
                         "messages are put to the slave, message store has been shut down, etc."));
  EXPECT_EQ(records_of(client->call(pull_from("T", 0, 0))->body).size(), 1u);
  EXPECT_THAT(rig.log, Contains(HasSubstr("no more messages are taken: ")));
  use_disk(90);
  rig.loop.advance(1s);
  EXPECT_EQ(client->refusal(send_to("T"), "x"), "0");
  EXPECT_EQ(rig.log.back(), "messages are taken again");
}

TEST_F(CleaningTest, makes_room_on_a_full_disk_by_removing_young_files) {
  send_large("T", 10);
  use_disk(86);
  rig.loop.advance(15s);
  EXPECT_GT(min_offset("T"), 0);
}

TEST_F(CleaningTest, drops_queues_whose_messages_have_gone_when_asked) {
  ASSERT_TRUE(client->call(send_to("Old"), "x"));
  send_large("T", 10);
  EXPECT_EQ(client->refusal(protocol::CleanExpiredConsumeQueue()), "0");
  EXPECT_EQ(max_offset("Old"), 1) << "its message is still there";
  use_disk(86);
  rig.loop.advance(15s);
  use_disk(10);
  rig.loop.advance(1s);
  EXPECT_EQ(min_offset("Old"), 1);
  EXPECT_EQ(client->refusal(protocol::CleanExpiredConsumeQueue()), "0");
  EXPECT_EQ(max_offset("Old"), 0);
  EXPECT_THAT(topics_on_disk(), ElementsAre("T"));
  EXPECT_EQ(client->call(send_to("Old"), "y")->header.queue_offset, 0);
  rig.kill();
  rig.start();
  client = rig.connect();
  EXPECT_EQ(max_offset("Old"), 1);
  EXPECT_EQ(max_offset("T"), 10);
}

// Others are served between one part of the work and the next.
TEST_F(CleaningTest, looks_at_some_topics_a_turn) {
  constexpr int topics = 120;
  for (int i = 0; i < topics; ++i) ASSERT_TRUE(client->call(send_to(str("T", i)), "x"));
  ASSERT_TRUE(rig.stop());
  rig.start();  // all asleep
  client = rig.connect();
  const auto serves_others_meanwhile = [this](const auto& request) {
    const auto answer = client->begin(request);
    EXPECT_EQ(client->refusal(send_to("T0"), "y"), "0");
    const bool was_over = answer->has_value();
    EXPECT_TRUE(rig.loop.run_until([&] { return answer->has_value(); }, 1s));
    return !was_over;
  };
  EXPECT_TRUE(serves_others_meanwhile(protocol::CleanExpiredConsumeQueue()));
  EXPECT_TRUE(serves_others_meanwhile(protocol::CleanUnusedTopic()));
  EXPECT_EQ(max_offset("T0"), 3);
}

TEST_F(CleaningTest, drops_queues_of_topics_it_does_not_know_when_asked) {
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  ASSERT_TRUE(client->call(send_to("Lost"), "x"));
  ASSERT_TRUE(rig.stop());
  for (const char* name : {"config/topics.json", "config/topics.json.bak"}) {
    ASSERT_TRUE(rig.directory.remove(name));
  }
  rig.start();
  client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "y"));
  EXPECT_THAT(topics_on_disk(), Contains("Lost"));
  EXPECT_EQ(client->refusal(protocol::CleanUnusedTopic()), "0");
  EXPECT_THAT(topics_on_disk(), Not(Contains("Lost")));
  EXPECT_EQ(max_offset("T"), 2);
}

}  // namespace
}  // namespace rocketmq::broker
