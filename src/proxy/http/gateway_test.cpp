#include "proxy/http/gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/rocketmq.h>
#include <rocketmq/testing/embedded_broker.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <thread>

#include "protocol/base64.h"
#include "proxy/http/jwt.h"
#include "proxy/http/jwt_vectors.h"
#include "proxy/http/openapi.h"
#include "proxy/http/resource.h"
#include "proxy/http/testing_gateway.h"
#include "proxy/http/testing_socket.h"

// Whole ways: HTTP in, a real broker behind it.

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// ---- sending

TEST_F(GatewayTest, sends_a_message) {
  const Answered sent =
      post("/v1/topics/orders/messages",
           R"({"body":"hello","tag":"A","keys":["o-17"],"properties":{"k":"v"}})");
  EXPECT_EQ(sent.status, 200) << sent.body;
  const Json result = sent.json()["results"][0];
  EXPECT_EQ(result["status"], "ok");
  const auto stored = broker_.messages("orders");
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].body(), "hello");
  EXPECT_EQ(stored[0].tag(), "A");
  EXPECT_EQ(stored[0].property("k"), "v");
  EXPECT_EQ(result["id"], stored[0].message_id());
  EXPECT_EQ(result["queue"]["id"], stored[0].queue().queue_id);
}

TEST_F(GatewayTest, gives_a_message_the_id_that_is_asked_for) {
  const auto send_as = [this](std::string_view key, std::string_view type, std::string_view body) {
    return client().say("POST", "/v1/topics/orders/messages", body,
                        str("Content-Type: ", type, "\r\nIdempotency-Key: ", key, "\r\n"));
  };
  const Answered sent = send_as("order-17", "application/json", R"({"body":"x"})");
  EXPECT_EQ(sent.json()["results"][0]["id"], "order-17") << sent.body;
  EXPECT_EQ(send_as(R"("order-18")", "text/plain", "x").json()["id"], "order-18");
  const auto stored = broker_.messages("orders");
  ASSERT_EQ(stored.size(), 2u);
  for (const MessageView& message : stored) {
    EXPECT_THAT(std::string(message.message_id()), StartsWith("order-1"));
  }
  EXPECT_EQ(get("/v1/topics/orders/messages/order-17").json()["body"], "x");
  EXPECT_EQ(send_as("a b", "text/plain", "x").status, 400);
  EXPECT_EQ(send_as(std::string(129, 'x'), "text/plain", "x").status, 400);
  const char* const two = R"({"messages":[{"body":"1"},{"body":"2"}]})";
  EXPECT_EQ(send_as("k", "application/json", two).status, 400);
  EXPECT_EQ(send_as("k", "application/x-ndjson", R"({"body":"1"})").status, 400);
  EXPECT_EQ(broker_.messages("orders").size(), 2u);
}

TEST_F(GatewayTest, sends_several_and_says_what_became_of_each) {
  const Answered sent =
      post("/v1/topics/orders/messages",
           R"({"messages":[{"body":"1"},{"body":""},{"body":"3","tag":5},{"body":"4"}]})");
  EXPECT_EQ(sent.status, 200) << sent.body;
  const Json results = sent.json()["results"];
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0]["status"], "ok");
  EXPECT_EQ(results[1]["status"], "error");
  EXPECT_EQ(results[1]["problem"]["status"], 400);
  EXPECT_EQ(results[2]["problem"]["errors"][0]["pointer"], "/messages/2/tag");
  EXPECT_EQ(results[3]["index"], 3);
  EXPECT_EQ(broker_.messages("orders").size(), 2u);
}

TEST_F(GatewayTest, refuses_what_nobody_can_send) {
  EXPECT_EQ(post("/v1/topics/orders/messages", R"({"messages":[{"body":""}]})").status, 400);
  EXPECT_EQ(post("/v1/topics/orders/messages", R"({"messages":[]})").status, 400);
  EXPECT_EQ(post("/v1/topics/orders/messages", "{").status, 400);
  EXPECT_EQ(post("/v1/topics/a%20b/messages", R"({"body":"x"})").json()["type"],
            "/problems/illegal-topic");
  client_.emplace(address_);  // refused before the body was read, which ends a connection
  EXPECT_EQ(client()
                .say("POST", "/v1/topics/orders/messages", "a=b",
                     "Content-Type: application/x-www-form-urlencoded\r\n")
                .status,
            415);
}

TEST_F(GatewayTest, says_that_the_broker_is_busy) {
  broker_.fail_next(RequestCode::send_message, 100, ResponseCode::system_busy, "too much");
  const Answered busy = post("/v1/topics/orders/messages", R"({"body":"x"})");
  EXPECT_EQ(busy.status, 429) << busy.body;
  EXPECT_EQ(busy.json()["remotingCode"], 2);
  EXPECT_EQ(busy.json()["results"][0]["status"], "error");
}

TEST_F(GatewayTest, sends_bytes_with_headers) {
  const Answered sent = client().say("POST", "/v1/topics/orders/messages", "\xff\x01",
                                     "Content-Type: application/octet-stream\r\nRmq-Tag: B\r\n"
                                     "Rmq-Keys: k1 k2\r\nRmq-Property-color: blue\r\n");
  EXPECT_EQ(sent.status, 201) << sent.body;
  const auto stored = broker_.messages("orders");
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].body(), "\xff\x01");
  EXPECT_EQ(stored[0].property("color"), "blue");
  EXPECT_THAT(stored[0].keys(), ElementsAre("k1", "k2"));
  const std::string location = str("Location: /v1/topics/orders/messages/", stored[0].message_id());
  EXPECT_THAT(sent.head, HasSubstr(location));
}

TEST_F(GatewayTest, sends_lines_as_they_come) {
  TestClient& peer = client();
  peer.write(
      "POST /v1/topics/orders/messages HTTP/1.1\r\nContent-Type: application/x-ndjson\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  const auto say = [&peer](std::string_view line) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", line.size());
    peer.write(str(size, line, "\r\n"));
  };
  say("{\"body\":\"1\"}\n{\"bo");
  EXPECT_THAT(peer.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  peer.read_until("\r\n");
  EXPECT_EQ(Json::parse(peer.read_until("\n"))["status"], "ok") << "before the second is whole";
  say("dy\":\"2\"}\n{nonsense\n\n{\"body\":\"3\"}");
  peer.write("0\r\n\r\n");
  const std::string rest = peer.read_until("0\r\n\r\n");
  EXPECT_EQ(std::ranges::count(rest, '{') > 3, true) << rest;
  EXPECT_THAT(rest, HasSubstr("\"index\":2,\"status\":\"error\""));
  EXPECT_THAT(rest, HasSubstr("\"index\":3,\"status\":\"ok\""));
  EXPECT_EQ(broker_.messages("orders").size(), 3u);
  EXPECT_EQ(get("/healthz").status, 200) << "the connection goes on";
}

TEST_F(GatewayTest, sends_cloud_events) {
  const Answered one = client().say("POST", "/v1/topics/orders/messages", "<a/>",
                                    "Content-Type: text/xml\r\nce-specversion: 1.0\r\nce-id: "
                                    "1\r\nce-source: /s\r\nce-type: t\r\n");
  EXPECT_EQ(one.status, 201) << one.body;
  const Answered structured =
      client().say("POST", "/v1/topics/orders/messages",
                   R"({"specversion":"1.0","id":"2","source":"/s","type":"t","data":{"a":1}})",
                   "Content-Type: application/cloudevents+json\r\n");
  EXPECT_EQ(structured.status, 201) << structured.body;
  const Answered batch = client().say(
      "POST", "/v1/topics/orders/messages",
      R"([{"specversion":"1.0","id":"3","source":"/s","type":"t","data":1},{"id":"4"}])",
      "Content-Type: application/cloudevents-batch+json\r\n");
  EXPECT_EQ(batch.status, 200) << batch.body;
  EXPECT_EQ(batch.json()["results"][1]["status"], "error");
  std::multiset<std::string> ids;
  for (const auto& message : broker_.messages("orders")) ids.emplace(message.property("ce_id"));
  EXPECT_THAT(ids, ElementsAre("1", "2", "3"));
}

TEST_F(GatewayTest, takes_a_timed_message_back) {
  const Answered sent = post("/v1/topics/orders/messages", R"({"body":"later","delayMs":"1h"})");
  ASSERT_EQ(sent.status, 200) << sent.body;
  const std::string handle = sent.json()["results"][0]["recallHandle"];
  EXPECT_EQ(client().say("DELETE", str("/v1/topics/orders/messages/", handle), {}, {}).status, 204);
  EXPECT_EQ(client().say("DELETE", "/v1/topics/orders/messages/nonsense", {}, {}).status, 400);
}

TEST_F(GatewayTest, keeps_a_transaction_open) {
  const Answered opened = post("/v1/topics/orders/messages:transaction", R"({"body":"paid"})");
  ASSERT_EQ(opened.status, 202) << opened.body;
  EXPECT_TRUE(broker_.messages("orders").empty());
  const std::string id = opened.json()["transactionId"];
  EXPECT_EQ(post(str("/v1/transactions/", id, ":commit")).status, 204);
  EXPECT_EQ(receive().size(), 1u);
  EXPECT_EQ(post(str("/v1/transactions/", id, ":rollback")).status, 404) << "once only";
  EXPECT_EQ(post("/v1/transactions/none:commit").json()["type"], "/problems/transaction-not-found");
}

TEST_F(GatewayTest, rolls_back_a_transaction_that_nobody_ends) {
  options_.transaction_timeout = 50ms;
  const Answered opened = post("/v1/topics/orders/messages:transaction", R"({"body":"lost"})");
  ASSERT_EQ(opened.status, 202);
  std::this_thread::sleep_for(200ms);
  const std::string id = opened.json()["transactionId"];
  EXPECT_EQ(post(str("/v1/transactions/", id, ":commit")).status, 404);
  EXPECT_TRUE(receive(R"("wait":0)").empty());
}

TEST_F(GatewayTest, asks_and_gives_the_reply) {
  Client other({.name_servers = broker_.name_server()});
  Producer replies = other.create_producer({.group = "replies"}).value();
  PushConsumer server = other
                            .create_push_consumer({.group = "server",
                                                   .subscriptions = {{"orders"}},
                                                   .start_at = StartAt::earliest,
                                                   .on_message =
                                                       [&replies](const MessageView& message) {
                                                         replies.reply(message, "pong").value();
                                                         return Consumed::ok;
                                                       }})
                            .value();
  const Answered reply =
      post("/v1/topics/orders/messages:request?timeout=20s", R"({"body":"ping"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["body"], "pong");
  server.close();
  EXPECT_EQ(post("/v1/topics/orders/messages:request?timeout=100", R"({"body":"x"})").status, 504);
}

// ---- receiving

TEST_F(GatewayTest, lends_messages_until_they_are_acknowledged) {
  send("1");
  const Json got = receive();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0]["body"], "1");
  EXPECT_EQ(got[0]["deliveryAttempt"], 1);
  const std::string receipt = got[0]["receipt"];
  EXPECT_TRUE(receive(R"("wait":0)").empty()) << "it is lent";
  const std::string acks = str(R"({"receipts":[")", receipt, R"(","P1.nonsense"]})");
  const Json results = post("/v1/groups/g/messages:ack", acks).json()["results"];
  EXPECT_EQ(results[0]["status"], "ok");
  EXPECT_EQ(results[1]["status"], "error");
  EXPECT_EQ(results[1]["problem"]["type"], "/problems/invalid-receipt");
  EXPECT_EQ(post("/v1/groups/other/messages:ack", acks).json()["results"][0]["status"], "error")
      << "it is the group's";
}

TEST_F(GatewayTest, any_gateway_may_acknowledge) {
  send("1");
  const Json got = receive(R"("wait":"5s","invisible":"2s")");
  ASSERT_EQ(got.size(), 1u);
  Gateway second(loop_, options_);
  TestClient other(second.listen("127.0.0.1:0").value());
  const Answered acked = other.say("POST", "/v1/groups/g/messages:ack",
                                   str(R"({"receipts":[)", to_text(got[0]["receipt"]), "]}"));
  EXPECT_EQ(acked.json()["results"][0]["status"], "ok") << acked.body;
  EXPECT_TRUE(receive(R"("wait":"4s")").empty()) << "it does not come again";
}

TEST_F(GatewayTest, gives_a_message_back) {
  send("1");
  const Json first = receive();
  const Answered nack = post("/v1/groups/g/messages:nack", str(R"({"delay":"1s","receipts":[)",
                                                               to_text(first[0]["receipt"]), "]}"));
  EXPECT_EQ(nack.json()["results"][0]["status"], "ok") << nack.body;
  const Json again = receive(R"("wait":"20s")");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0]["id"], first[0]["id"]);
  EXPECT_EQ(again[0]["deliveryAttempt"], 2);
}

TEST_F(GatewayTest, extends_a_lease) {
  send("1");
  const Json got = receive(R"("wait":"5s","invisible":"2s")");
  const Answered extended =
      post("/v1/groups/g/messages:extend",
           str(R"({"invisible":"1h","receipt":)", to_text(got[0]["receipt"]), "}"));
  ASSERT_EQ(extended.status, 200) << extended.body;
  EXPECT_TRUE(receive(R"("wait":"4s")").empty());
  const Answered acked = post("/v1/groups/g/messages:ack",
                              str(R"({"receipts":[)", to_text(extended.json()["receipt"]), "]}"));
  EXPECT_EQ(acked.json()["results"][0]["status"], "ok") << acked.body;
  const Answered late =
      post("/v1/groups/g/messages:extend", str(R"({"receipt":)", to_text(got[0]["receipt"]), "}"));
  EXPECT_EQ(late.status, 410) << late.body;
}

TEST_F(GatewayTest, buries_a_message) {
  send("bad");
  const Json got = receive();
  const Answered buried = post("/v1/groups/g/messages:deadletter",
                               str(R"({"receipts":[)", to_text(got[0]["receipt"]), "]}"));
  EXPECT_EQ(buried.json()["results"][0]["status"], "ok") << buried.body;
  const auto dead = broker_.messages("%DLQ%g");
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].body(), "bad");
}

TEST_F(GatewayTest, reads_once_for_those_who_only_look) {
  send("1");
  const Answered got = get("/v1/groups/g/messages?topic=orders&from=earliest&autoAck=true&wait=5s");
  ASSERT_EQ(got.status, 200) << got.body;
  ASSERT_EQ(got.json()["messages"].size(), 1u);
  EXPECT_FALSE(got.json()["messages"][0].contains("receipt"));
}

TEST_F(GatewayTest, filters) {
  for (const char* tag : {"A", "B"}) {
    post("/v1/topics/orders/messages", str(R"({"body":"x","tag":")", tag, R"("})"));
  }
  const Json got = receive(R"("wait":"5s","filter":{"type":"tag","expression":"B"})");
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0]["tag"], "B");
  EXPECT_EQ(post("/v1/groups/g/messages:receive",
                 R"({"topic":"orders","filter":{"type":"xpath","expression":"/"}})")
                .status,
            400);
}

TEST_F(GatewayTest, gives_back_what_came_for_a_peer_that_has_gone) {
  client();
  {
    TestClient impatient(address_);
    impatient.write(str("POST /v1/groups/g/messages:receive HTTP/1.1\r\n"
                        "Content-Type: application/json\r\nContent-Length: 61\r\n\r\n",
                        R"({"topic":"orders","from":"earliest","wait":"20s", "max": 32 } )")
                        .substr(0, 1000));
    std::this_thread::sleep_for(300ms);
  }
  send("1");
  const Json got = receive(R"("wait":"20s")");
  ASSERT_EQ(got.size(), 1u) << "not only after a minute";
  EXPECT_THAT(get("/metrics").body, HasSubstr("rocketmq_gateway_messages_given_back_total 1"));
}

TEST_F(GatewayTest, streams_events) {
  send("first");
  TestClient peer((client(), address_));
  peer.write("GET /v1/groups/g/stream?topic=orders&from=earliest HTTP/1.1\r\n\r\n");
  EXPECT_THAT(peer.read_until("\r\n\r\n"), HasSubstr("Content-Type: text/event-stream\r\n"));
  const std::string first = peer.read_until("\n\n");
  EXPECT_THAT(first, HasSubstr("event: message\ndata: {"));
  EXPECT_THAT(first, HasSubstr("\"body\":\"first\""));
  send("second");
  EXPECT_THAT(peer.read_until("\n\n"), HasSubstr("\"body\":\"second\""));
}

TEST_F(GatewayTest, pops_where_brokers_can) {
  send("1");
  EXPECT_EQ(receive().size(), 1u);
  receive(R"("wait":0)");
  EXPECT_EQ(broker_.requests(RequestCode::polling_info), 1u) << "they are not asked each time";
  EXPECT_GE(broker_.requests(RequestCode::pop_message), 2u);
  EXPECT_EQ(broker_.requests(RequestCode::pull_message), 0u);
}

// ---- looking, and changing the cluster

TEST_F(GatewayTest, finds_stored_messages) {
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

TEST_F(GatewayTest, pages_through_a_topic_by_time) {
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

TEST_F(GatewayTest, shows_the_way_of_a_message) {
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

TEST_F(GatewayTest, makes_changes_and_deletes_topics) {
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

TEST_F(GatewayTest, lists_topics_in_pages) {
  for (const char* topic : {"a", "b", "c"}) ASSERT_TRUE(broker_.create_topic(topic, 1));
  const Json first = get("/v1/topics?kind=normal&limit=2").json();
  EXPECT_EQ(to_text(first["items"]),
            R"([{"name":"a","kind":"normal"},{"name":"b","kind":"normal"}])");
  const std::string next = first["next"];
  EXPECT_EQ(get(str("/v1/topics?kind=normal&limit=2&cursor=", next)).json()["items"][0]["name"],
            "c");
  EXPECT_EQ(get("/v1/cluster").json()["brokers"].size(), 1u);
}

TEST_F(GatewayTest, shows_groups_and_moves_them) {
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

// ---- everything else

TEST_F(GatewayTest, says_which_request_it_was) {
  const Answered own = client().say("GET", "/v1/nothing", {}, "Rmq-Request-Id: my-1\r\n");
  EXPECT_EQ(own.status, 404);
  EXPECT_THAT(own.head, HasSubstr("Rmq-Request-Id: my-1\r\n"));
  EXPECT_EQ(own.json()["instance"], "/requests/my-1");
  const Answered made = client().say("GET", "/v1/nothing", {}, "Rmq-Request-Id: a b\r\n");
  EXPECT_NE(made.json()["instance"], "/requests/a b");
  const Answered method = client().say("PATCH", "/v1/topics", {}, {});
  EXPECT_EQ(method.status, 405);
  EXPECT_THAT(method.head, HasSubstr("Allow: GET\r\n"));
}

TEST_F(GatewayTest, tells_its_problems_in_one_way) {
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, "no header\r\n").json()["type"],
            "/problems/bad-request");
  TestClient other(address_);
  const std::string much = str("X: ", std::string(40'000, 'x'), "\r\n");
  EXPECT_EQ(other.say("GET", "/v1/topics", {}, much).json()["type"],
            "/problems/properties-too-large");
}

TEST_F(GatewayTest, asks_who_it_is) {
  options_.users = {{"alice", "secret"}};
  options_.tokens = {"t-1"};
  const Answered nobody = get("/v1/topics");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_THAT(nobody.head, HasSubstr("WWW-Authenticate: Basic realm=\"rocketmq\", Bearer\r\n"));
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, "Authorization: Bearer t-1\r\n").status, 200);
  const std::string basic =
      str("Authorization: Basic ", protocol::to_base64("alice:secret"), "\r\n");
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, basic).status, 200);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(GatewayTest, takes_tokens_that_others_issue) {
  options_.jwt = std::make_shared<const Jwt>(
      net::JwsKey::rsa_public_keys(vectors::public_key).value(), "", "");
  options_.requests_per_second = 0.01;
  EXPECT_EQ(get("/v1/topics").status, 401);
  const Answered late =
      client().say("GET", "/v1/topics", {}, str("Authorization: Bearer ", vectors::rs256, "\r\n"));
  EXPECT_EQ(late.status, 401);
  EXPECT_EQ(late.json()["detail"], "the token has expired");
  const std::string alice = str("Authorization: Bearer ", vectors::of_2100, "\r\n");
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, alice).status, 200);
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, alice).status, 429);
  TestSocket socket(address_, "", str("rmq.v1.json, bearer.", vectors::of_2100));
  EXPECT_EQ(socket.read()["op"], "welcome");
  EXPECT_EQ(socket.ask(R"({"op":"unsubscribe","id":1,"sub":"s"})")["problem"]["status"], 429)
      << "it is the same user";
}

TEST_F(GatewayTest, judges_by_the_users_set_last) {
  options_.tokens = {"t-1"};
  const std::string_view first = "Authorization: Bearer t-1\r\n";
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, first).status, 200);
  options_.tokens = {"t-2"};
  gateway_->reload(options_);
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, first).status, 401);
  EXPECT_EQ(client().say("GET", "/v1/topics", {}, "Authorization: Bearer t-2\r\n").status, 200);
}

TEST_F(GatewayTest, is_asked_by_no_name_that_a_page_may_have_made_up) {
  options_.hosts = {"mq.example"};
  client();
  const auto asked_as = [this](std::string_view host, std::string_view target) {
    TestClient peer(address_);
    peer.write(str("GET ", target, " HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
    return peer.read_until("\r\n\r\n");
  };
  EXPECT_THAT(asked_as("evil.example:8082", "/v1/topics"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(asked_as("evil.example:8082", "/v1/ws"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(asked_as("evil.example:8082", "/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(asked_as("mq.example:8082", "/v1/topics"), StartsWith("HTTP/1.1 200 "));
  options_.tokens = {"t-1"};  // no page knows it
  gateway_->reload(options_);
  EXPECT_THAT(asked_as("evil.example:8082", "/v1/topics"), StartsWith("HTTP/1.1 401 "));
}

TEST_F(GatewayTest, sends_for_no_longer_than_a_request_may_take) {
  options_.cluster.request_timeout = 300ms;
  EXPECT_EQ(get("/v1/topics/orders/route").status, 200);
  broker_.delay(RequestCode::send_message, 5s);
  EXPECT_EQ(post("/v1/topics/orders/messages", R"({"body":"x"})").status, 504);
  EXPECT_EQ(broker_.requests(RequestCode::send_message), 1u) << "there was time for a second try";
}

TEST_F(GatewayTest, tells_the_metrics_of_all) {
  options_.other_metrics = [] { return std::string("of_others 1\n"); };
  EXPECT_THAT(get("/metrics").body, StartsWith("of_others 1\n# "));
  EXPECT_THAT(gateway_->metrics(), HasSubstr("rocketmq_gateway_requests_in_flight 0\n"));
}

TEST_F(GatewayTest, tells_how_it_is) {
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_THAT(
      get("/metrics").body,
      HasSubstr(R"(rocketmq_gateway_requests_total{method="GET",route="/readyz",status="200"} 1)"));
}

TEST_F(GatewayTest, sends_peers_elsewhere_before_it_ends) {
  EXPECT_EQ(get("/readyz").status, 200);
  gateway_->drain(2s);
  EXPECT_EQ(gateway_->connection_count(), 1u);
  const Answered last = get("/readyz");
  EXPECT_EQ(last.status, 503);
  EXPECT_THAT(last.head, HasSubstr("Connection: close"));
  EXPECT_EQ(client().read(1), "");
  client_.reset();
  for (int i = 0; i < 1000 && gateway_->connection_count() > 0; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(gateway_->connection_count(), 0u);
  EXPECT_EQ(TestClient(address_).say("GET", "/healthz", {}, {}).status, 200);
}

TEST_F(GatewayTest, lets_pages_from_elsewhere_do_nothing) {
  options_.origins = {"https://console.example"};
  const std::string_view body = R"({"body":"x"})";
  const Answered refused =
      client().say("POST", "/v1/topics/orders/messages", body, "Origin: https://evil.example\r\n");
  EXPECT_EQ(refused.status, 403) << refused.body;
  EXPECT_TRUE(broker_.messages("orders").empty());
  TestClient page(address_);
  const Answered asked =
      page.say("OPTIONS", "/v1/topics/orders/messages", {},
               "Origin: https://console.example\r\nAccess-Control-Request-Method: POST\r\n"
               "Access-Control-Request-Headers: content-type\r\n");
  EXPECT_EQ(asked.status, 204);
  EXPECT_THAT(asked.head, HasSubstr("Access-Control-Allow-Origin: https://console.example\r\n"));
  EXPECT_THAT(asked.head, HasSubstr("Access-Control-Allow-Headers: content-type\r\n"));
  const Answered sent =
      page.say("POST", "/v1/topics/orders/messages", body,
               "Origin: https://console.example\r\nContent-Type: application/json\r\n");
  EXPECT_EQ(sent.status, 200) << sent.body;
  EXPECT_THAT(sent.head, HasSubstr("Access-Control-Allow-Origin: https://console.example\r\n"));
}

TEST_F(GatewayTest, lets_nobody_do_more_than_allowed) {
  options_.right_max = Right::read;
  EXPECT_EQ(get("/v1/topics/orders").status, 200);
  const Answered refused = client().say("DELETE", "/v1/topics/orders", {}, {});
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.json()["detail"], HasSubstr("admin=all"));
  EXPECT_EQ(get("/v1/topics/orders").status, 200);
  send("still there");
}

TEST_F(GatewayTest, gives_clients_and_topics_only_so_much) {
  options_.messages_per_second = 0.01;
  send("a");
  const Answered refused = post("/v1/topics/orders/messages", R"({"body":"b"})");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.head, HasSubstr("Retry-After: "));
  EXPECT_EQ(broker_.messages("orders").size(), 1u);
  options_.requests_per_second = 0.01;
  client_.reset();
  gateway_.reset();
  EXPECT_EQ(get("/v1/topics").status, 200);
  EXPECT_EQ(get("/v1/topics").status, 429);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(GatewayTest, lets_programs_use_it_where_nobody_may_look) {
  options_.right_max = Right::use;
  EXPECT_EQ(get("/v1/topics").status, 403);
  send("a");
  EXPECT_EQ(receive().size(), 1u);
}

TEST_F(GatewayTest, is_not_ready_without_a_cluster) {
  options_.cluster.name_servers = "127.0.0.1:1";
  EXPECT_EQ(get("/readyz").status, 503);
  const Answered sent = post("/v1/topics/orders/messages", R"({"body":"x"})");
  EXPECT_EQ(sent.status, 503) << sent.body;
}

TEST_F(GatewayTest, does_not_listen_with_options_that_cannot_be) {
  options_.cluster.name_servers = "nonsense";
  Gateway gateway(loop_, options_);
  EXPECT_FALSE(gateway.listen("127.0.0.1:0"));
}

TEST_F(GatewayTest, ends_while_requests_wait) {
  client();
  TestClient waits(address_);
  waits.write("GET /v1/groups/g/messages?topic=orders&wait=20s HTTP/1.1\r\n\r\n");
  TestClient asks(address_);
  broker_.delay(RequestCode::get_topic_stats_info, 2s);
  asks.write("GET /v1/topics/orders/stats HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(200ms);
  gateway_.reset();
  EXPECT_EQ(waits.read(1), "");
}

TEST(OpenApi, says_what_is_served_and_nothing_else) {
  const Json document = Json::parse(openapi_document(), nullptr, false);
  ASSERT_FALSE(document.is_discarded());
  std::set<std::string> said;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (method == "parameters") continue;
      std::string name(method);
      std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c - 32); });
      said.insert(str(name, ' ', path));
    }
  }
  std::set<std::string> served;
  for (const Route& route : routes()) served.insert(str(route.method, ' ', route.pattern));
  EXPECT_EQ(said, served);
}

}  // namespace
}  // namespace rocketmq::gateway
