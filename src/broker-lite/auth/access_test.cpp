#include <gmock/gmock.h>

#include "broker-lite/auth/signs_as.h"
#include "broker-lite/broker_rig.h"
#include "protocol/bodies/auth_data.h"
#include "protocol/bodies/batch_ack.h"
#include "protocol/json_body.h"
#include "protocol/requests/auth_admin.h"

// A broker that asks who sends a request, and whether he may.

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct AccessTest : ::testing::Test {
  AccessTest() {
    rig.options.authentication_enabled = true;
    rig.options.authorization_enabled = true;
    rig.options.init_authentication_user = R"({"username":"root","password":"root-secret"})";
    rig.start();
    root = client("root", "root-secret");
    make_user("ann");
    ann = client("ann", "ann-secret");
  }
  std::unique_ptr<TestClient> client(std::string name, const std::string& secret) {
    return std::make_unique<TestClient>(rig.loop, rig.broker->listen_address(),
                                        signs_as(std::move(name), secret));
  }
  void make_user(const std::string& name) {
    protocol::AuthCreateUser request;
    request.username = name;
    ASSERT_EQ(root->refusal(request, str(R"({"username":")", name, R"(","password":")", name,
                                         R"(-secret","userType":"Normal"})")),
              "0");
  }
  std::string update_user(TestClient& by, std::string_view name, std::string_view body) {
    protocol::AuthUpdateUser request;
    request.username = name;
    return by.refusal(request, body);
  }
  void allow(std::string_view resource, std::string_view actions) {
    protocol::AuthCreateAcl request;
    request.subject = "User:ann";
    ASSERT_EQ(root->refusal(request, str(R"({"policies":[{"policyType":"Custom","entries":[)",
                                         R"({"resource":")", resource, R"(","actions":[)", actions,
                                         R"(],"decision":"Allow"}]}]})")),
              "0");
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> root;
  std::unique_ptr<TestClient> ann;
};

TEST_F(AccessTest, answers_a_change_when_it_is_on_disk) {
  const auto file = [this](const char* name) {
    return read_text(rig.directory, str("config/", name), 1 << 20).value();
  };
  rig.flusher.hold();
  protocol::AuthCreateUser new_user;
  new_user.username = "bob";
  const auto user = root->begin(new_user, R"({"username":"bob","password":"bob-secret"})");
  protocol::AuthCreateAcl new_acl;
  new_acl.subject = "User:ann";
  const auto acl =
      root->begin(new_acl, R"({"policies":[{"entries":[{"resource":"Topic:T","actions":["Pub"],)"
                           R"("decision":"Allow"}]}]})");
  rig.loop.advance(100ms);
  EXPECT_FALSE(*user || *acl);
  rig.flusher.release();
  rig.loop.advance(100ms);
  ASSERT_TRUE(*user && *acl);
  EXPECT_TRUE(**user && **acl);
  EXPECT_THAT(file("users.json"), HasSubstr("bob"));
  EXPECT_THAT(file("acls.json"), HasSubstr("Topic:T"));

  rig.directory.fail_from(0);
  protocol::AuthDeleteUser old_user;
  old_user.username = "bob";
  EXPECT_NE(root->refusal(old_user), "0");
  rig.directory.heal();
}

TEST_F(AccessTest, asks_everybody_who_he_is) {
  EXPECT_EQ(root->refusal(send_to("T", 0), "m"), "0");
  EXPECT_THAT(rig.connect()->refusal(send_to("T", 0), "m"),
              StartsWith("16 username cannot be null."));
  EXPECT_THAT(client("bob", "x")->refusal(send_to("T", 0), "m"),
              StartsWith("16 User:bob is not found."));
  EXPECT_THAT(client("root", "wrong")->refusal(send_to("T", 0), "m"),
              StartsWith("16 check signature failed."));
}

TEST_F(AccessTest, lets_nobody_do_what_he_may_not) {
  EXPECT_THAT(ann->refusal(send_to("T", 0), "m"),
              StartsWith("16 User:ann has no permission to access Topic:T from 127.0.0.1, no "
                         "matched policies."));
  allow("Topic:T", R"("Pub")");
  EXPECT_EQ(ann->refusal(send_to("T", 0), "m"), "0");
  EXPECT_THAT(ann->refusal(pull_from("T", 0, 0)), StartsWith("16 "));
  allow("Topic:T", R"("Pub","Sub")");
  EXPECT_THAT(ann->refusal(pull_from("T", 0, 0)), HasSubstr("Group:G"));
  allow("Group:G", R"("Sub")");
  EXPECT_EQ(ann->refusal(pull_from("T", 0, 0)), "0");
}

TEST_F(AccessTest, looks_into_bodies_that_name_topics_and_groups) {
  allow("Topic:T", R"("Sub")");
  protocol::HeartbeatData heartbeat;
  heartbeat.client_id = "c";
  auto& consumer = heartbeat.consumer_data_set.emplace_back();
  consumer.group_name = "G";
  consumer.subscription_data_set.emplace_back().topic = "T";
  const auto beat = [&] {
    return ann->refusal(protocol::HeartBeat{}, protocol::to_json(heartbeat));
  };
  EXPECT_THAT(beat(), HasSubstr("Group:G"));
  allow("Group:G", R"("Sub")");
  EXPECT_EQ(beat(), "0");
  consumer.subscription_data_set.emplace_back().topic = "other";
  EXPECT_THAT(beat(), HasSubstr("Topic:other"));

  protocol::BatchAckMessageRequestBody acks;
  acks.acks.emplace_back().consumer_group = "H";
  EXPECT_THAT(ann->refusal(protocol::BatchAckMessage{}, protocol::to_json(acks)),
              HasSubstr("Group:H"));
}

TEST_F(AccessTest, lets_only_consumers_of_the_group_write_to_its_retry_topic) {
  allow("Topic:*", R"("All")");
  EXPECT_THAT(ann->refusal(send_to("%RETRY%G", 0), "m"), HasSubstr("Group:"));
}

TEST_F(AccessTest, asks_for_the_cluster_where_a_request_is_about_no_topic_or_group) {
  allow("Topic:*", R"("All")");
  allow("Group:*", R"("All")");
  EXPECT_THAT(ann->refusal(protocol::GetBrokerConfig{}), HasSubstr("Cluster:DefaultCluster"));
  EXPECT_THAT(ann->refusal(protocol::AuthListUser{}), HasSubstr("Cluster:DefaultCluster"));
  allow("Cluster:DefaultCluster", R"("Get")");
  EXPECT_EQ(ann->refusal(protocol::GetBrokerConfig{}), "0");
  protocol::AuthDeleteUser remove;
  remove.username = "root";
  EXPECT_THAT(ann->refusal(remove), HasSubstr("Cluster:DefaultCluster"));
}

TEST_F(AccessTest, lets_nobody_make_himself_a_super_user) {
  allow("Cluster:*", R"("All")");
  EXPECT_THAT(update_user(*ann, "ann", R"({"userType":"Super"})"), StartsWith("1 "));
  EXPECT_THAT(update_user(*ann, "root", R"({"password":"mine"})"), StartsWith("16 "));
  EXPECT_EQ(root->refusal(send_to("T", 0), "m"), "0");
}

TEST_F(AccessTest, takes_changes_of_users_at_once_and_keeps_them) {
  allow("Topic:T", R"("Pub")");
  EXPECT_EQ(update_user(*root, "ann", R"({"userStatus":"disable"})"), "0");
  EXPECT_THAT(ann->refusal(send_to("T", 0), "m"), StartsWith("16 User:ann is disabled."));
  EXPECT_EQ(update_user(*root, "ann", R"({"userStatus":"enable","password":"new"})"), "0");
  EXPECT_THAT(ann->refusal(send_to("T", 0), "m"), StartsWith("16 check signature failed."));
  rig.loop.run_ready();
  ann.reset();
  root.reset();
  rig.kill();
  rig.start();
  EXPECT_EQ(client("ann", "new")->refusal(send_to("T", 0), "m"), "0");
  EXPECT_EQ(client("root", "root-secret")->refusal(protocol::GetBrokerConfig{}), "0");
}

TEST_F(AccessTest, answers_administrators_as_stock_does) {
  protocol::AuthCreateUser again;
  again.username = "ann";
  EXPECT_THAT(root->refusal(again, R"({"username":"ann","password":"x"})"),
              StartsWith("16 The user is existed"));
  EXPECT_EQ(root->refusal(protocol::AuthCreateUser{}, R"({"password":"x"})"),
            "29 The username is blank");
  EXPECT_EQ(root->refusal(protocol::AuthCreateUser{}, R"({"username":"b"})"),
            "16 password can not be blank");
  EXPECT_THAT(update_user(*root, "nobody", R"({"password":"x"})"),
              StartsWith("16 The user is not exist"));
  protocol::AuthCreateAcl acl;
  acl.subject = "User:zed";
  EXPECT_THAT(root->refusal(acl, R"({"policies":[]})"),
              StartsWith("16 The subject of User:zed is not exist."));
  protocol::AuthGetUser get;
  get.username = "nobody";
  EXPECT_EQ(root->call(get)->body, "");
  get.username = "ann";
  EXPECT_THAT(std::string(root->call(get)->body), HasSubstr(R"("userType":"Normal")"));
}

TEST_F(AccessTest, asks_nobody_about_codes_of_the_white_list) {
  ann.reset();
  root.reset();
  ASSERT_TRUE(rig.stop());
  rig.options.authentication_whitelist = rig.options.authorization_whitelist = "310";
  rig.start();
  EXPECT_EQ(rig.connect()->refusal(send_to("T", 0), "m"), "0");
  EXPECT_THAT(rig.connect()->refusal(pull_from("T", 0, 0)), StartsWith("16 "));
}

}  // namespace
}  // namespace rocketmq::broker
