#include "broker-lite/state/clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using net::ChannelHandle;
using protocol::MessageModel;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint t0{1000s};

// A connection that is known and cannot be written to.
ChannelHandle connection() { return ChannelHandle(new net::detail::ChannelAnchor{nullptr}); }

ClientInfo client(const ChannelHandle& channel, std::string id) {
  return {.channel = channel, .client_id = std::move(id), .address = "10.0.0.9:5555"};
}

protocol::SubscriptionData subscription(std::string topic, std::int64_t version = 1,
                                        std::string expression = "*") {
  protocol::SubscriptionData data;
  data.topic = std::move(topic);
  data.sub_version = version;
  data.sub_string = std::move(expression);
  return data;
}

protocol::ConsumerData consumer(std::string group,
                                std::vector<protocol::SubscriptionData> subscriptions) {
  protocol::ConsumerData data;
  data.group_name = std::move(group);
  data.subscription_data_set = std::move(subscriptions);
  return data;
}

std::vector<std::string> ids(const Clients& clients, std::string_view group) {
  std::vector<std::string> ids;
  if (const ConsumerGroup* consumers = clients.find_consumers(group)) {
    for (const ClientMember& member : consumers->members) ids.push_back(member.client_id);
  }
  return ids;
}

class ClientsTest : public testing::Test {
 protected:
  std::vector<MembersChanged> beat(const ClientInfo& who, const protocol::ConsumerData& data,
                                   TimePoint now = t0) {
    return clients.register_consumer(who, data, 0, false, now).changed;
  }

  Clients clients;
  const ChannelHandle a = connection();
  const ChannelHandle b = connection();
};

TEST_F(ClientsTest, tells_every_member_when_one_joins) {
  EXPECT_THAT(beat(client(a, "A"), consumer("G", {subscription("T")})),
              ElementsAre(MembersChanged{"G", {a}}));
  EXPECT_THAT(beat(client(b, "B"), consumer("G", {subscription("T")})),
              ElementsAre(MembersChanged{"G", {a, b}}));
  EXPECT_THAT(ids(clients, "G"), ElementsAre("A", "B"));
}

TEST_F(ClientsTest, tells_nobody_of_a_heartbeat_that_says_nothing_new) {
  beat(client(a, "A"), consumer("G", {subscription("T")}));
  EXPECT_THAT(beat(client(a, "A"), consumer("G", {subscription("T")})), IsEmpty());
}

TEST_F(ClientsTest, tells_of_other_topics_but_not_of_another_expression) {
  beat(client(a, "A"), consumer("G", {subscription("T", 1)}));
  EXPECT_THAT(beat(client(a, "A"), consumer("G", {subscription("T", 2, "tag")})), IsEmpty());
  EXPECT_EQ(clients.find_subscription("G", "T")->sub_string, "tag");
  EXPECT_THAT(beat(client(a, "A"), consumer("G", {subscription("T", 1, "older")})), IsEmpty());
  EXPECT_EQ(clients.find_subscription("G", "T")->sub_string, "tag");

  EXPECT_EQ(beat(client(a, "A"), consumer("G", {subscription("T"), subscription("U")})).size(), 1u);
  EXPECT_EQ(beat(client(a, "A"), consumer("G", {subscription("U")})).size(), 1u);
  EXPECT_EQ(clients.find_subscription("G", "T"), nullptr);
  EXPECT_THAT(clients.groups_subscribed_to("U"), ElementsAre("G"));
  EXPECT_THAT(clients.groups_subscribed_to("T"), IsEmpty());
}

TEST_F(ClientsTest, tells_no_broadcasting_group) {
  auto data = consumer("G", {subscription("T")});
  data.message_model = MessageModel::broadcasting;
  EXPECT_THAT(beat(client(a, "A"), data), IsEmpty());
  EXPECT_THAT(ids(clients, "G"), ElementsAre("A"));
}

TEST_F(ClientsTest, tells_the_others_when_one_leaves) {
  beat(client(a, "A"), consumer("G", {subscription("T")}));
  beat(client(b, "B"), consumer("G", {subscription("T")}));
  EXPECT_THAT(clients.unregister_consumer(a, "G"), ElementsAre(MembersChanged{"G", {b}}));
  EXPECT_THAT(clients.unregister_consumer(a, "G"), IsEmpty());
  EXPECT_THAT(clients.unregister_consumer(b, "G"), IsEmpty());
  EXPECT_EQ(clients.find_consumers("G"), nullptr);
  EXPECT_EQ(clients.members(), 0u);
}

TEST_F(ClientsTest, forgets_all_groups_of_a_connection_that_closed) {
  beat(client(a, "A"), consumer("G", {subscription("T")}));
  beat(client(b, "B"), consumer("G", {subscription("T")}));
  beat(client(a, "A"), consumer("H", {subscription("T")}));
  clients.register_producer(client(a, "A"), "P", t0);
  EXPECT_THAT(clients.channel_closed(a), ElementsAre(MembersChanged{"G", {b}}));
  EXPECT_EQ(clients.find_consumers("H"), nullptr);
  EXPECT_EQ(clients.find_producers("P"), nullptr);
  EXPECT_EQ(clients.channels(), 1u);
  EXPECT_EQ(clients.members(), 1u);
  EXPECT_THAT(clients.channel_closed(a), IsEmpty());
}

TEST_F(ClientsTest, counts_a_client_that_reconnects_once) {
  const ChannelHandle old = connection();
  beat(client(old, "A"), consumer("G", {subscription("T")}));
  EXPECT_THAT(beat(client(a, "A"), consumer("G", {subscription("T")})),
              ElementsAre(MembersChanged{"G", {a}}));
  EXPECT_THAT(ids(clients, "G"), ElementsAre("A"));
  EXPECT_THAT(clients.channel_closed(old), IsEmpty());
  EXPECT_THAT(ids(clients, "G"), ElementsAre("A"));
}

TEST_F(ClientsTest, does_not_grow_when_two_connections_claim_one_client_id) {
  for (int i = 0; i < 100; ++i) {
    beat(client(i % 2 == 0 ? a : b, "A"), consumer("G", {subscription("T")}));
  }
  EXPECT_EQ(clients.members(), 1u);
  clients.channel_closed(b);
  EXPECT_EQ(clients.members(), 0u);
}

TEST_F(ClientsTest, drops_whom_it_has_not_heard_of_for_two_minutes) {
  beat(client(a, "A"), consumer("G", {subscription("T")}), t0);
  beat(client(b, "B"), consumer("G", {subscription("T")}), t0 + 60s);
  clients.register_producer(client(a, "A"), "P", t0);
  EXPECT_THAT(clients.expire(t0 + 120s).channels, IsEmpty());

  const auto expired = clients.expire(t0 + 121s);
  EXPECT_THAT(expired.changed, ElementsAre(MembersChanged{"G", {b}}));
  EXPECT_THAT(expired.channels, testing::Each(a));
  EXPECT_EQ(clients.find_producers("P"), nullptr);
}

TEST_F(ClientsTest, knows_producers_and_forgets_them) {
  EXPECT_TRUE(clients.register_producer(client(a, "A"), "P", t0));
  EXPECT_TRUE(clients.register_producer(client(a, "A"), "P", t0 + 1s));
  ASSERT_EQ(clients.find_producers("P")->size(), 1u);
  EXPECT_EQ(clients.find_producers("P")->front().last_update, t0 + 1s);
  clients.unregister_producer(a, "P");
  EXPECT_EQ(clients.find_producers("P"), nullptr);
}

TEST_F(ClientsTest, answers_a_version_2_heartbeat_with_whether_its_content_is_known) {
  const auto data = consumer("G", {subscription("T")});
  EXPECT_TRUE(clients.register_consumer(client(a, "A"), data, 0, false, t0).subscription_changed);
  EXPECT_TRUE(clients.register_consumer(client(a, "A"), data, 42, false, t0).subscription_changed);
  EXPECT_FALSE(clients.register_consumer(client(a, "A"), data, 42, false, t0).subscription_changed);
  EXPECT_TRUE(clients.register_consumer(client(a, "A"), data, 43, false, t0).subscription_changed);
}

TEST_F(ClientsTest, keeps_subscriptions_when_a_heartbeat_comes_without_them) {
  beat(client(a, "A"), consumer("G", {subscription("T")}));
  EXPECT_THAT(clients.register_consumer(client(a, "A"), consumer("G", {}), 42, true, t0).changed,
              IsEmpty());
  EXPECT_NE(clients.find_subscription("G", "T"), nullptr);
}

TEST_F(ClientsTest, stops_growing_at_its_limit) {
  Clients full({.members_max = 1});
  EXPECT_TRUE(full.register_producer(client(a, "A"), "P", t0));
  EXPECT_FALSE(full.register_producer(client(a, "A"), "Q", t0));
  EXPECT_FALSE(full.register_producer(client(b, "B"), "P", t0));
  EXPECT_FALSE(full.register_consumer(client(b, "B"), consumer("G", {}), 0, false, t0).accepted);
  EXPECT_EQ(full.find_consumers("G"), nullptr);
  EXPECT_TRUE(full.register_producer(client(a, "A"), "P", t0));
}

}  // namespace
}  // namespace rocketmq::broker
