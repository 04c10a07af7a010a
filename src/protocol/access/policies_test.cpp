#include "protocol/access/policies.h"

#include <gmock/gmock.h>

namespace rocketmq::protocol {
namespace {

using ::testing::HasSubstr;

AclInfo acl(std::string resource, std::vector<std::string> actions, std::string decision,
            std::vector<std::string> ips = {}, std::string type = "Custom") {
  AclInfo info;
  PolicyInfo policy;
  policy.policy_type = std::move(type);
  policy.entries = {PolicyEntryInfo{.actions = std::move(actions),
                                    .decision = std::move(decision),
                                    .resource = std::move(resource),
                                    .source_ips = std::move(ips)}};
  info.policies = {policy};
  return info;
}

struct PoliciesTest : ::testing::Test {
  void put(const AclInfo& info) { ASSERT_TRUE(policies.put("User:a", info)); }
  // Empty: yes.
  std::string why_not(ResourceType type, std::string_view name, std::uint32_t actions,
                      std::string_view ip = "10.0.0.9") {
    const auto may = policies.check("a", ip, {type, name, actions});
    return may ? "" : may.error().message;
  }
  bool may(std::string_view topic, std::uint32_t actions, std::string_view ip = "10.0.0.9") {
    return why_not(ResourceType::topic, topic, actions, ip).empty();
  }
  Policies policies;
};

TEST_F(PoliciesTest, deny_what_nobody_has_allowed) {
  EXPECT_EQ(why_not(ResourceType::topic, "T", action::pub),
            "User:a has no permission to access Topic:T from 10.0.0.9, no matched policies.");
  put(acl("Topic:T", {"Pub"}, "Allow"));
  EXPECT_TRUE(may("T", action::pub));
  EXPECT_FALSE(may("T", action::sub));
  EXPECT_TRUE(may("T", action::sub | action::pub)) << "one of them is enough";
  EXPECT_FALSE(may("Tx", action::pub));
  EXPECT_THAT(why_not(ResourceType::group, "T", action::pub), HasSubstr("Group:T"));
}

TEST(Need, is_told_in_the_words_of_a_policy) {
  const Need need{ResourceType::topic, "T", action::get | action::sub};
  EXPECT_EQ(to_string(need), "Topic:T");
  EXPECT_EQ(actions_text(need), "Sub or Get");
}

TEST_F(PoliciesTest, go_by_the_most_exact_entry) {
  put(acl("*", {"All"}, "Allow"));
  put(acl("Topic:*", {"Pub"}, "Deny"));
  put(acl("Topic:pay*", {"Pub"}, "Allow"));
  put(acl("Topic:payroll*", {"Pub"}, "Deny"));
  put(acl("Topic:payroll-test", {"Pub"}, "Allow"));
  EXPECT_FALSE(may("news", action::pub));
  EXPECT_THAT(why_not(ResourceType::topic, "news", action::pub),
              HasSubstr("the decision is deny."));
  EXPECT_TRUE(may("news", action::sub)) << "what denies is about another action";
  EXPECT_TRUE(may("payment", action::pub));
  EXPECT_FALSE(may("payroll-1", action::pub));
  EXPECT_TRUE(may("payroll-test", action::pub));
}

TEST_F(PoliciesTest, ask_the_default_policy_where_no_custom_one_says_anything) {
  put(acl("Topic:T", {"All"}, "Deny", {}, "Default"));
  EXPECT_FALSE(may("T", action::pub));
  put(acl("*", {"Pub"}, "Allow"));
  EXPECT_TRUE(may("T", action::pub));
}

TEST_F(PoliciesTest, count_only_where_the_request_comes_from) {
  put(acl("Topic:T", {"Pub"}, "Allow", {"10.0.0.0/24", "192.168.1.1"}));
  EXPECT_TRUE(may("T", action::pub, "10.0.0.77"));
  EXPECT_TRUE(may("T", action::pub, "192.168.1.1"));
  EXPECT_FALSE(may("T", action::pub, "192.168.1.2"));
}

TEST_F(PoliciesTest, are_replaced_and_removed_by_resource) {
  put(acl("Topic:T", {"Pub"}, "Allow"));
  put(acl("Topic:T", {"Sub"}, "Allow"));
  EXPECT_FALSE(may("T", action::pub));
  put(acl("Topic:U", {"Pub"}, "Allow"));
  policies.remove("User:a", "", "Topic:T");
  EXPECT_FALSE(may("T", action::sub));
  EXPECT_TRUE(may("U", action::pub));
  policies.remove("User:a", "", "");
  EXPECT_FALSE(policies.info("User:a"));
}

TEST_F(PoliciesTest, refuse_an_entry_that_says_nothing) {
  EXPECT_FALSE(policies.put("User:a", {}));
  EXPECT_FALSE(policies.put("User:a", acl("", {"Pub"}, "Allow")));
  EXPECT_FALSE(policies.put("User:a", acl("Topic", {"Pub"}, "Allow")));
  EXPECT_FALSE(policies.put("User:a", acl("Queue:T", {"Pub"}, "Allow")));
  EXPECT_FALSE(policies.put("User:a", acl("Topic:T", {}, "Allow")));
  EXPECT_FALSE(policies.put("User:a", acl("Topic:T", {"Fly"}, "Allow")));
  EXPECT_FALSE(policies.put("User:a", acl("Topic:T", {"Pub"}, "Maybe")));
  EXPECT_FALSE(policies.put("User:a", acl("Topic:T", {"Pub"}, "Allow", {"10.0.0"})));
  EXPECT_FALSE(policies.info("User:a"));
}

TEST_F(PoliciesTest, are_the_same_when_read_again) {
  put(acl("Topic:T*", {"Pub", "Get"}, "Allow", {"10.0.0.0/8"}));
  put(acl("*", {"All"}, "Deny", {}, "Default"));
  Policies again;
  ASSERT_TRUE(again.load(policies.to_json()));
  EXPECT_EQ(again.list("", ""), policies.list("", ""));
  EXPECT_TRUE(again.check("a", "10.1.1.1", {ResourceType::topic, "T1", action::get}));
  EXPECT_FALSE(again.load("{"));
  EXPECT_TRUE(again.check("a", "10.1.1.1", {ResourceType::topic, "T1", action::get}));
}

}  // namespace
}  // namespace rocketmq::protocol
