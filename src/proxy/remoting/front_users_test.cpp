#include "net/channel.h"
#include "protocol/authentication.h"
#include "proxy/remoting/front.h"
#include "proxy/remoting/front_rig.h"
#include "proxy/remoting/sign_anew.h"

// Who may use the proxy, and as whom the cluster is asked.

namespace rocketmq::proxy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto no_permission = static_cast<int>(ResponseCode::no_permission);

class FrontUsersTest : public FrontTest {
 protected:
  FrontUsersTest() { options_.users = {{"ann", "secret of ann"}}; }

  FakeClient& connect_as(const std::string& name, const std::string& secret) {
    FakeClient& client = connect();
    client.options.request_hook = sign_anew(name, secret);
    return client;
  }
  static bool is_signed(const protocol::Command& request, const std::string& secret) {
    protocol::Signer signer(secret);
    std::vector<protocol::SignedField> scratch;
    return protocol::check_signature(request, signer, scratch).has_value();
  }
};

TEST_F(FrontUsersTest, lets_nobody_in_who_is_not_known) {
  start();
  const auto unsigned_answer = connect().call(offset_at("a"));
  EXPECT_EQ(unsigned_answer.code, no_permission);
  EXPECT_EQ(unsigned_answer.text, "username cannot be null.");
  EXPECT_EQ(connect_as("bob", "x").call(offset_at("a")).text, "User:bob is not found.");
  EXPECT_EQ(connect_as("ann", "x").call(offset_at("a")).text, "check signature failed.");
  EXPECT_EQ(connect_as("ann", "x").call(route_of("T")).text, "check signature failed.");
  EXPECT_THAT(a_.heard, IsEmpty());
}

TEST_F(FrontUsersTest, passes_a_signature_through) {
  start();
  FakeClient& ann = connect_as("ann", "secret of ann");
  EXPECT_EQ(ann.call(offset_at("a")).text, "a");
  EXPECT_EQ(ann.call(offset_at("a")).text, "a");
  ASSERT_THAT(a_.heard, SizeIs(2));
  EXPECT_TRUE(is_signed(*a_.heard[0], "secret of ann"));
  EXPECT_TRUE(is_signed(*a_.heard[1], "secret of ann"));
  EXPECT_FALSE(is_signed(*a_.heard[1], "another"));
}

TEST_F(FrontUsersTest, asks_the_cluster_as_itself) {
  options_.upstream.channel.request_hook = sign_anew("proxy", "of the proxy");
  options_.cluster.connections = options_.upstream;
  start();
  FakeClient& ann = connect_as("ann", "secret of ann");
  for (int n = 0; n < 2; ++n) EXPECT_EQ(ann.call(offset_at("a")).text, "a");
  EXPECT_EQ(ann.call(route_of("T")).code, 0);
  EXPECT_EQ(ann.call(beat_of(consumer_of_t)).code, 0);
  std::vector<const FakeServer*> servers{&a_, &b_, &name_server_};
  for (const FakeServer* server : servers) {
    EXPECT_FALSE(server->heard.empty());
    for (const KeptCommand& each : server->heard) {
      EXPECT_EQ(field(*each, "AccessKey"), "proxy");
      EXPECT_TRUE(is_signed(*each, "of the proxy")) << each->code;
    }
  }
}

// A client of 4.9.3 adds a field that no signature is over.
TEST_F(FrontUsersTest, signs_as_the_version_of_the_client_is_read) {
  options_.upstream.channel.request_hook = sign_anew("proxy", "of the proxy");
  options_.users.clear();
  start();
  protocol::Command query = offset_at("a");
  query.version = protocol::version_ordinal(4, 9, 3);
  query.fields.push_back({"_UNIQUE_KEY_QUERY", "true"});
  EXPECT_EQ(connect().call(query).text, "a");
  EXPECT_EQ(field(*a_.heard[0], "_UNIQUE_KEY_QUERY"), "true");
  EXPECT_TRUE(is_signed(*a_.heard[0], "of the proxy"));
}

TEST_F(FrontUsersTest, judges_by_the_users_set_last) {
  start();
  FakeClient& ann = connect_as("ann", "secret of ann");
  EXPECT_EQ(ann.call(offset_at("a")).text, "a");
  options_.users = {{"bob", "of bob"}};
  front_->reload(options_);
  EXPECT_EQ(ann.call(offset_at("a")).text, "User:ann is not found.");
  EXPECT_EQ(connect_as("bob", "of bob").call(offset_at("a")).text, "a");
}

// ---- what each may do

TEST_F(FrontUsersTest, lets_users_do_what_rules_say) {
  options_.users = {{"ann", "secret of ann"}, {"bob", "of bob"}};
  options_.rules = *UserRules::read("ann Topic:T Sub,Get\nann Group:g Sub");
  start();
  FakeClient& ann = connect_as("ann", "secret of ann");
  EXPECT_EQ(ann.call(offset_at("a")).text, "a");
  EXPECT_EQ(ann.call(beat_of(consumer_of_t)).code, 0);
  EXPECT_EQ(ann.call(route_of("A")).code, 0);
  FakeClient& bob = connect_as("bob", "of bob");
  EXPECT_EQ(bob.call(route_of("A")).code, 0);
  a_.heard.clear();
  const auto refused = bob.call(offset_at("a"));
  EXPECT_EQ(refused.code, no_permission);
  EXPECT_THAT(refused.text, HasSubstr("missing: bob Topic:T Get"));
  EXPECT_THAT(bob.call(beat_of(consumer_of_t)).text, HasSubstr("missing: bob Group:g Sub"));
  EXPECT_THAT(a_.heard, IsEmpty());
}

TEST_F(FrontUsersTest, judges_by_the_rules_set_last) {
  options_.rules = *UserRules::read("ann Topic:T Get");
  start();
  FakeClient& ann = connect_as("ann", "secret of ann");
  EXPECT_EQ(ann.call(offset_at("a")).text, "a");
  options_.rules = *UserRules::read("ann Topic:T Get Deny");
  front_->reload(options_);
  EXPECT_EQ(ann.call(offset_at("a")).code, no_permission);
  options_.rules.reset();
  front_->reload(options_);
  EXPECT_EQ(ann.call(offset_at("a")).text, "a");
}

TEST(ReadSecrets, takes_lines_of_names_and_secrets) {
  const auto secrets = read_secrets("# ours\n\nann:a:b\r\nbob:c");
  ASSERT_TRUE(secrets);
  EXPECT_EQ(*secrets, (Secrets{{"ann", "a:b"}, {"bob", "c"}}));
}

TEST(ReadSecrets, says_which_line_is_wrong) {
  EXPECT_THAT(read_secrets("ann:a\nbob\n").error().message, HasSubstr("line 2"));
  EXPECT_THAT(read_secrets(":a\n").error().message, HasSubstr("line 1"));
  EXPECT_THAT(read_secrets("ann:\n").error().message, HasSubstr("line 1"));
  EXPECT_THAT(read_secrets("# nobody\n").error().message, HasSubstr("there is no line"));
}

}  // namespace
}  // namespace rocketmq::proxy
