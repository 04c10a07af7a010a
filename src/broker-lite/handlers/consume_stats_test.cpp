#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/handlers/admin_rig.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/group_admin.h"

namespace rocketmq::broker {
namespace {

using namespace protocol;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST_F(AdminTest, tells_how_far_every_group_has_consumed) {
  UpdateAndCreateTopic ordered = new_topic("Ordered");
  ordered.order = true;
  for (const auto& topic : {new_topic("T"), ordered}) ASSERT_EQ(client->refusal(topic), "0");
  for (const char* const topic : {"T", "T", "Ordered"}) send(topic, 0);
  consume("G", "T");
  commit("G", "T", 1);
  ASSERT_EQ(client->refusal(UnregisterClient{.client_id = "c@1", .consumer_group = "G"}), "0");
  commit("G", "Ordered", 0);

  const auto of_group = [](const ConsumeStatsList& list, const std::string& group) {
    for (const auto& entry : list.consume_stats_list) {
      if (entry.contains(group)) return entry.at(group);
    }
    return std::vector<ConsumeStats>{{.consume_tps = -1, .offset_table = {}}};
  };
  const auto all = typed(GetBrokerConsumeStats{});
  EXPECT_EQ(all.broker_addr, rig.broker->listen_address());
  EXPECT_EQ(all.total_diff, 2);
  EXPECT_EQ(all.total_inflight_diff, 0);
  EXPECT_EQ(of_group(all, "G").size(), 2u);
  EXPECT_THAT(of_group(all, "TOOLS_CONSUMER"), IsEmpty());

  const auto in_order = typed(GetBrokerConsumeStats{.is_order = true});
  EXPECT_EQ(in_order.total_diff, 1);
  ASSERT_EQ(of_group(in_order, "G").size(), 1u);
  EXPECT_EQ(of_group(in_order, "G")[0].offset_table[0].first.topic, "Ordered");

  // It reads no more of T than is pulled, and while it is online T is no longer its topic.
  consume("G", "Ordered");
  EXPECT_EQ(of_group(typed(GetBrokerConsumeStats{}), "G").size(), 1u);
}

TEST_F(AdminTest, tells_how_long_messages_wait_for_a_group) {
  EXPECT_EQ(client->refusal(QueryConsumeTimeSpan{.topic = "T", .group = "G"}),
            "17 topic[T] not exist");
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  const std::int64_t first = rig.loop.wall_ms();
  for (int i = 0; i < 3; ++i) {
    send("T", 0);
    rig.loop.advance(10s);
  }
  consume("G", "T");
  commit("G", "T", 2);
  const auto spans = typed(QueryConsumeTimeSpan{.topic = "T", .group = "G"}).consume_time_span_set;
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].min_timestamp, first);
  EXPECT_EQ(spans[0].max_timestamp, first + 20'000);
  EXPECT_EQ(spans[0].consume_timestamp, first + 10'000);
  EXPECT_EQ(spans[0].delay_time, 10'000);
  EXPECT_EQ(spans[1].min_timestamp, -1);
  EXPECT_EQ(spans[1].max_timestamp, -1);
  EXPECT_EQ(spans[1].delay_time, 0);
}

TEST_F(AdminTest, tells_what_the_slowest_group_has_consumed) {
  ASSERT_EQ(client->refusal(new_topic("T")), "0");
  for (int i = 0; i < 9; ++i) send("T", 0);
  for (const auto& [group, offset] : {std::pair("Slow", 2), {"Middle", 5}, {"Fast", 8}}) {
    consume(group, "T");
    commit(group, "T", offset);
  }
  const auto asked = [this](std::string_view compared, std::string_view left_out = {}) {
    return typed(QueryCorrectionOffset{
                     .filter_groups = left_out, .compare_group = compared, .topic = "T"})
        .correction_offsets;
  };
  EXPECT_THAT(asked("Fast"), ElementsAre(Pair(0, 2)));
  EXPECT_THAT(asked("Fast", "Slow"), ElementsAre(Pair(0, 5)));
  constexpr std::int64_t beyond_all = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(asked("Slow", "Slow"), ElementsAre(Pair(0, beyond_all)));
  EXPECT_THAT(asked("nobody", "Slow,Middle,Fast"), IsEmpty());
  EXPECT_THAT(asked("Fast"), ElementsAre(Pair(0, 2)));  // asking has changed nothing
}

TEST_F(AdminTest, tells_what_a_group_subscribes_to) {
  EXPECT_EQ(body_of(QuerySubscriptionByConsumer{.group = "G", .topic = "T"}),
            R"({"group":"G","topic":"T"})");
  consume("G", "T");
  const auto found = typed(QuerySubscriptionByConsumer{.group = "G", .topic = "T"});
  ASSERT_TRUE(found.subscription_data);
  EXPECT_EQ(found.subscription_data->sub_string, "*");
  EXPECT_FALSE(typed(QuerySubscriptionByConsumer{.group = "G"}).subscription_data);
}

TEST_F(AdminTest, tells_of_all_producers) {
  EXPECT_EQ(body_of(GetAllProducerInfo{}), R"({"data":{}})");
  beat(R"("producerDataSet":[{"groupName":"P"}])");
  const std::int64_t last = rig.loop.wall_ms();
  rig.loop.advance(7s);
  const auto all = typed(GetAllProducerInfo{});
  ASSERT_EQ(all.data.at("P").size(), 1u);
  EXPECT_EQ(all.data.at("P")[0], (ProducerInfo{.client_id = "c@1",
                                               .language = "CPP",
                                               .last_update_timestamp = last,
                                               .remote_ip = str('/', client->channel().local()),
                                               .version = our_version}));
}

}  // namespace
}  // namespace rocketmq::broker
