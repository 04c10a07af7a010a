#include "broker-lite/state/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

constexpr std::int64_t t0 = 1'700'000'000'000;

protocol::UpdateAndCreateTopic request(std::string_view topic) {
  protocol::UpdateAndCreateTopic request;
  request.topic = topic;
  request.default_topic = "TBW102";
  request.read_queue_nums = 8;
  request.write_queue_nums = 8;
  request.perm = 6;
  request.topic_filter_type = "SINGLE_TAG";
  return request;
}

protocol::UpdateAndCreateTopic request(std::string_view topic, std::string_view attributes) {
  protocol::UpdateAndCreateTopic with = request(topic);
  with.attributes = attributes;
  return with;
}

std::string refusal(const Result<bool>& result) {
  return result ? "" : str(result.error().code.value(), " ", result.error().message);
}

TEST(Topics, are_those_of_stock_at_boot) {
  const Topics topics({.broker_cluster_name = "C", .broker_name = "b"}, t0);
  const std::map<std::string, std::pair<int, int>> expected{
      {"SELF_TEST_TOPIC", {1, 6}},
      {"OFFSET_MOVED_EVENT", {1, 6}},
      {"TBW102", {8, 7}},
      {"BenchmarkTest", {1024, 6}},
      {"C", {16, 7}},
      {"b", {1, 7}},
      {"SCHEDULE_TOPIC_XXXX", {18, 6}},
      {"C_REPLY_TOPIC", {1, 6}},
      {"rmq_sys_REVIVE_LOG_C", {8, 6}},
      {"rmq_sys_SYNC_BROKER_MEMBER_b", {1, 1}},
      {"RMQ_SYS_TRANS_HALF_TOPIC", {1, 6}},
      {"RMQ_SYS_TRANS_OP_HALF_TOPIC", {1, 6}},
      {"rmq_sys_wheel_timer", {1, 6}},
  };
  EXPECT_EQ(topics.size(), expected.size());
  for (const auto& [name, shape] : expected) {
    ASSERT_NE(topics.find(name), nullptr) << name;
    EXPECT_EQ(topics.find(name)->read_queue_nums, shape.first) << name;
    EXPECT_EQ(topics.find(name)->write_queue_nums, shape.first) << name;
    EXPECT_EQ(topics.find(name)->perm, shape.second) << name;
    EXPECT_TRUE(topics.is_system(name)) << name;
  }
  EXPECT_FALSE(topics.is_system("TopicA"));
}

TEST(Topics, are_made_after_the_default_topic_when_first_sent_to) {
  Topics topics({}, t0);
  const auto version = topics.data_version();
  const auto created = topics.find_or_create("T", "TBW102", 4, 0, t0 + 1);
  ASSERT_TRUE(created.is_new);
  EXPECT_EQ(created.topic->write_queue_nums, 4);  // what the client asked for
  EXPECT_EQ(created.topic->read_queue_nums, 4);
  EXPECT_EQ(created.topic->perm, 6);  // not inherited further
  EXPECT_EQ(topics.data_version().counter, version.counter + 1);
  EXPECT_EQ(topics.data_version().timestamp, t0 + 1);

  const auto again = topics.find_or_create("T", "TBW102", 8, 0, t0 + 2);
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.topic, created.topic);
  EXPECT_EQ(topics.data_version().counter, version.counter + 1);

  EXPECT_EQ(topics.find_or_create("U", "TBW102", 100, 0, t0).topic->write_queue_nums, 8);
  EXPECT_EQ(topics.find_or_create("V", "TBW102", -3, 0, t0).topic->write_queue_nums, 0);
}

TEST(Topics, are_not_made_after_a_topic_that_may_not_be_inherited_from) {
  Topics topics({}, t0);
  EXPECT_EQ(topics.find_or_create("T", "BenchmarkTest", 4, 0, t0).topic, nullptr);
  EXPECT_EQ(topics.find_or_create("T", "nothing", 4, 0, t0).topic, nullptr);
  EXPECT_EQ(topics.find_or_create("%DLQ%g", "nothing", 4, 0, t0).topic, nullptr);
  const auto retry = topics.find_or_create("%RETRY%g", "nothing", 4, 0, t0);
  ASSERT_TRUE(retry.is_new);
  EXPECT_EQ(retry.topic->write_queue_nums, 1);
}

TEST(Topics, are_not_made_by_themselves_when_that_is_off_even_with_an_old_TBW102_on_disk) {
  Topics before({}, t0);
  Topics topics({.auto_create_topic_enable = false}, t0);
  EXPECT_EQ(topics.find("TBW102"), nullptr);
  ASSERT_TRUE(topics.load(before.to_json()));
  ASSERT_NE(topics.find("TBW102"), nullptr);
  EXPECT_EQ(topics.find_or_create("T", "TBW102", 4, 0, t0).topic, nullptr);
}

TEST(Topics, stop_growing_at_their_limit) {
  Topics topics({.topics_max = 14}, t0);
  EXPECT_TRUE(topics.find_or_create("A", "TBW102", 4, 0, t0).is_new);
  EXPECT_EQ(topics.find_or_create("B", "TBW102", 4, 0, t0).topic, nullptr);
  EXPECT_FALSE(topics.update(request("B"), t0));
  EXPECT_TRUE(topics.update(request("A"), t0));
}

TEST(Topics, stop_growing_when_a_registration_would_get_too_long) {
  Topics topics({.registration_bytes_max = 4000}, t0);
  std::size_t created = 0;
  const auto name = [](std::size_t number) { return str(std::string(100, 'x'), number); };
  while (topics.find_or_create(name(created), "TBW102", 4, 0, t0).is_new) ++created;
  EXPECT_GT(created, 1u);
  const std::string json = protocol::to_json(topics.wrapper());
  EXPECT_GT(json.size(), 3000u);
  EXPECT_LT(json.size(), 4600u);
  EXPECT_FALSE(topics.update(request(name(created)), t0));
  EXPECT_TRUE(topics.remove(name(0), t0));
  EXPECT_TRUE(topics.update(request(name(created)), t0));
}

TEST(Topics, are_created_and_changed_by_an_admin) {
  Topics topics({}, t0);
  EXPECT_TRUE(topics.update(request("T"), t0).value());
  EXPECT_EQ(topics.find("T")->write_queue_nums, 8);

  auto smaller = request("T");
  smaller.write_queue_nums = 0;
  smaller.perm = 4;
  EXPECT_TRUE(topics.update(smaller, t0).value());
  EXPECT_EQ(topics.find("T")->write_queue_nums, 0);
  EXPECT_FALSE(is_writable(*topics.find("T")));
}

TEST(Topics, do_not_change_their_version_for_a_repeated_request) {
  Topics topics({}, t0);
  ASSERT_TRUE(topics.update(request("T", "+message.type=FIFO"), t0).value());
  const auto version = topics.data_version();
  EXPECT_FALSE(topics.update(request("T", "+message.type=FIFO"), t0 + 5).value());
  EXPECT_EQ(topics.data_version(), version);
}

TEST(Topics, refuse_what_stock_refuses_in_its_words) {
  Topics topics({}, t0);
  EXPECT_EQ(refusal(topics.update(request("TBW102"), t0)),
            "29 The topic[TBW102] is conflict with system topic.");
  EXPECT_EQ(refusal(topics.update(request("rmq_sys_x"), t0)),
            "29 The topic[rmq_sys_x] is conflict with system topic.");
  EXPECT_THAT(refusal(topics.update(request("a/b"), t0)),
              testing::StartsWith("29 The specified topic: a/b, contains illegal characters"));
  auto odd = request("T");
  odd.topic_filter_type = "X";
  EXPECT_EQ(refusal(topics.update(odd, t0)), "1 topicFilterType = [X] value invalid");
  EXPECT_EQ(refusal(topics.update(request("T", "+message.type=MIXED"), t0)),
            "29 MIXED message type is not supported.");
}

TEST(Topics, refuse_queue_counts_and_perms_that_cannot_be) {
  Topics topics({}, t0);
  for (const std::int32_t count : {-1, 65'537, 2'000'000'000}) {
    auto absurd = request("T");
    absurd.read_queue_nums = count;
    EXPECT_EQ(topics.update(absurd, t0).error().code, ResponseCode::invalid_parameter) << count;
  }
  auto odd = request("T");
  odd.perm = 16;
  EXPECT_EQ(topics.update(odd, t0).error().code, ResponseCode::invalid_parameter);
  EXPECT_EQ(topics.find("T"), nullptr);
}

TEST(Topics, keep_attributes_and_refuse_wrong_ones_as_stock_does) {
  Topics topics({}, t0);
  ASSERT_TRUE(topics.update(request("T", "+message.type=FIFO,+queue.type=SimpleCQ"), t0).value());
  EXPECT_EQ(topics.find("T")->attributes.at("message.type"), "FIFO");
  ASSERT_TRUE(topics.update(request("T", "+message.type=NORMAL"), t0).value());
  EXPECT_EQ(topics.find("T")->attributes.at("message.type"), "NORMAL");
  EXPECT_EQ(topics.find("T")->attributes.at("queue.type"), "SimpleCQ");
  ASSERT_TRUE(topics.update(request("T", "-message.type"), t0).value());
  EXPECT_FALSE(topics.find("T")->attributes.contains("message.type"));

  const std::vector<std::pair<std::string, std::string>> refused{
      {"message.type=FIFO", "1 add/alter attribute format is wrong: message.type"},
      {"message.type", "1 delete attribute format is wrong: message.type"},
      {"+color=red", "1 unsupported key: color"},
      {"+message.type=X",
       "1 value is not in set: [UNSPECIFIED, MIXED, TRANSACTION, FIFO, DELAY, NORMAL]"},
      {"+queue.type=BatchCQ", "1 attempt to update an unchangeable attribute. key: queue.type"},
      {"-message.type", "1 attempt to delete a nonexistent key: message.type"},
      {"+message.type=FIFO,-message.type", "1 key duplication: message.type"},
      {"+reserve.time=soon", "1 value is not in range(-1, 9223372036854775807)"},
      {"+=", "1 kv string format wrong"},
  };
  for (const auto& [attributes, expected] : refused) {
    EXPECT_EQ(refusal(topics.update(request("T", attributes), t0)), expected) << attributes;
  }
  EXPECT_EQ(refusal(topics.update(request("New", "-message.type"), t0)),
            "1 only add attribute is supported while creating topic. key: message.type");
}

TEST(Topics, are_removed_unless_they_are_of_the_system) {
  Topics topics({}, t0);
  ASSERT_TRUE(topics.update(request("T"), t0));
  EXPECT_TRUE(topics.check_may_delete("T"));
  EXPECT_TRUE(topics.check_may_delete("unknown"));
  EXPECT_FALSE(topics.check_may_delete(""));
  EXPECT_FALSE(topics.check_may_delete("rmq_sys_wheel_timer"));
  EXPECT_TRUE(topics.remove("T", t0));
  EXPECT_FALSE(topics.remove("T", t0));
  EXPECT_EQ(topics.find("T"), nullptr);
}

TEST(Topics, become_ordered_when_a_name_server_says_so) {
  Topics topics({}, t0);
  ASSERT_TRUE(topics.update(request("T"), t0));
  const protocol::KVTable order{{{"T", "broker-lite:8"}, {"elsewhere", "x:1"}}};
  EXPECT_TRUE(topics.set_ordered(order, t0));
  EXPECT_TRUE(topics.find("T")->order);
  EXPECT_FALSE(topics.set_ordered(order, t0));
  EXPECT_FALSE(topics.set_ordered({}, t0));
  EXPECT_TRUE(topics.find("T")->order);
}

TEST(Topics, are_saved_as_stock_does_and_come_back) {
  Topics topics({}, t0);
  ASSERT_TRUE(topics.update(request("TopicA", "+message.type=FIFO"), t0));
  const std::string json = topics.to_json();
  EXPECT_THAT(json, testing::StartsWith("{\n\t\"dataVersion\":{\n\t\t\"counter\":2,\n"
                                        "\t\t\"stateVersion\":0,\n"
                                        "\t\t\"timestamp\":1700000000000\n\t},\n"
                                        "\t\"topicConfigTable\":{\n"));
  EXPECT_THAT(json, testing::HasSubstr("\t\t\"TopicA\":{\n"
                                       "\t\t\t\"attributes\":{\n"
                                       "\t\t\t\t\"message.type\":\"FIFO\"\n"
                                       "\t\t\t},\n"
                                       "\t\t\t\"order\":false,\n"
                                       "\t\t\t\"perm\":6,\n"
                                       "\t\t\t\"readQueueNums\":8,\n"
                                       "\t\t\t\"topicFilterType\":\"SINGLE_TAG\",\n"
                                       "\t\t\t\"topicName\":\"TopicA\",\n"
                                       "\t\t\t\"topicSysFlag\":0,\n"
                                       "\t\t\t\"writeQueueNums\":8\n"
                                       "\t\t}"));
  Topics loaded({}, t0);
  ASSERT_TRUE(loaded.load(json));
  EXPECT_EQ(loaded.wrapper().topic_config_table, topics.wrapper().topic_config_table);
  EXPECT_GT(loaded.data_version().counter, topics.data_version().counter);
}

TEST(Topics, take_files_of_older_brokers_and_leave_out_what_is_unusable) {
  Topics topics({}, t0);
  ASSERT_TRUE(topics.load(R"({"dataVersion":{"counter":7,"timestamp":1},"topicConfigTable":{
    "Old":{"order":false,"perm":6,"readQueueNums":4,"topicFilterType":"SINGLE_TAG",
           "topicName":"Old","topicSysFlag":0,"writeQueueNums":4,"unknown":{"a":[1]}},
    "../x":{"topicName":"../x"},
    "Negative":{"readQueueNums":-4},
    "Wide":{"readQueueNums":70000,"writeQueueNums":70000}}})"));
  ASSERT_NE(topics.find("Old"), nullptr);
  EXPECT_EQ(topics.find("Old")->read_queue_nums, 4);
  EXPECT_EQ(topics.find("../x"), nullptr);
  EXPECT_EQ(topics.find("Negative"), nullptr);
  ASSERT_NE(topics.find("Wide"), nullptr) << "made by stock";
  EXPECT_EQ(topics.find("Wide")->read_queue_nums, 70'000);
  EXPECT_EQ(topics.data_version().counter, 8);
}

TEST(Topics, are_unharmed_by_a_broken_file) {
  Topics topics({}, t0);
  const std::string before = topics.to_json();
  for (const std::string_view broken : {"", "{", "[1,2]", R"({"topicConfigTable":{"T":{"perm":)"}) {
    EXPECT_FALSE(topics.load(broken)) << broken;
    EXPECT_EQ(topics.to_json(), before) << broken;
  }
}

TEST(Topics, are_told_to_name_servers_all_or_one) {
  Topics topics({}, t0);
  ASSERT_TRUE(topics.update(request("T"), t0));
  EXPECT_EQ(topics.wrapper().topic_config_table.size(), topics.size());
  const auto one = topics.wrapper("T");
  EXPECT_EQ(one.topic_config_table.size(), 1u);
  EXPECT_EQ(one.data_version, topics.data_version());
  EXPECT_TRUE(one.topic_queue_mapping_info_map.has_value());
  EXPECT_TRUE(topics.wrapper("gone").topic_config_table.empty());
}

}  // namespace
}  // namespace rocketmq::broker
