#include "broker-lite/state/names.h"

#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

std::string remark(const Result<void>& result) { return result ? "" : result.error().message; }

TEST(Names, of_stock_are_accepted) {
  for (const std::string_view topic :
       {"TopicA", "%RETRY%group", "a-b_c|D9", "RMQ_SYS_TRACE_TOPIC"}) {
    EXPECT_TRUE(check_topic_name(topic)) << topic;
  }
  EXPECT_TRUE(check_group_name("CID_ONS-HTTP-PROXY"));
  EXPECT_TRUE(check_topic_name(std::string(127, 'a')));
  EXPECT_TRUE(check_topic_name("%DLQ%" + std::string(250, 'a')));
  EXPECT_TRUE(check_group_name(std::string(120, 'a')));
}

TEST(Names, that_could_leave_their_folder_or_split_a_key_are_refused) {
  using namespace std::string_view_literals;
  for (const std::string_view name : {"../../etc"sv, "a/b"sv, "."sv, "a\0b"sv, "a@b"sv, "a b"sv,
                                      "a\n"sv, "caf\xc3\xa9"sv, "a\\b"sv, "a:b"sv}) {
    EXPECT_FALSE(check_topic_name(name)) << name;
    EXPECT_FALSE(check_group_name(name)) << name;
  }
}

TEST(Names, are_refused_in_the_words_of_stock) {
  EXPECT_EQ(check_topic_name("").error().code, ResponseCode::invalid_parameter);
  EXPECT_EQ(remark(check_topic_name("  \t")), "The specified topic is blank.");
  EXPECT_EQ(remark(check_topic_name("a.b")),
            "The specified topic: a.b, contains illegal characters, allowing only "
            "^[%|a-zA-Z0-9_-]+$");
  const std::string longer(128, 'a');
  EXPECT_EQ(remark(check_topic_name(longer)),
            "The specified topic: " + longer + ", is longer than topic max length: 127");
  const std::string retry = "%RETRY%" + std::string(249, 'a');
  EXPECT_EQ(remark(check_topic_name(retry)), "The specified topic is DLQ or Retry topic: " + retry +
                                                 ", and it's longer than topic max length: 255");
  EXPECT_EQ(remark(check_group_name("")), "The specified group is blank.");
  const std::string group(121, 'g');
  EXPECT_EQ(remark(check_group_name(group)),
            "The specified group: " + group + ", is longer than group max length: 120");
}

TEST(Names, of_topics_only_the_broker_writes_to_are_no_destination) {
  EXPECT_TRUE(check_may_send_to("TopicA"));
  EXPECT_TRUE(check_may_send_to("TBW102"));
  const auto refused = check_may_send_to("SCHEDULE_TOPIC_XXXX");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ResponseCode::no_permission);
  EXPECT_EQ(refused.error().message, "Sending message to topic[SCHEDULE_TOPIC_XXXX] is forbidden.");
}

}  // namespace
}  // namespace rocketmq::broker
