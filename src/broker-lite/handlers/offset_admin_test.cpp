#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/handlers/admin_rig.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/group_admin.h"

namespace rocketmq::broker {
namespace {

using namespace protocol;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

struct ResetTest : AdminTest {
  ResetTest() {
    EXPECT_EQ(client->refusal(new_topic("T")), "0");
    for (int i = 0; i < 9; ++i) send("T", 0);
    consume("G", "T");
    commit("G", "T", 7);
  }

  static InvokeBrokerToResetOffset all_to(std::int64_t timestamp) {
    return {.topic = "T", .group = "G", .timestamp = timestamp, .is_force = true};
  }
  static InvokeBrokerToResetOffset queue_to(std::int32_t queue_id, std::int64_t offset) {
    return {.topic = "T", .group = "G", .queue_id = queue_id, .offset = offset};
  }
  std::int64_t committed(std::string_view group = "G") {
    return client->call(QueryConsumerOffset{.consumer_group = group, .topic = "T", .queue_id = 0})
        .value()
        .header.offset;
  }
  std::string pulled(std::int64_t offset) {
    const auto answer = client->call(pull_from("T", 0, offset)).value();
    return str(answer.code, ' ', answer.remark, ' ', answer.header.next_begin_offset);
  }
};

TEST_F(ResetTest, sends_a_consumer_back_with_its_next_pull) {
  EXPECT_EQ(body_of(queue_to(0, 5)),
            R"({"offsetTable":{{"brokerName":"broker-lite","queueId":0,"topic":"T"}:5}})");
  // Until the consumer knows, what it commits does not count.
  commit("G", "T", 8);
  EXPECT_EQ(committed(), 5);
  EXPECT_EQ(pulled(9), "21 OFFSET_RESET 5");
  EXPECT_EQ(pulled(5).substr(0, 7), "0 FOUND");
  commit("G", "T", 8);
  EXPECT_EQ(committed(), 8);
}

TEST_F(ResetTest, says_that_a_commit_does_not_count) {
  ASSERT_EQ(client->refusal(queue_to(0, 5)), "0");
  const auto answer = client->call(
      UpdateConsumerOffset{.consumer_group = "G", .topic = "T", .queue_id = 0, .commit_offset = 8});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->remark, "Offset has been previously reset");
}

TEST_F(ResetTest, does_not_take_what_the_pull_of_a_moved_consumer_commits) {
  ASSERT_EQ(client->refusal(queue_to(0, 5)), "0");
  PullMessage pull = pull_from("T", 0, 9);
  pull.sys_flag |= pull_flag::commit_offset;
  pull.commit_offset = 8;
  EXPECT_EQ(client->call(pull).value().code, 21);
  EXPECT_EQ(committed(), 5);
}

TEST_F(ResetTest, moves_all_queues_to_a_time_or_to_the_end) {
  const auto moved_to = [this](std::int64_t timestamp) {
    std::vector<std::int64_t> offsets;
    for (const auto& [queue, offset] : typed(all_to(timestamp)).offset_table) {
      offsets.push_back(offset);
    }
    return offsets;
  };
  EXPECT_THAT(moved_to(0), ElementsAre(0, 0));
  EXPECT_THAT(moved_to(rig.loop.wall_ms() + 1), ElementsAre(9, 0));
  EXPECT_THAT(moved_to(-1), ElementsAre(9, 0));
  EXPECT_EQ(pulled(7), "21 OFFSET_RESET 9");
}

TEST_F(ResetTest, needs_no_consumer_that_is_online) {
  ASSERT_EQ(client->refusal(UnregisterClient{.client_id = "c@1", .consumer_group = "G"}), "0");
  EXPECT_EQ(client->refusal(all_to(0)), "0");
  EXPECT_EQ(committed(), 0);
}

TEST_F(ResetTest, refuses_what_cannot_be) {
  InvokeBrokerToResetOffset request = all_to(0);
  request.topic = "none";
  EXPECT_EQ(client->refusal(request), "17 Topic none does not exist");
  request = all_to(0);
  request.group = "none";
  EXPECT_EQ(client->refusal(request), "26 Group none does not exist");
  EXPECT_EQ(client->refusal(queue_to(0, 11)),
            "1 Target offset 11 not in consume queue range [0-9]");
  EXPECT_EQ(client->refusal(queue_to(2, 0)), "29 queueId[2] is illegal, topic:[T]");
  EXPECT_EQ(committed(), 7);
}

TEST_F(ResetTest, is_forgotten_with_the_topic_or_the_group) {
  ASSERT_EQ(client->refusal(all_to(0)), "0");
  ASSERT_EQ(client->refusal(DeleteSubscriptionGroup{.group_name = "G", .clean_offset = true}), "0");
  EXPECT_EQ(pulled(9).substr(0, 2), "19");
}

struct OldResetTest : ResetTest {
  OldResetTest() {
    client.reset();
    rig.kill();
    rig.options.use_server_side_reset_offset = false;
    rig.start();
    client = rig.connect();
    client->router().on<ResetConsumerClientOffset>(
        [this](const ResetConsumerClientOffset& request,
               net::RequestContext& context) -> Result<void> {
          pushed = str(request.topic, '/', request.group, '/', context.body());
          return {};
        });
    consume("G", "T");
    commit("G", "T", 7);
    EXPECT_EQ(client->refusal(UpdateConsumerOffset{
                  .consumer_group = "G", .topic = "T", .queue_id = 1, .commit_offset = 0}),
              "0");
  }
  std::string pushed;
};

TEST_F(OldResetTest, asks_the_consumers_to_move) {
  EXPECT_THAT(typed(all_to(0)).offset_table.size(), 2u);
  rig.loop.run_ready();
  // To a client in C++ in the form that old ones read.
  EXPECT_EQ(
      pushed,
      R"(T/G/{"offsetTable":[{"brokerName":"broker-lite","offset":0,"queueId":0,"topic":"T"},)"
      R"({"brokerName":"broker-lite","offset":0,"queueId":1,"topic":"T"}]})");
  EXPECT_EQ(committed(), 7);  // that is for the consumer to say
}

TEST_F(OldResetTest, moves_nobody_forwards_without_force) {
  InvokeBrokerToResetOffset request = all_to(-1);
  EXPECT_EQ(typed(request).offset_table[0].second, 9);
  request.is_force = false;
  EXPECT_EQ(typed(request).offset_table[0].second, 7);
}

TEST_F(OldResetTest, refuses_where_it_cannot) {
  InvokeBrokerToResetOffset request = all_to(0);
  request.topic = "none";
  EXPECT_EQ(client->refusal(request),
            "17 [reset-offset] reset offset failed, no topic in this broker. topic=none");
  request = all_to(0);
  request.group = "none";
  EXPECT_EQ(client->refusal(request), "1 THe consumer group <none> not exist");
  ASSERT_EQ(client->refusal(UnregisterClient{.client_id = "c@1", .consumer_group = "G"}), "0");
  EXPECT_EQ(client->refusal(all_to(12)),
            "206 Consumer not online, so can not reset offset, Group: G Topic: T Timestamp: 12");
}

TEST_F(ResetTest, asks_consumers_where_they_are) {
  EXPECT_EQ(client->refusal(InvokeBrokerToGetConsumerStatus{.topic = "T", .group = "none"}),
            "1 No Any Consumer online in the consumer group: [none]");
  client->router().on<GetConsumerStatusFromClient>(
      [](const GetConsumerStatusFromClient& request, net::RequestContext& context) -> Result<void> {
        context.reply.body = str(R"({"messageQueueTable":{{"brokerName":"b","queueId":3,"topic":")",
                                 request.topic, R"("}:5}})");
        return {};
      });
  // Another member that does not answer is left out.
  auto silent = rig.connect();
  ASSERT_EQ(
      silent->refusal(HeartBeat{}, R"({"clientID":"c@2","consumerDataSet":[{"groupName":"G"}]})"),
      "0");
  net::Responder never;
  silent->router().on_raw(
      static_cast<std::int32_t>(GetConsumerStatusFromClient::code),
      [&](net::RequestContext& context) { never = std::move(context.responder); });

  const auto said = typed(InvokeBrokerToGetConsumerStatus{.topic = "T", .group = "G"});
  ASSERT_EQ(said.consumer_table.size(), 1u);
  EXPECT_THAT(said.consumer_table.at("c@1"), ElementsAre(Pair(MessageQueueData{"b", 3, "T"}, 5)));
  EXPECT_THAT(
      typed(InvokeBrokerToGetConsumerStatus{.topic = "T", .group = "G", .client_addr = "c@3"})
          .consumer_table,
      IsEmpty());
}

TEST_F(ResetTest, copies_offsets_to_another_group) {
  EXPECT_EQ(client->refusal(CloneGroupOffset{.src_group = "G", .dest_group = "Copy"}), "0");
  EXPECT_EQ(committed("Copy"), 7);
  // While the group is online only what it subscribes to, unless told otherwise.
  consume("G", "Other");
  commit("G", "T", 8);
  EXPECT_EQ(client->refusal(CloneGroupOffset{.src_group = "G", .dest_group = "Copy", .topic = "T"}),
            "0");
  EXPECT_EQ(committed("Copy"), 7);
  EXPECT_EQ(client->refusal(CloneGroupOffset{
                .src_group = "G", .dest_group = "Copy", .topic = "T", .offline = true}),
            "0");
  EXPECT_EQ(committed("Copy"), 8);
  EXPECT_EQ(client->refusal(CloneGroupOffset{.src_group = "G", .dest_group = "a/b"}),
            "26 Group a/b does not exist");
}

}  // namespace
}  // namespace rocketmq::broker
