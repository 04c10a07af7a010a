#include <gmock/gmock.h>
#include <rocketmq/rocketmq.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "proxy/http/testing_gateway.h"

// What the cluster has: looked at over HTTP, and changed.

namespace rocketmq::gateway {
namespace {

using ::testing::HasSubstr;

class AdminTest : public GatewayTest {};

TEST_F(AdminTest, finds_stored_messages) {
  const Answered sent = post("/v1/topics/orders/messages", R"({"body":"x","keys":["o-17"]})");
  const Json result = sent.json()["results"][0];
  const Json by_key = get("/v1/topics/orders/messages?key=o-17").json();
  ASSERT_EQ(by_key["items"].size(), 1u) << by_key;
  const std::string id = result["id"];
  EXPECT_EQ(get(str("/v1/topics/orders/messages/", id)).json()["body"], "x");
  EXPECT_EQ(get("/v1/topics/orders/messages/0000").status, 404);
  const std::string queue = str("/v1/topics/orders/queues/", std::string(result["queue"]["broker"]),
                                ':', result["queue"]["id"].get<int>(), "/messages");
  EXPECT_EQ(get(queue + "?offset=0").json()["items"][0]["id"], id);
  EXPECT_EQ(get(queue + "?offset=7").json()["items"].size(), 0u);
  EXPECT_EQ(get("/v1/topics/orders/queues/nobody:0/messages").status, 404);
}

TEST_F(AdminTest, pages_through_a_topic_by_time) {
  for (int i = 0; i < 9; ++i) send(str(i));
  const auto stored = broker_.messages("orders");
  std::vector<std::int64_t> times;
  std::set<std::string> bodies;
  std::string page = "/v1/topics/orders/messages?fromMs=0&max=4";
  const std::string first_page = page;
  for (int pages = 0; !page.empty() && pages < 10; ++pages) {
    const Answered got = get(page);
    ASSERT_EQ(got.status, 200) << got.body;
    const Json json = got.json();
    EXPECT_LE(json["items"].size(), 4u);
    for (const Json& item : json["items"]) {
      EXPECT_TRUE(bodies.insert(item["body"]).second) << "twice";
      times.push_back(item["storeMs"]);
    }
    page = json.contains("next") ? str(first_page, "&cursor=", std::string(json["next"])) : "";
  }
  EXPECT_EQ(bodies.size(), 9u);
  EXPECT_TRUE(std::ranges::is_sorted(times));
  const auto between = [&](std::int64_t from, std::int64_t to) {
    return get(str("/v1/topics/orders/messages?fromMs=", from, "&toMs=", to))
        .json()["items"]
        .size();
  };
  EXPECT_EQ(between(times.front(), times.back()), 9u);
  EXPECT_EQ(between(times.back() + 1, times.back() + 1000), 0u);
  EXPECT_EQ(between(0, times.front() - 1), 0u);
  EXPECT_EQ(get("/v1/topics/orders/messages?fromMs=0&key=k").status, 400);
  EXPECT_EQ(get("/v1/topics/orders/messages?cursor=YQ").status, 400);
  EXPECT_EQ(get("/v1/topics/orders/messages?fromMs=0&cursor=YQ").status, 400);
  EXPECT_EQ(get("/v1/topics/nowhere/messages?fromMs=0").status, 404);
}

TEST_F(AdminTest, shows_the_way_of_a_message) {
  EXPECT_EQ(get("/v1/traces/nothing?topic=not%20one").status, 400);
  Client traced({.name_servers = broker_.name_server()});
  auto producer = traced.create_producer({.group = "p", .trace = Trace()}).value();
  const std::string id = producer.send({.topic = "orders", .body = "x"}).value().message_id;
  ASSERT_TRUE(producer.close());
  const Answered got = get(str("/v1/traces/", id));
  ASSERT_EQ(got.status, 200) << got.body;
  const Json items = got.json()["items"];
  ASSERT_EQ(items.size(), 1u) << got.body;
  EXPECT_EQ(items[0]["type"], "Pub");
  EXPECT_EQ(items[0]["group"], "p");
  EXPECT_EQ(items[0]["topic"], "orders");
  EXPECT_EQ(items[0]["success"], true);
}

TEST_F(AdminTest, makes_changes_and_deletes_topics) {
  EXPECT_EQ(client().say("PUT", "/v1/topics/fresh", R"({"queues":3})").status, 201);
  EXPECT_EQ(client().say("PUT", "/v1/topics/fresh", R"({"queues":4,"perm":"r"})").status, 200);
  const Json topic = get("/v1/topics/fresh").json();
  EXPECT_EQ(topic["brokers"][0]["readQueues"], 4) << topic;
  EXPECT_EQ(topic["brokers"][0]["perm"], "r");
  EXPECT_EQ(get("/v1/topics/fresh/stats").json()["queues"].size(), 4u);
  EXPECT_EQ(get("/v1/topics/fresh/route").status, 200);
  EXPECT_EQ(get("/v1/topics/fresh/groups").status, 200);
  EXPECT_EQ(client().say("DELETE", "/v1/topics/fresh", {}, {}).status, 204);
  EXPECT_EQ(get("/v1/topics/fresh").status, 404);
  EXPECT_EQ(client().say("DELETE", "/v1/topics/fresh", {}, {}).status, 404);
  EXPECT_EQ(client().say("PUT", "/v1/topics/fresh", R"({"queues":0})").status, 400);
}

TEST_F(AdminTest, lists_topics_in_pages) {
  for (const char* topic : {"a", "b", "c"}) ASSERT_TRUE(broker_.create_topic(topic, 1));
  const Json first = get("/v1/topics?kind=normal&limit=2").json();
  EXPECT_EQ(to_text(first["items"]),
            R"([{"name":"a","kind":"normal"},{"name":"b","kind":"normal"}])");
  const std::string next = first["next"];
  EXPECT_EQ(get(str("/v1/topics?kind=normal&limit=2&cursor=", next)).json()["items"][0]["name"],
            "c");
  EXPECT_EQ(get("/v1/cluster").json()["brokers"].size(), 1u);
}

TEST_F(AdminTest, shows_groups_and_moves_them) {
  EXPECT_EQ(client().say("PUT", "/v1/groups/g", R"({"maxReconsumeTimes":5})").status, 201);
  EXPECT_EQ(get("/v1/groups/g").json()["maxReconsumeTimes"], 5);
  send("1");
  send("2");
  ASSERT_FALSE(receive().empty());
  const Json plan =
      post("/v1/groups/g/offsets:reset", R"({"topic":"orders","to":"latest","dryRun":true})")
          .json();
  EXPECT_EQ(plan["queues"].size(), 2u) << plan;
  const Answered moved = post("/v1/groups/g/offsets:reset", R"({"topic":"orders","to":"latest"})");
  EXPECT_EQ(moved.status, 200) << moved.body;
  const Json lag = get("/v1/groups/g/lag?topic=orders").json();
  EXPECT_EQ(lag["behind"], 0) << lag;
  EXPECT_EQ(get("/v1/groups/g/clients").status, 200);
  EXPECT_THAT(get("/v1/groups").body, HasSubstr("\"name\":\"g\""));
  EXPECT_EQ(client().say("DELETE", "/v1/groups/g", {}, {}).status, 204);
  EXPECT_EQ(get("/v1/groups/g").json()["type"], "/problems/group-not-found");
}

}  // namespace
}  // namespace rocketmq::gateway
