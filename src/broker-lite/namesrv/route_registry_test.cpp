#include "broker-lite/namesrv/route_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace rocketmq::namesrv {
namespace {

using namespace std::chrono_literals;
using net::ChannelHandle;
using protocol::BrokerData;
using protocol::DataVersion;
using protocol::QueueData;
using protocol::TopicConfig;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint t0{1000s};

ChannelHandle connection() { return ChannelHandle(new net::detail::ChannelAnchor{nullptr}); }

TopicConfig topic(std::string name, std::int32_t queue_nums = 4, std::int32_t perm = 6) {
  TopicConfig config;
  config.topic_name = std::move(name);
  config.read_queue_nums = config.write_queue_nums = queue_nums;
  config.perm = perm;
  return config;
}

// Broker `name` of cluster C at `address` with those topics.
Registration registration(std::string name, std::string address, std::vector<TopicConfig> topics,
                          std::int64_t counter = 1) {
  Registration registration;
  registration.cluster = "C";
  registration.broker_name = std::move(name);
  registration.broker_addr = std::move(address);
  registration.body.topics.data_version = {.counter = counter, .timestamp = 1};
  for (TopicConfig& config : topics) {
    std::string key = config.topic_name;
    registration.body.topics.topic_config_table.emplace(std::move(key), std::move(config));
  }
  registration.channel = connection();
  return registration;
}

Registration slave_of(Registration registration, std::string address, std::int64_t id = 1) {
  registration.broker_addr = std::move(address);
  registration.broker_id = id;
  registration.channel = connection();
  return registration;
}

class RouteRegistryTest : public testing::Test {
 protected:
  void add(const Registration& broker) { ASSERT_TRUE(registry.register_broker(broker, t0)); }
  std::vector<QueueData> queues(std::string_view name) {
    const auto route = registry.route(name);
    return route ? route->queue_datas : std::vector<QueueData>{};
  }

  RouteRegistry registry;
  const Registration a = registration("a", "10.0.0.1:10911", {topic("T"), topic("U")});
};

TEST_F(RouteRegistryTest, tells_where_the_queues_of_a_topic_are) {
  add(a);
  add(registration("b", "10.0.0.2:10911", {topic("T", 8), topic("V")}));
  const auto route = registry.route("T");
  ASSERT_TRUE(route);
  EXPECT_THAT(route->queue_datas,
              ElementsAre(QueueData{"a", 6, 4, 0, 4}, QueueData{"b", 6, 8, 0, 8}));
  EXPECT_THAT(route->broker_datas,
              ElementsAre(BrokerData{{{0, "10.0.0.1:10911"}}, "a", "C", false, {}},
                          BrokerData{{{0, "10.0.0.2:10911"}}, "b", "C", false, {}}));
  EXPECT_EQ(registry.route("nothing"), std::nullopt);
  EXPECT_THAT(registry.topics(), ElementsAre("T", "U", "V"));
}

TEST_F(RouteRegistryTest, takes_a_change_to_one_topic_with_a_new_version) {
  add(a);
  add(registration("a", "10.0.0.1:10911", {topic("New")}, 2));
  EXPECT_EQ(queues("New").size(), 1u);
  EXPECT_EQ(queues("T").size(), 1u);  // what it did not name stays
}

TEST_F(RouteRegistryTest, refuses_one_topic_of_a_broker_it_does_not_know) {
  const auto refused =
      registry.register_broker(registration("a", "10.0.0.1:10911", {topic("T")}), t0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ResponseCode::system_error);
  EXPECT_EQ(refused.error().message, "register broker failed");
  EXPECT_TRUE(registry.cluster_info().broker_addr_table.empty());
  EXPECT_TRUE(registry.cluster_info().cluster_addr_table.empty());
  add(registration("a", "10.0.0.1:10911", {}));  // none at all is fine
}

TEST_F(RouteRegistryTest, takes_a_repeated_registration_as_a_sign_of_life_only) {
  add(a);
  auto same_version = a;
  same_version.body.topics.topic_config_table["T"].write_queue_nums = 16;
  same_version.body.topics.topic_config_table["W"] = topic("W");
  add(same_version);
  EXPECT_EQ(queues("T").front().write_queue_nums, 4);
  EXPECT_EQ(queues("W").size(), 1u);  // new to us all the same

  ++same_version.body.topics.data_version.counter;
  add(same_version);
  EXPECT_EQ(queues("T").front().write_queue_nums, 16);
}

TEST_F(RouteRegistryTest, does_not_bring_a_deleted_topic_back_with_a_sign_of_life) {
  add(a);
  auto without = a;
  without.body.topics.topic_config_table.erase("T");
  ++without.body.topics.data_version.counter;
  registry.delete_topic("T", std::nullopt);
  add(without);
  EXPECT_THAT(queues("T"), IsEmpty());
}

TEST_F(RouteRegistryTest, deletes_what_a_full_registration_lacks_only_when_told_to) {
  auto without = a;
  without.body.topics.topic_config_table.erase("T");
  without.body.topics.topic_config_table["V"] = topic("V");
  ++without.body.topics.data_version.counter;
  add(a);
  add(without);
  EXPECT_EQ(queues("T").size(), 1u);

  RouteRegistry deleting({.delete_topic_with_broker_registration = true});
  ASSERT_TRUE(deleting.register_broker(a, t0));
  ASSERT_TRUE(deleting.register_broker(without, t0));
  EXPECT_EQ(deleting.route("T"), std::nullopt);
}

TEST_F(RouteRegistryTest, takes_topics_from_the_master_only) {
  add(a);
  auto slave = slave_of(a, "10.0.0.9:10911");
  slave.body.topics.topic_config_table["S"] = topic("S");
  add(slave);
  EXPECT_THAT(queues("S"), IsEmpty());
  EXPECT_EQ(registry.route("T")->broker_datas.front().broker_addrs.size(), 2u);
}

TEST_F(RouteRegistryTest, tells_a_slave_where_its_master_is) {
  auto master = a;
  master.ha_server_addr = "10.0.0.1:10912";
  add(master);
  const auto answer = registry.register_broker(slave_of(a, "10.0.0.9:10911"), t0);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->master_addr, "10.0.0.1:10911");
  EXPECT_EQ(answer->ha_server_addr, "10.0.0.1:10912");
  EXPECT_EQ(registry.register_broker(master, t0)->master_addr, "");
}

TEST_F(RouteRegistryTest, takes_topics_of_the_first_slave_read_only_when_there_is_no_master) {
  auto slave = slave_of(a, "10.0.0.9:10911");
  slave.enable_acting_master = true;
  add(slave);
  EXPECT_EQ(queues("T").front().perm, 4);
}

TEST_F(RouteRegistryTest, moves_an_address_that_changes_its_id) {
  add(a);
  auto slave = slave_of(a, "10.0.0.9:10911");
  add(slave);
  auto promoted = slave;
  promoted.broker_id = 0;
  ++promoted.body.topics.data_version.counter;
  add(promoted);
  EXPECT_EQ(registry.route("T")->broker_datas.front().broker_addrs,
            (std::map<std::int64_t, std::string>{{0, "10.0.0.9:10911"}}));
}

TEST_F(RouteRegistryTest, lets_a_newer_holder_of_an_id_keep_it) {
  auto holder = a;
  holder.body.topics.data_version.state_version = 2;
  add(holder);
  auto late = registration("a", "10.0.0.7:10911", {topic("T"), topic("U")});
  late.body.topics.data_version.state_version = 1;
  add(late);
  EXPECT_EQ(registry.member_group("a")->broker_addrs.at(0), "10.0.0.1:10911");
}

TEST_F(RouteRegistryTest, forgets_a_broker_that_unregisters) {
  add(a);
  add(registration("b", "10.0.0.2:10911", {topic("T"), topic("V")}));
  registry.unregister_broker("C", "a", "10.0.0.1:10911");
  EXPECT_EQ(queues("T").size(), 1u);
  EXPECT_THAT(registry.topics(), ElementsAre("T", "V"));
  registry.unregister_broker("C", "b", "10.0.0.2:10911");
  EXPECT_THAT(registry.topics(), IsEmpty());
  EXPECT_TRUE(registry.cluster_info().cluster_addr_table.empty());
  registry.unregister_broker("C", "b", "10.0.0.2:10911");
}

TEST_F(RouteRegistryTest, keeps_the_topics_while_a_slave_is_left) {
  add(a);
  add(slave_of(a, "10.0.0.9:10911"));
  registry.unregister_broker("C", "a", "10.0.0.1:10911");
  EXPECT_EQ(registry.route("T")->broker_datas.front().broker_addrs,
            (std::map<std::int64_t, std::string>{{1, "10.0.0.9:10911"}}));
}

TEST_F(RouteRegistryTest, forgets_a_broker_whose_connection_closes_but_not_its_next_one) {
  add(a);
  auto again = a;
  again.channel = connection();
  add(again);
  registry.channel_closed(a.channel);
  EXPECT_EQ(queues("T").size(), 1u);
  registry.channel_closed(again.channel);
  EXPECT_THAT(registry.topics(), IsEmpty());
}

TEST_F(RouteRegistryTest, forgets_brokers_that_are_silent_for_as_long_as_they_said) {
  auto brief = registration("b", "10.0.0.2:10911", {topic("T"), topic("V")});
  brief.heartbeat_timeout = 10s;
  add(a);
  add(brief);
  EXPECT_THAT(registry.expire(t0 + 10s), IsEmpty());
  EXPECT_THAT(registry.expire(t0 + 11s), ElementsAre(brief.channel));
  EXPECT_THAT(registry.topics(), ElementsAre("T", "U"));
  registry.refresh("C", "10.0.0.1:10911", t0 + 100s);
  EXPECT_THAT(registry.expire(t0 + 220s), IsEmpty());
  EXPECT_THAT(registry.expire(t0 + 221s), ElementsAre(a.channel));
  EXPECT_THAT(registry.topics(), IsEmpty());
}

TEST_F(RouteRegistryTest, says_whether_it_has_the_version_a_broker_has) {
  const DataVersion version = a.body.topics.data_version;
  EXPECT_TRUE(registry.query_version("C", "10.0.0.1:10911", version, t0).is_changed);
  add(a);
  EXPECT_FALSE(registry.query_version("C", "10.0.0.1:10911", version, t0 + 100s).is_changed);
  const auto known = registry.query_version("C", "10.0.0.1:10911", {.counter = 9}, t0 + 100s);
  EXPECT_TRUE(known.is_changed);
  EXPECT_EQ(known.version, version);
  EXPECT_THAT(registry.expire(t0 + 200s), IsEmpty());  // asking is a sign of life
}

TEST_F(RouteRegistryTest, takes_and_gives_the_permission_to_write) {
  auto system = a;
  system.body.topics.topic_config_table["C"] = topic("C", 16, 7);
  add(system);
  EXPECT_EQ(registry.wipe_write_perm("a"), 3);
  EXPECT_EQ(queues("T").front().perm, 4);
  EXPECT_EQ(queues("C").front().perm, 5);
  EXPECT_EQ(registry.add_write_perm("a"), 3);
  EXPECT_EQ(queues("C").front().perm, 6);
  EXPECT_EQ(registry.wipe_write_perm("unknown"), 0);
}

TEST_F(RouteRegistryTest, deletes_a_topic_everywhere_or_in_one_cluster) {
  add(a);
  auto other = registration("b", "10.0.0.2:10911", {topic("T"), topic("U")});
  other.cluster = "D";
  add(other);
  EXPECT_THAT(registry.topics_of_cluster("D"), ElementsAre("T", "U"));
  registry.delete_topic("T", "D");
  registry.delete_topic("T", "unknown");
  EXPECT_EQ(queues("T").size(), 1u);
  registry.delete_topic("U", std::nullopt);
  EXPECT_THAT(registry.topics(), ElementsAre("T"));
  EXPECT_THAT(registry.topics_of_cluster("unknown"), IsEmpty());
}

TEST_F(RouteRegistryTest, adds_queues_of_known_brokers_on_request) {
  add(a);
  registry.register_topic("X", {QueueData{"a", 6, 2, 0, 2}, QueueData{"stranger", 6, 2, 0, 2}});
  EXPECT_THAT(queues("X"), ElementsAre(QueueData{"a", 6, 2, 0, 2}));
}

TEST_F(RouteRegistryTest, lists_clusters_brokers_and_one_address) {
  EXPECT_EQ(registry.system_topics(), protocol::TopicList{});
  add(a);
  EXPECT_EQ(registry.system_topics(), (protocol::TopicList{"10.0.0.1:10911", {"C", "a"}}));
  const auto info = registry.cluster_info();
  EXPECT_EQ(info.cluster_addr_table.at("C"), std::set<std::string>{"a"});
  EXPECT_EQ(registry.member_group("unknown"), std::nullopt);
}

TEST_F(RouteRegistryTest, passes_filter_servers_on) {
  auto with = a;
  with.body.filter_server_list = {"10.0.0.1:30000"};
  add(with);
  EXPECT_EQ(registry.route("T")->filter_server_table.at("10.0.0.1:10911").front(),
            "10.0.0.1:30000");
  add(a);
  EXPECT_TRUE(registry.route("T")->filter_server_table.empty());
}

TEST_F(RouteRegistryTest, keeps_the_brokers_of_a_zone) {
  auto here = a;
  here.zone_name = "Z1";
  add(here);
  auto there = registration("b", "10.0.0.2:10911", {topic("T"), topic("V")});
  there.zone_name = "z2";
  add(there);
  auto route = *registry.route("T");
  keep_zone(route, "z1");
  ASSERT_EQ(route.broker_datas.size(), 1u);
  EXPECT_EQ(route.broker_datas.front().broker_name, "a");
  EXPECT_EQ(route.queue_datas.size(), 1u);
}

TEST_F(RouteRegistryTest, refuses_nameless_brokers_and_stops_growing_at_its_limits) {
  EXPECT_FALSE(registry.register_broker(registration("", "x:1", {}), t0));
  EXPECT_FALSE(registry.register_broker(registration("a", "", {}), t0));
  EXPECT_FALSE(registry.register_broker(registration(std::string(256, 'a'), "x:1", {}), t0));

  RouteRegistry small({.brokers_max = 1, .topics_max = 2});
  EXPECT_TRUE(small.register_broker(a, t0));
  EXPECT_TRUE(small.register_broker(a, t0));
  EXPECT_FALSE(small.register_broker(registration("b", "x:1", {}), t0));
  auto more = a;
  more.body.topics.topic_config_table["V"] = topic("V");
  EXPECT_FALSE(small.register_broker(more, t0));
  auto moved = a;
  moved.broker_addr = "10.0.0.7:10911";
  EXPECT_FALSE(small.register_broker(moved, t0)) << "the old address has not expired";
}

TEST_F(RouteRegistryTest, lets_a_broker_change_its_cluster) {
  add(a);
  auto moved = a;
  moved.cluster = "D";
  add(moved);
  EXPECT_THAT(registry.topics_of_cluster("C"), IsEmpty());
  EXPECT_THAT(registry.topics_of_cluster("D"), ElementsAre("T", "U"));
  EXPECT_EQ(registry.cluster_info().cluster_addr_table.size(), 1u);
  registry.refresh("D", a.broker_addr, t0 + 100s);
  EXPECT_THAT(registry.expire(t0 + 130s), IsEmpty());
}

TEST_F(RouteRegistryTest, waits_for_no_silent_broker_longer_than_a_day) {
  auto patient = a;
  patient.heartbeat_timeout = std::chrono::milliseconds::max();
  add(patient);
  EXPECT_THAT(registry.expire(t0 + 24h), IsEmpty());
  EXPECT_THAT(registry.expire(t0 + 24h + 1s), ElementsAre(a.channel));
}

// What is made of a route is kept as long as the revision is the same.
TEST_F(RouteRegistryTest, has_another_revision_whenever_a_route_is_another_one) {
  const Registration b = registration("b", "10.0.0.2:10911", {topic("T", 8), topic("V")});
  Registration filtering = b;
  filtering.body.filter_server_list = {"10.0.0.2:7001"};
  Registration acting = slave_of(a, "10.0.0.3:10911");
  acting.enable_acting_master = true;
  Registration moved = a;
  moved.cluster = "D";
  moved.zone_name = "z";
  const std::vector<Registration> registrations{
      a,      b,     filtering,
      acting, moved, registration("a", "10.0.0.1:10911", {topic("T", 2), topic("U")}, 2)};
  const auto routes = [&] {
    return std::vector{registry.route("T"), registry.route("U"), registry.route("V")};
  };
  std::mt19937 random(1);
  auto known = routes();
  std::uint64_t revision = registry.revision();
  int changes = 0;
  for (int turn = 0; turn < 5000; ++turn) {
    const Registration& one = registrations[random() % registrations.size()];
    switch (random() % 8) {
      case 0:
        registry.unregister_broker(one.cluster, one.broker_name, one.broker_addr);
        break;
      case 1:
        registry.channel_closed(one.channel);
        break;
      case 2:
        registry.wipe_write_perm(one.broker_name);
        break;
      case 3:
        registry.delete_topic(
            "T", random() % 2 == 0 ? std::optional<std::string_view>("C") : std::nullopt);
        break;
      case 4:
        registry.register_topic("U", {QueueData{"b", 6, 3, 0, 3}});
        break;
      case 5:
        registry.set_delete_topic_with_broker_registration(random() % 2 == 0);
        break;
      default:
        (void)registry.register_broker(one, t0);
    }
    auto now = routes();
    if (now != known) {
      ++changes;
      ASSERT_NE(registry.revision(), revision) << turn;
    }
    known = std::move(now);
    revision = registry.revision();
  }
  EXPECT_GT(changes, 500);

  add(a);
  revision = registry.revision();
  add(a);
  EXPECT_EQ(registry.revision(), revision) << "a sign of life";
}

}  // namespace
}  // namespace rocketmq::namesrv
