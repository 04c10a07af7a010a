#include <gmock/gmock.h>

#include <string>

#include "proxy/http/testing_gateway.h"

// Users and rules of the cluster, over HTTP, on a real broker.

namespace rocketmq::gateway {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AuthAdminTest : public GatewayTest {
 protected:
  AuthAdminTest() {
    options_.cluster.name_servers = secured_.name_server();
    options_.cluster.credentials = {.access_key = "root", .secret_key = "r00t"};
  }
  Answered put(std::string_view target, std::string_view body) {
    return client().say("PUT", target, body);
  }
  // Refused before the body was read, which ends a connection.
  void connect_anew() { client_.emplace(address_); }
  Answered remove(std::string_view target) { return client().say("DELETE", target, {}, {}); }
  void make_alice() {
    EXPECT_EQ(put("/v1/users/alice", R"({"password":"pa55","type":"Normal"})").status, 201);
  }

  rocketmq::testing::EmbeddedBroker secured_{
      {.settings = {{"authenticationEnabled", "true"},
                    {"initAuthenticationUser", R"({"username":"root","password":"r00t"})"}}}};
};

TEST_F(AuthAdminTest, makes_changes_and_deletes_users) {
  const Answered made = put("/v1/users/alice", R"({"password":"pa55","type":"Normal"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.body, R"({"name":"alice","type":"Normal","status":"enable"})");
  const Answered changed = put("/v1/users/alice", R"({"status":"disable"})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(get("/v1/users/alice").body, changed.body);
  EXPECT_EQ(changed.json()["status"], "disable");
  EXPECT_EQ(remove("/v1/users/alice").status, 204);
  EXPECT_EQ(get("/v1/users/alice").status, 404);
  EXPECT_EQ(remove("/v1/users/alice").status, 404);
}

TEST_F(AuthAdminTest, lists_users_in_pages_and_tells_no_password) {
  make_alice();
  EXPECT_EQ(put("/v1/users/al", R"({"password":"pa55","type":"Super"})").status, 201);
  const Answered first = get("/v1/users?limit=1");
  EXPECT_EQ(to_text(first.json()["items"]), R"([{"name":"al","type":"Super","status":"enable"}])");
  const std::string next = first.json()["next"];
  const Json rest = get("/v1/users?cursor=" + next).json()["items"];
  ASSERT_EQ(rest.size(), 2u) << rest;
  EXPECT_EQ(rest[0]["name"], "alice");
  EXPECT_EQ(rest[1]["name"], "root");
  for (const char* target : {"/v1/users", "/v1/users/al"}) {
    EXPECT_THAT(get(target).body, Not(AnyOf(HasSubstr("pa55"), HasSubstr("r00t"))));
  }
}

TEST_F(AuthAdminTest, refuses_users_that_cannot_be) {
  const Answered nameless = put("/v1/users/alice", R"({"type":"Normal"})");
  EXPECT_EQ(nameless.status, 400) << nameless.body;
  EXPECT_EQ(nameless.json()["errors"][0]["pointer"], "/password");
  const Answered queen = put("/v1/users/alice", R"({"password":"pa55","type":"Queen"})");
  EXPECT_EQ(queen.json()["errors"][0]["pointer"], "/type");
  EXPECT_THAT(queen.body, Not(HasSubstr("pa55")));
  EXPECT_EQ(put("/v1/users/a%20b", R"({"password":"x"})").status, 400);
  connect_anew();
  EXPECT_EQ(put("/v1/users/alice", R"({"secret":"x"})").status, 400);
  EXPECT_EQ(get("/v1/users").json()["items"].size(), 1u) << "root is the only one";
}

TEST_F(AuthAdminTest, says_what_a_user_may_do) {
  make_alice();
  EXPECT_EQ(get("/v1/acls/User:alice").status, 404);
  const Answered made = put("/v1/acls/User:alice", R"({"rules":[
      {"resource":"Topic:orders","actions":["Pub","Sub"],"decision":"Allow"},
      {"resource":"Group:*","actions":["Sub"],"sourceIps":["10.0.0.0/8"],"decision":"Deny"}]})");
  EXPECT_EQ(made.status, 201) << made.body;
  const Answered found = get("/v1/acls/User:alice");
  EXPECT_EQ(found.body, made.body);
  EXPECT_EQ(found.json()["subject"], "User:alice");
  ASSERT_EQ(found.json()["rules"].size(), 2u);
  EXPECT_EQ(to_text(found.json()["rules"][1]),
            R"({"resource":"Group:*","actions":["Sub"],"sourceIps":["10.0.0.0/8"],)"
            R"("decision":"Deny","policy":"Custom"})");
  EXPECT_EQ(to_text(get("/v1/acls").json()["items"][0]), found.body);
}

TEST_F(AuthAdminTest, puts_rules_in_place_of_those_before) {
  make_alice();
  const char* const rules = R"({"rules":[
      {"resource":"Topic:orders","actions":["Pub"],"decision":"Allow"},
      {"resource":"Topic:bills","actions":["Pub"],"decision":"Allow"}]})";
  EXPECT_EQ(put("/v1/acls/User:alice", rules).status, 201);
  const Answered told = put("/v1/acls/User:alice", R"({"rules":[
      {"resource":"Topic:bills","actions":["Sub"],"decision":"Deny"}]})");
  EXPECT_EQ(told.status, 200) << told.body;
  const Json left = get("/v1/acls/User:alice").json()["rules"];
  ASSERT_EQ(left.size(), 1u) << left;
  EXPECT_EQ(left[0]["resource"], "Topic:bills");
  EXPECT_EQ(left[0]["decision"], "Deny");
  const std::string same = to_text(Json{{"rules", left}});
  EXPECT_EQ(put("/v1/acls/User:alice", same).body, told.body) << "as it was told";
  EXPECT_EQ(remove("/v1/acls/User:alice").status, 204);
  EXPECT_EQ(remove("/v1/acls/User:alice").status, 404);
  EXPECT_EQ(get("/v1/acls").json()["items"].size(), 0u);
}

TEST_F(AuthAdminTest, refuses_rules_that_cannot_be) {
  make_alice();
  const auto pointer_of = [this](std::string_view rule) {
    const Answered refused = put("/v1/acls/User:alice", str(R"({"rules":[)", rule, R"(]})"));
    EXPECT_EQ(refused.status, 400) << refused.body;
    return std::string(refused.json()["errors"][0]["pointer"]);
  };
  EXPECT_EQ(pointer_of(""), "/rules");
  EXPECT_EQ(pointer_of(R"({"resource":"orders","actions":["Pub"],"decision":"Allow"})"),
            "/rules/0/resource");
  EXPECT_EQ(pointer_of(R"({"resource":"*","actions":["Fly"],"decision":"Allow"})"),
            "/rules/0/actions");
  EXPECT_EQ(pointer_of(R"({"resource":"*","actions":[],"decision":"Allow"})"), "/rules/0/actions");
  EXPECT_EQ(pointer_of(R"({"resource":"*","actions":["Pub"]})"), "/rules/0/decision");
  EXPECT_EQ(pointer_of(R"({"resource":"*","actions":["Pub"],"decision":"Allow"},)"
                       R"({"resource":"*","actions":["Sub"],"decision":"Deny"})"),
            "/rules/1/resource");
  const char* const good = R"({"rules":[{"resource":"*","actions":["Pub"],"decision":"Allow"}]})";
  EXPECT_EQ(put("/v1/acls/alice", good).status, 400);
  connect_anew();
  EXPECT_EQ(put("/v1/acls/User:bob", good).status, 404);
  EXPECT_EQ(get("/v1/acls").json()["items"].size(), 0u);
}

TEST_F(AuthAdminTest, is_for_those_who_may) {
  make_alice();
  client_.reset();
  gateway_.reset();
  options_.right_max = Right::read;
  EXPECT_EQ(get("/v1/users/alice").status, 200);
  EXPECT_EQ(remove("/v1/users/alice").status, 403);
  EXPECT_EQ(remove("/v1/acls/User:alice").status, 403);
  client_.reset();
  gateway_.reset();
  options_.right_max = Right::use;
  EXPECT_EQ(get("/v1/users").status, 403);
  EXPECT_EQ(get("/v1/acls").status, 403);
}

TEST_F(AuthAdminTest, says_so_where_brokers_know_no_users) {
  options_.cluster.name_servers = broker_.name_server();
  const Answered users = get("/v1/users");
  EXPECT_EQ(users.status, 501) << users.body;
  EXPECT_THAT(users.json()["detail"], HasSubstr("ACL 2.0"));
  EXPECT_EQ(users.json()["type"], "/problems/not-supported-by-cluster");
  EXPECT_EQ(put("/v1/users/alice", R"({"password":"x"})").status, 501);
  EXPECT_EQ(get("/v1/acls").status, 501);
}

}  // namespace
}  // namespace rocketmq::gateway
