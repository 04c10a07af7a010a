#include "proxy/remoting/forward.h"

#include <gtest/gtest.h>
#include <rocketmq/request_code.h>

#include <string>
#include <utility>

#include "protocol/catalog.h"
#include "protocol/pop_info.h"
#include "protocol/recall_handle.h"

namespace rocketmq::proxy {
namespace {

protocol::Command command(RequestCode code, protocol::Fields fields = {},
                          std::string_view body = {}) {
  protocol::Command made;
  made.code = static_cast<std::int32_t>(code);
  made.fields = std::move(fields);
  made.body = body;
  return made;
}

TEST(Forward, takes_the_broker_that_the_header_names) {
  EXPECT_EQ(broker_name_of(command(RequestCode::pull_message, {{"bname", "a"}})), "a");
  EXPECT_EQ(broker_name_of(command(RequestCode::send_message_v2, {{"n", "b"}, {"bname", "x"}})),
            "b");
  EXPECT_EQ(broker_name_of(command(RequestCode::send_batch_message, {{"n", "c"}})), "c");
  EXPECT_EQ(broker_name_of(command(RequestCode::send_message, {{"n", "c"}})), "");
}

TEST(Forward, takes_the_broker_out_of_the_handle_of_a_popped_message) {
  const std::string handle = to_string(protocol::PopCheckpoint{.broker_name = "broker-b"});
  for (const RequestCode code :
       {RequestCode::ack_message, RequestCode::change_message_invisibletime}) {
    EXPECT_EQ(broker_name_of(command(code, {{"extraInfo", handle}})), "broker-b");
    EXPECT_EQ(broker_name_of(command(code, {{"extraInfo", handle}, {"bname", "a"}})), "a");
    EXPECT_EQ(broker_name_of(command(code, {{"extraInfo", "nonsense"}})), "");
  }
}

TEST(Forward, takes_the_broker_out_of_batches_and_recall_handles) {
  EXPECT_EQ(broker_name_of(command(RequestCode::batch_ack_message, {}, R"({"brokerName":"a"})")),
            "a");
  EXPECT_EQ(broker_name_of(command(RequestCode::batch_ack_message, {}, "{")), "");
  const std::string handle = to_string(protocol::RecallHandle{"T", "broker-r", 5, "ID"});
  EXPECT_EQ(broker_name_of(command(RequestCode::recall_message, {{"recallHandle", handle}})),
            "broker-r");
}

TEST(Forward, finds_topic_and_group_by_whatever_they_are_called) {
  EXPECT_EQ(topic_of(command(RequestCode::send_message_v2, {{"b", "T"}})), "T");
  EXPECT_EQ(topic_of(command(RequestCode::consumer_send_msg_back, {{"originTopic", "T"}})), "T");
  EXPECT_EQ(topic_of(command(RequestCode::pull_message, {{"topic", "T"}})), "T");
  EXPECT_EQ(group_of(command(RequestCode::get_consumer_list_by_group, {{"consumerGroup", "G"}})),
            "G");
  EXPECT_EQ(group_of(command(RequestCode::consumer_send_msg_back, {{"group", "G"}})), "G");
}

TEST(Forward, finds_the_topic_in_a_body) {
  EXPECT_EQ(topic_in_body(command(RequestCode::query_assignment, {}, R"({"topic":"T"})")).value(),
            "T");
  EXPECT_EQ(topic_in_body(command(RequestCode::check_client_config, {},
                                  R"({"subscriptionData":{"topic":"T"}})"))
                .value(),
            "T");
  EXPECT_FALSE(topic_in_body(command(RequestCode::check_client_config, {}, "{")));
}

TEST(Forward, knows_how_long_a_broker_may_hold_a_request) {
  EXPECT_EQ(held_for_ms(command(RequestCode::pull_message,
                                {{"sysFlag", "2"}, {"suspendTimeoutMillis", "15000"}})),
            15000);
  EXPECT_EQ(held_for_ms(command(RequestCode::pull_message,
                                {{"sysFlag", "0"}, {"suspendTimeoutMillis", "15000"}})),
            0);
  EXPECT_EQ(held_for_ms(command(RequestCode::pop_message, {{"pollTime", "20000"}})), 20000);
  EXPECT_EQ(held_for_ms(command(RequestCode::pop_message, {{"pollTime", "-5"}})), 0);
  EXPECT_EQ(held_for_ms(command(RequestCode::send_message_v2)), 0);
}

TEST(Forward, knows_what_a_broker_forgets_once_it_has_answered) {
  std::string result;
  for (const int code : {10, 310, 320, 12, 14, 15, 29, 30, 31, 32, 33, 36, 37, 200051, 28, 202}) {
    result += is_forgotten(code) ? 'y' : 'n';
  }
  EXPECT_EQ(result, "yyyyyyyyyyyyyyyy");
  result.clear();
  for (const int code : {11, 361, 200050, 200054, 34, 35, 38, 41, 42, 46, 400, 17, 987654}) {
    result += is_forgotten(code) ? 'y' : 'n';
  }
  EXPECT_EQ(result, "nnnnnnnnnnnnn");
}

TEST(Forward, knows_whose_sender_is_asked_something_later) {
  const std::string wants_reply = "KEYS\1k\2REPLY_TO_CLIENT\1c@1\2";
  EXPECT_TRUE(makes_brokers_ask(command(RequestCode::send_message_v2, {{"f", "4"}})));
  EXPECT_TRUE(makes_brokers_ask(command(RequestCode::send_message, {{"sysFlag", "5"}})));
  EXPECT_TRUE(makes_brokers_ask(command(RequestCode::send_message_v2, {{"i", wants_reply}})));
  EXPECT_TRUE(makes_brokers_ask(command(RequestCode::send_message, {{"properties", wants_reply}})));
  EXPECT_FALSE(makes_brokers_ask(
      command(RequestCode::send_message_v2, {{"f", "1"}, {"i", "KEYS\1REPLY_TO_CLIENT\2"}})));
  EXPECT_FALSE(makes_brokers_ask(command(RequestCode::send_reply_message_v2, {{"i", wants_reply}})))
      << "it is the answer";
}

// What a policy lets through, as numbers.
std::string let_through(AdminPolicy policy, std::initializer_list<RequestCode> codes) {
  std::string result;
  for (const RequestCode code : codes) {
    result += check_access(static_cast<std::int32_t>(code), policy) ? 'y' : 'n';
  }
  return result;
}

TEST(Forward, lets_tools_do_what_the_policy_says) {
  const auto codes = {RequestCode::send_message_v2,         RequestCode::get_routeinfo_by_topic,
                      RequestCode::get_broker_cluster_info, RequestCode::get_topic_stats_info,
                      RequestCode::update_and_create_topic, RequestCode::get_broker_config,
                      RequestCode::auth_list_user,          RequestCode::register_broker};
  EXPECT_EQ(let_through(AdminPolicy::deny, codes), "yynnnnnn");
  EXPECT_EQ(let_through(AdminPolicy::read, codes), "yyyynnnn");
  EXPECT_EQ(let_through(AdminPolicy::all, codes), "yyyyyyyn");
}

TEST(Forward, says_which_setting_would_let_it_through) {
  const auto refused = check_access(17, AdminPolicy::deny);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ResponseCode::no_permission);
  EXPECT_EQ(refused.error().message,
            "the proxy lets no UPDATE_AND_CREATE_TOPIC through; to change that start it with "
            "admin=all");
  EXPECT_FALSE(check_access(987654, AdminPolicy::read))
      << "a code of tomorrow may change something";
  EXPECT_TRUE(check_access(987654, AdminPolicy::all));
}

// Requests that a broker serves for programs must not need a policy. The list is that of the stock
// proxy and what it lacks.
TEST(Forward, lets_programs_do_everything_without_a_policy) {
  for (const int code :
       {10,  11,  12,  14,  15,     29,     30,     31,     33,     34,     35,
        36,  37,  38,  41,  42,     46,     105,    203,    310,    320,    324,
        325, 361, 370, 400, 200050, 200051, 200052, 200053, 200054, 200055, 200151}) {
    EXPECT_TRUE(check_access(code, AdminPolicy::deny)) << code;
  }
}

}  // namespace
}  // namespace rocketmq::proxy
