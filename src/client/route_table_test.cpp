#include "client/route_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using protocol::BrokerData;
using protocol::QueueData;
using protocol::TopicRouteData;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr net::TimePoint t0{};

BrokerData broker(const std::string& name, std::map<std::int64_t, std::string> addresses) {
  return {.broker_addrs = std::move(addresses), .broker_name = name, .cluster = "c"};
}
QueueData queues(const std::string& broker_name, int perm, int read, int write) {
  return {
      .broker_name = broker_name, .perm = perm, .read_queue_nums = read, .write_queue_nums = write};
}
TopicRouteData two_brokers() {
  TopicRouteData data;
  data.broker_datas = {broker("b", {{0, "10.0.0.2:1"}}), broker("a", {{0, "10.0.0.1:1"}})};
  data.queue_datas = {queues("b", 6, 1, 1), queues("a", 6, 2, 1)};
  return data;
}

TEST(Route, lists_queues_by_broker_name_whatever_the_order_they_came_in) {
  const Route route = make_route("T", two_brokers());
  EXPECT_THAT(route.publish_queues, ElementsAre(PublishQueue{0, 0}, PublishQueue{1, 0}));
  EXPECT_EQ(route.broker_name(route.publish_queues[0]), "a");
  EXPECT_EQ(route.master_address(route.publish_queues[1]), "10.0.0.2:1");
  EXPECT_THAT(
      route.subscribe_queues,
      ElementsAre(MessageQueue{"T", "a", 0}, MessageQueue{"T", "a", 1}, MessageQueue{"T", "b", 0}));
}

TEST(Route, writes_only_where_there_is_a_master_and_the_permission) {
  TopicRouteData data;
  data.broker_datas = {broker("no-master", {{1, "s:1"}}), broker("read-only", {{0, "m:1"}}),
                       broker("ok", {{0, "m:2"}})};
  data.queue_datas = {queues("no-master", 6, 1, 1), queues("read-only", 4, 1, 1),
                      queues("ok", 6, 1, 1), queues("unknown", 6, 0, 1)};
  const Route route = make_route("T", data);
  ASSERT_EQ(route.publish_queues.size(), 1U);
  EXPECT_EQ(route.broker_name(route.publish_queues[0]), "ok");
  EXPECT_EQ(route.subscribe_queues.size(), 3U);  // a slave can be read
}

TEST(Route, of_an_ordered_topic_has_the_queues_its_order_names) {
  TopicRouteData data = two_brokers();
  data.order_topic_conf = "b:2;a:1;nonsense;c:3";
  const Route route = make_route("T", data);
  EXPECT_THAT(route.publish_queues,
              ElementsAre(PublishQueue{1, 0}, PublishQueue{1, 1}, PublishQueue{0, 0}));
}

TEST(Route, of_a_new_topic_has_as_many_queues_as_the_broker_will_create) {
  TopicRouteData data;
  data.broker_datas = {broker("a", {{0, "m:1"}})};
  data.queue_datas = {queues("a", 7, 8, 8)};
  const Route route = make_template_route("T", data, 4);
  EXPECT_EQ(route.publish_queues.size(), 4U);
  EXPECT_THAT(route.subscribe_queues, IsEmpty());
  EXPECT_TRUE(route.is_template);
}

TEST(Route, does_not_believe_in_a_billion_queues) {
  TopicRouteData data = two_brokers();
  for (QueueData& row : data.queue_datas) {
    row.write_queue_nums = row.read_queue_nums = 2'000'000'000;
  }
  data.queue_datas.push_back(data.queue_datas[0]);
  Route route = make_route("T", data);
  EXPECT_EQ(route.publish_queues.size(), 65'536U);
  EXPECT_EQ(route.subscribe_queues.size(), 65'536U);

  data.order_topic_conf = "a:2000000000;b:2000000000";
  EXPECT_EQ(make_route("T", data).publish_queues.size(), 65'536U);
}

TEST(RouteTable, knows_a_change_from_another_order) {
  RouteTable table;
  EXPECT_TRUE(table.put(make_route("T", two_brokers()), t0).route);
  TopicRouteData turned = two_brokers();
  std::swap(turned.broker_datas[0], turned.broker_datas[1]);
  std::swap(turned.queue_datas[0], turned.queue_datas[1]);
  EXPECT_FALSE(table.put(make_route("T", turned), t0).route);
  turned.queue_datas[0].write_queue_nums = 7;
  EXPECT_TRUE(table.put(make_route("T", turned), t0).route);
}

TEST(RouteTable, tells_of_an_address_it_did_not_know) {
  RouteTable table;
  EXPECT_TRUE(table.put(make_route("T", two_brokers()), t0).brokers);
  EXPECT_FALSE(table.put(make_route("U", two_brokers()), t0).brokers);
  TopicRouteData moved = two_brokers();
  moved.broker_datas[0].broker_addrs[0] = "10.0.0.3:1";
  EXPECT_TRUE(table.put(make_route("U", moved), t0).brokers);
  EXPECT_EQ(*table.address_of("b", master_id), "10.0.0.3:1");
  EXPECT_FALSE(table.has_address("10.0.0.2:1"));
}

TEST(RouteTable, forgets_topics_nobody_used_and_brokers_nobody_names) {
  RouteTable table;
  TopicRouteData other;
  other.broker_datas = {broker("z", {{0, "z:1"}})};
  table.put(make_route("old", other), t0);
  table.put(make_route("used", two_brokers()), t0);
  table.put(make_route("pinned", two_brokers()), t0);
  table.pin("pinned");
  table.find("used", t0 + 10s);
  EXPECT_THAT(table.topics_to_refresh(t0 + 5s), UnorderedElementsAre("used", "pinned"));
  table.forget_unnamed_brokers();
  EXPECT_EQ(table.address_of("z", master_id), nullptr);
  EXPECT_NE(table.address_of("a", master_id), nullptr);

  table.unpin("pinned");
  EXPECT_THAT(table.topics_to_refresh(t0 + 5s), UnorderedElementsAre("used"));
}

TEST(RouteTable, asks_again_for_a_pinned_topic_that_has_no_route) {
  RouteTable table;
  table.pin("T");
  EXPECT_THAT(table.topics_to_refresh(t0), ElementsAre("T"));
}

TEST(RouteTable, reads_from_another_copy_where_the_one_asked_for_is_gone) {
  RouteTable table;
  TopicRouteData data;
  data.broker_datas = {broker("a", {{0, "m:1"}, {2, "s:2"}}), broker("b", {{1, "s:1"}})};
  table.put(make_route("T", data), t0);
  EXPECT_EQ(table.address_to_read("a", 2, false)->address, "s:2");
  EXPECT_EQ(table.address_to_read("a", 1, false)->address, "s:2");  // the next one
  EXPECT_EQ(table.address_to_read("a", 7, false)->address, "m:1");
  EXPECT_EQ(table.address_to_read("b", 0, false)->address, "s:1");
  EXPECT_EQ(table.address_to_read("a", 1, true), std::nullopt);
  EXPECT_EQ(table.address_to_read("c", 0, false), std::nullopt);
}

}  // namespace
}  // namespace rocketmq::client
