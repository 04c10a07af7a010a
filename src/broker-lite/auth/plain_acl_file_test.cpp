#include "broker-lite/auth/plain_acl_file.h"

#include <gmock/gmock.h>

#include <limits>

namespace rocketmq::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// As stock 4.9.7 brings it, but for what is said about who wrote it.
constexpr std::string_view stock_file = R"(
globalWhiteRemoteAddresses:
  - 10.10.103.*
  - 192.168.0.*

accounts:
  - accessKey: RocketMQ
    secretKey: 12345678
    whiteRemoteAddress:
    admin: false
    defaultTopicPerm: DENY
    defaultGroupPerm: SUB
    topicPerms:
      - topicA=DENY
      - topicB=PUB|SUB
      - topicC=SUB
    groupPerms:
      # the group should convert to retry topic
      - groupA=DENY
      - groupB=PUB|SUB
      - groupC=SUB

  - accessKey: rocketmq2
    secretKey: "12345678"
    whiteRemoteAddress: 192.168.1.*
    # if it is admin, it could access all resources
    admin: true
)";

std::string refusal(std::string_view yaml) {
  const auto file = parse_plain_acl(yaml);
  return file ? "accepted" : file.error().message;
}

TEST(PlainAclFile, is_read_as_stock_brings_it) {
  const auto file = parse_plain_acl(stock_file);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_THAT(file->global_white_addresses, ElementsAre("10.10.103.*", "192.168.0.*"));
  ASSERT_EQ(file->accounts.size(), 2u);
  const protocol::PlainAccessConfig& first = file->accounts[0];
  EXPECT_EQ(first.access_key, "RocketMQ");
  EXPECT_EQ(first.secret_key, "12345678") << "a text, though it looks like a number";
  EXPECT_EQ(first.white_remote_address, std::nullopt);
  EXPECT_FALSE(first.admin);
  EXPECT_EQ(first.default_topic_perm, "DENY");
  EXPECT_EQ(first.default_group_perm, "SUB");
  EXPECT_THAT(*first.topic_perms, ElementsAre("topicA=DENY", "topicB=PUB|SUB", "topicC=SUB"));
  EXPECT_THAT(*first.group_perms, ElementsAre("groupA=DENY", "groupB=PUB|SUB", "groupC=SUB"));
  EXPECT_TRUE(file->accounts[1].admin);
  EXPECT_EQ(file->accounts[1].white_remote_address, "192.168.1.*");
  EXPECT_EQ(file->version, std::nullopt);
}

TEST(PlainAclFile, may_hold_nothing) {
  for (const char* text : {"", "# nothing\n", "accounts:\n", "accounts: []\n"}) {
    const auto file = parse_plain_acl(text);
    ASSERT_TRUE(file) << text;
    EXPECT_TRUE(file->accounts.empty());
  }
}

TEST(PlainAclFile, says_which_line_it_does_not_understand) {
  EXPECT_EQ(refusal("accounts:\n- accessKey: [a]\n"), "line 2: accessKey is not a text");
  EXPECT_EQ(refusal("accounts:\n- accessKey: abcdefg\n  admin: perhaps\n"),
            "line 3: admin is neither true nor false");
  EXPECT_EQ(refusal("accounts:\n- topicPerms: T=PUB\n"), "line 2: topicPerms is not a list");
  EXPECT_EQ(refusal("accounts: all\n"), "line 1: accounts is not a list");
  EXPECT_EQ(refusal("accounts:\n- all\n"), "line 2: accounts has something that is no table");
  EXPECT_EQ(refusal("globalWhiteRemoteAddresses: 10.0.0.1\n"),
            "line 1: globalWhiteRemoteAddresses is not a list");
  EXPECT_EQ(refusal("- accounts\n"), "line 1: the file is no table");
  EXPECT_THAT(refusal("accounts:\n- a: b: c\n"), HasSubstr("line 2: "));
  EXPECT_EQ(refusal("dataVersion:\n- counter: one\n"), "line 2: counter is not a number");
}

TEST(PlainAclFile, takes_a_new_account) {
  const protocol::PlainAccessConfig account{.access_key = "newcomer",
                                            .default_topic_perm = "PUB",
                                            .secret_key = "12345678",
                                            .topic_perms = {{"T=SUB"}}};
  const auto text = put_account(stock_file, account, 1'700'000'000'000);
  ASSERT_TRUE(text) << text.error().message;
  const auto file = parse_plain_acl(*text);
  ASSERT_TRUE(file) << file.error().message << '\n' << *text;
  ASSERT_EQ(file->accounts.size(), 3u);
  EXPECT_EQ(file->accounts[2], account);
  EXPECT_EQ(file->accounts[0], parse_plain_acl(stock_file)->accounts[0]);
  EXPECT_EQ(file->version, (protocol::PlainAclVersion{1, 1'700'000'000'000}));
  EXPECT_THAT(*text, HasSubstr("secretKey: \"12345678\"")) << "Java would read a number else";

  const auto first = put_account("", account, 1);
  ASSERT_TRUE(first);
  EXPECT_THAT(parse_plain_acl(*first)->accounts, ElementsAre(account));
}

TEST(PlainAclFile, changes_of_an_account_what_is_said_and_nothing_else) {
  const auto text = put_account(
      "accounts:\n- {accessKey: abcdefg, secretKey: '12345678', defaultTopicPerm: SUB, note: x}\n"
      "- {accessKey: another, secretKey: '12345678'}\nother: 5\n"
      "dataVersion:\n- {counter: 6, timestamp: 7}\n",
      {.access_key = "abcdefg", .admin = true, .group_perms = {{}}}, 9);
  ASSERT_TRUE(text) << text.error().message;
  const auto file = parse_plain_acl(*text);
  ASSERT_TRUE(file) << *text;
  ASSERT_EQ(file->accounts.size(), 2u);
  EXPECT_EQ(file->accounts[0].access_key, "another");
  EXPECT_EQ(file->accounts[1].access_key, "abcdefg") << "as Java has it: the last";
  EXPECT_EQ(file->accounts[1].secret_key, "12345678");
  EXPECT_EQ(file->accounts[1].default_topic_perm, "SUB");
  EXPECT_TRUE(file->accounts[1].admin);
  EXPECT_TRUE(file->accounts[1].group_perms->empty());
  EXPECT_THAT(*text, HasSubstr("note: x"));
  EXPECT_THAT(*text, HasSubstr("other: 5"));
  EXPECT_EQ(file->version, (protocol::PlainAclVersion{7, 9}));
}

TEST(PlainAclFile, loses_an_account_and_gets_other_addresses) {
  const auto less = remove_account(stock_file, "RocketMQ", 1);
  ASSERT_TRUE(less);
  ASSERT_EQ(parse_plain_acl(*less)->accounts.size(), 1u);
  EXPECT_EQ(parse_plain_acl(*less)->accounts[0].access_key, "rocketmq2");
  const auto other = put_global_white_addresses(*less, {"*", "10.0.0.1"}, 2);
  ASSERT_TRUE(other);
  const auto file = parse_plain_acl(*other);
  ASSERT_TRUE(file) << *other;
  EXPECT_THAT(file->global_white_addresses, ElementsAre("*", "10.0.0.1"));
  EXPECT_EQ(file->accounts.size(), 1u);
  EXPECT_EQ(file->version, (protocol::PlainAclVersion{2, 2}));
}

TEST(PlainAclFile, is_not_changed_to_what_nobody_could_read) {
  const protocol::PlainAccessConfig account{.access_key = "somebody", .secret_key = "a secret"};
  const std::string long_key(900, '\xFF');  // each becomes three bytes, and a key has at most 1024
  for (const std::string& text : {"{\"" + long_key + "\": 1}\n", std::string("x: &a [1, *a]\n"),
                                  std::string("x: &a {b: *a}\n")}) {
    EXPECT_TRUE(parse_plain_acl(text)) << text;
    const auto changed = put_account(text, account, 1);
    ASSERT_FALSE(changed) << text;
    EXPECT_THAT(changed.error().message, testing::StartsWith("the file cannot be changed here"));
  }
}

TEST(PlainAclFile, counts_its_versions_beyond_the_largest_number) {
  const auto changed =
      put_global_white_addresses("dataVersion: [{counter: 9223372036854775807}]\n", {}, 1);
  ASSERT_TRUE(changed);
  EXPECT_EQ(parse_plain_acl(*changed)->version->counter, std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace rocketmq::broker
