#include "proxy/remoting/user_rules.h"

#include <gmock/gmock.h>
#include <rocketmq/request_code.h>

namespace rocketmq::proxy {
namespace {

using testing::HasSubstr;

protocol::Command command(RequestCode code, protocol::Fields fields) {
  protocol::Command made;
  made.code = static_cast<std::int32_t>(code);
  made.fields = std::move(fields);
  return made;
}
protocol::Command send_to(std::string_view topic) {
  return command(RequestCode::send_message_v2, {{"a", "g"}, {"b", topic}});
}

// Empty: it may.
std::string why_not(std::string_view rules_text, const protocol::Command& request,
                    std::string_view user = "ann", std::string_view ip = "10.0.0.9") {
  auto rules = UserRules::read(rules_text);
  EXPECT_TRUE(rules) << rules.error();
  const auto may = rules->check(user, ip, request);
  return may ? "" : may.error().message;
}

TEST(UserRules, let_nobody_do_what_no_line_says) {
  constexpr std::string_view text = "# shops\n\nann Topic:orders* Pub,Sub\r\nbob * All";
  EXPECT_EQ(why_not(text, send_to("orders-eu")), "");
  EXPECT_EQ(why_not(text, send_to("bills")),
            "User:ann has no permission to access Topic:bills from 10.0.0.9, no matched policies. "
            "In the proxy's rulesFile this is missing: ann Topic:bills Pub");
  EXPECT_EQ(why_not(text, send_to("bills"), "bob"), "");
  EXPECT_NE(why_not(text, send_to("orders-eu"), "carl"), "");
}

TEST(UserRules, ask_for_the_group_and_the_topic_of_a_consumer) {
  const auto pull = command(RequestCode::pull_message, {{"topic", "T"}, {"consumerGroup", "g"}});
  EXPECT_THAT(why_not("ann Topic:T Sub", pull), HasSubstr("missing: ann Group:g Sub"));
  EXPECT_EQ(why_not("ann Topic:T Sub\nann Group:g Sub", pull), "");
}

TEST(UserRules, may_deny_and_may_be_for_some_addresses) {
  constexpr std::string_view text =
      "ann Topic:* Pub Allow 10.0.0.0/8,fd00::/16\nann Topic:secret Pub Deny";
  EXPECT_EQ(why_not(text, send_to("T")), "");
  EXPECT_NE(why_not(text, send_to("T"), "ann", "192.0.2.1"), "");
  EXPECT_THAT(why_not(text, send_to("secret")), HasSubstr("the decision is deny"));
}

TEST(UserRules, are_about_the_cluster_where_tools_ask_name_servers) {
  const auto look = command(RequestCode::get_broker_cluster_info, {});
  const auto change = command(RequestCode::delete_topic_in_namesrv, {});
  EXPECT_THAT(why_not("ann Topic:T Pub", look), HasSubstr("missing: ann Cluster:* Get"));
  EXPECT_EQ(why_not("ann Cluster:* Get", look), "");
  EXPECT_THAT(why_not("ann Cluster:* Get", change), HasSubstr("missing: ann Cluster:* Update"));
}

TEST(UserRules, keep_no_route_from_anybody) {
  EXPECT_EQ(why_not("bob * All", command(RequestCode::get_routeinfo_by_topic, {{"topic", "T"}})),
            "");
}

TEST(UserRules, that_are_wrong_name_their_line) {
  const auto refusal = [](std::string_view text) {
    const auto rules = UserRules::read(text);
    return rules ? "accepted" : rules.error().message;
  };
  EXPECT_THAT(refusal("# none\n"), HasSubstr("there is no line"));
  EXPECT_THAT(refusal("ann * All\nann Topic:T\n"), HasSubstr("line 2: it is not USER RESOURCE"));
  EXPECT_THAT(refusal("ann Topic:T Publish"), HasSubstr("line 1: The action Publish"));
  EXPECT_THAT(refusal("ann T Pub"), HasSubstr("line 1: The resource T is not one"));
  EXPECT_THAT(refusal("ann Topic:T Pub maybe"), HasSubstr("line 1: The decision"));
  EXPECT_THAT(refusal("ann Topic:T Pub Allow here"), HasSubstr("line 1: The source ip here"));
  EXPECT_THAT(refusal("ann Topic:T Pub\nann Topic:T Sub"), HasSubstr("line 2: ann has a rule"));
}

}  // namespace
}  // namespace rocketmq::proxy
