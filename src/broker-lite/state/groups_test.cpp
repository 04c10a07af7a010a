#include "broker-lite/state/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/state/names.h"

namespace rocketmq::broker {
namespace {

constexpr std::int64_t t0 = 1'700'000'000'000;

protocol::SubscriptionGroupConfig config(std::string name) {
  protocol::SubscriptionGroupConfig config;
  config.group_name = std::move(name);
  return config;
}

TEST(Groups, are_those_of_stock_at_boot) {
  const Groups groups({}, t0);
  EXPECT_EQ(groups.size(), 8u);
  for (const std::string_view name : {tools_group, std::string_view("CID_RMQ_SYS_TRANS")}) {
    ASSERT_NE(groups.find(name), nullptr);
    EXPECT_TRUE(groups.find(name)->consume_broadcast_enable);
  }
}

TEST(Groups, are_created_with_stocks_defaults_on_first_use) {
  Groups groups({}, t0);
  const auto version = groups.data_version().counter;
  const auto created = groups.find_or_create("G", t0);
  ASSERT_TRUE(created.is_new);
  EXPECT_EQ(created.group->retry_max_times, 16);
  EXPECT_EQ(created.group->retry_queue_nums, 1);
  EXPECT_EQ(created.group->which_broker_when_consume_slowly, 1);
  EXPECT_EQ(groups.data_version().counter, version + 1);
  EXPECT_FALSE(groups.find_or_create("G", t0).is_new);
  EXPECT_EQ(groups.data_version().counter, version + 1);
}

TEST(Groups, are_not_created_under_a_bad_name_or_when_switched_off) {
  Groups groups({}, t0);
  EXPECT_EQ(groups.find_or_create("a/b", t0).group, nullptr);
  EXPECT_EQ(groups.find_or_create(std::string(121, 'g'), t0).group, nullptr);

  Groups closed({.auto_create_subscription_group = false}, t0);
  EXPECT_EQ(closed.find_or_create("G", t0).group, nullptr);
  EXPECT_NE(closed.find_or_create("CID_RMQ_SYS_X", t0).group, nullptr);
}

TEST(Groups, stop_growing_at_their_limit) {
  Groups groups({.groups_max = 9}, t0);
  EXPECT_TRUE(groups.find_or_create("A", t0).is_new);
  EXPECT_EQ(groups.find_or_create("B", t0).group, nullptr);
  EXPECT_FALSE(groups.update({config("B")}, t0));
  EXPECT_TRUE(groups.update({config("A")}, t0));
}

TEST(Groups, are_replaced_as_a_whole_by_an_admin) {
  Groups groups({}, t0);
  auto changed = config("G");
  changed.retry_max_times = 3;
  changed.consume_enable = false;
  ASSERT_TRUE(groups.update({changed}, t0));
  EXPECT_EQ(*groups.find("G"), changed);
}

TEST(Groups, refuse_more_retry_queues_than_a_topic_may_have) {
  Groups groups({}, t0);
  for (const std::int32_t count : {-1, 65'537, 2'000'000'000}) {
    auto many = config("G");
    many.retry_queue_nums = count;
    EXPECT_EQ(groups.update({many}, t0).error().code, ResponseCode::invalid_parameter) << count;
  }
  EXPECT_EQ(groups.find("G"), nullptr);
}

TEST(Groups, refuse_what_stock_refuses_in_its_words) {
  Groups groups({}, t0);
  EXPECT_EQ(groups.update({config("")}, t0).error().message, "The specified group is blank.");
  EXPECT_EQ(groups.update({config("a b")}, t0).error().code, ResponseCode::invalid_parameter);
  auto with_attribute = config("G");
  with_attribute.attributes["+color"] = "red";
  EXPECT_EQ(groups.update({with_attribute}, t0).error().message, "unsupported key: color");
  EXPECT_EQ(groups.find("G"), nullptr);
}

TEST(Groups, may_be_kept_from_reading_a_topic) {
  Groups groups({}, t0);
  ASSERT_TRUE(groups.update({config("G")}, t0));
  EXPECT_TRUE(groups.is_readable("G", "T"));
  EXPECT_TRUE(groups.set_readable("G", "T", false, t0));
  EXPECT_FALSE(groups.set_readable("G", "T", false, t0));
  EXPECT_FALSE(groups.is_readable("G", "T"));
  EXPECT_TRUE(groups.is_readable("G", "U"));

  Groups loaded({}, t0);
  ASSERT_TRUE(loaded.load(groups.to_json()));
  EXPECT_FALSE(loaded.is_readable("G", "T"));
  EXPECT_TRUE(loaded.set_readable("G", "T", true, t0));
  EXPECT_TRUE(loaded.wrapper().forbidden_table->empty());

  EXPECT_TRUE(groups.remove("G", t0));
  EXPECT_TRUE(groups.is_readable("G", "T"));
  EXPECT_FALSE(groups.remove("G", t0));
}

TEST(Groups, are_saved_as_stock_does_and_come_back) {
  Groups groups({}, t0);
  ASSERT_TRUE(groups.find_or_create("CG_SPEC", t0).is_new);
  const std::string json = groups.to_json();
  EXPECT_THAT(json, testing::HasSubstr("\t\"forbiddenTable\":{},\n"
                                       "\t\"subscriptionGroupTable\":{\n"));
  EXPECT_THAT(json, testing::HasSubstr("\t\t\"CG_SPEC\":{\n"
                                       "\t\t\t\"attributes\":{},\n"
                                       "\t\t\t\"brokerId\":0,\n"
                                       "\t\t\t\"consumeBroadcastEnable\":true,\n"
                                       "\t\t\t\"consumeEnable\":true,\n"
                                       "\t\t\t\"consumeFromMinEnable\":true,\n"
                                       "\t\t\t\"consumeMessageOrderly\":false,\n"
                                       "\t\t\t\"consumeTimeoutMinute\":15,\n"
                                       "\t\t\t\"groupName\":\"CG_SPEC\",\n"
                                       "\t\t\t\"groupRetryPolicy\":{\n"
                                       "\t\t\t\t\"type\":\"CUSTOMIZED\"\n"
                                       "\t\t\t},\n"
                                       "\t\t\t\"groupSysFlag\":0,\n"
                                       "\t\t\t\"notifyConsumerIdsChangedEnable\":true,\n"
                                       "\t\t\t\"retryMaxTimes\":16,\n"
                                       "\t\t\t\"retryQueueNums\":1,\n"
                                       "\t\t\t\"whichBrokerWhenConsumeSlowly\":1\n"
                                       "\t\t}"));
  Groups loaded({}, t0 + 5);
  ASSERT_TRUE(loaded.load(json));
  EXPECT_EQ(loaded.wrapper(), groups.wrapper());
}

TEST(Groups, take_files_of_older_brokers_and_are_unharmed_by_broken_ones) {
  Groups groups({}, t0);
  ASSERT_TRUE(groups.load(R"({"dataVersion":{"counter":3,"timestamp":1},
    "subscriptionGroupTable":{"Old":{"groupName":"Old","retryMaxTimes":5},"../x":{}}})"));
  EXPECT_EQ(groups.find("Old")->retry_max_times, 5);
  EXPECT_TRUE(groups.find("Old")->notify_consumer_ids_changed_enable);
  EXPECT_EQ(groups.find("../x"), nullptr);

  const std::string before = groups.to_json();
  EXPECT_FALSE(groups.load("{\"subscriptionGroupTable\":{"));
  EXPECT_EQ(groups.to_json(), before);
}

}  // namespace
}  // namespace rocketmq::broker
