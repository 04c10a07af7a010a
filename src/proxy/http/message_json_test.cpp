#include "proxy/http/message_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/message_view.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

Result<Message> read(std::string_view text) {
  return message_of(parse_json(text).value(), "orders", "/messages/0");
}

TEST(MessageJson, is_read) {
  const auto message = read(R"({"body":"hello","tag":"A","keys":["o-17","x"],"group":"user-9",
                                "properties":{"k":"v"},"deliverAtMs":1795265141999})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic, "orders");
  EXPECT_EQ(message->body, "hello");
  EXPECT_EQ(message->tag, "A");
  EXPECT_THAT(message->keys, ElementsAre("o-17", "x"));
  EXPECT_EQ(message->sharding_key, "user-9");
  EXPECT_THAT(message->properties, ElementsAre(Pair("k", "v")));
  EXPECT_EQ(message->deliver_at.time_since_epoch(), 1795265141999ms);
  EXPECT_EQ(read(R"({"body":"x","delayMs":"5s"})")->deliver_after, 5s);
}

TEST(MessageJson, has_bodies_of_three_kinds) {
  EXPECT_EQ(read(R"({"body":"aGVsbG8=","bodyEncoding":"base64"})")->body, "hello");
  EXPECT_EQ(read(R"({"body":"aGVsbG8=","bodyEncoding":"utf8"})")->body, "aGVsbG8=");
  const auto json = read(R"({"body":{ "b" : [1, "ü"], "a":null },"bodyEncoding":"json"})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->body, R"({"b":[1,"ü"],"a":null})");
  EXPECT_THAT(json->properties, ElementsAre(Pair("contentType", "application/json")));
}

TEST(MessageJson, says_where_it_is_wrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"[]", "/messages/0: is no JSON object"},
      {R"({"x":1})", "/messages/0/x: is not known here"},
      {R"({"body":1})", "/messages/0/body: is not a text"},
      {R"({"body":"*","bodyEncoding":"base64"})", "/messages/0/body: is no base64"},
      {R"({"body":"x","bodyEncoding":"hex"})",
       "/messages/0/bodyEncoding: is none of utf8, base64 and json"},
      {R"({"body":"x","keys":"k"})", "/messages/0/keys: is not a list of texts"},
      {R"({"body":"x","keys":[1]})", "/messages/0/keys: is not a list of texts"},
      {R"({"body":"x","properties":{"a":1}})", "/messages/0/properties: is no object of texts"},
      {R"({"body":"x","topic":"other"})", "/messages/0/topic: is not that of the path"},
  };
  for (const auto& [text, message] : wrong) {
    const auto refused = read(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().message, message);
    EXPECT_EQ(refused.error().code, Slug::bad_request);
  }
  EXPECT_FALSE(read(R"({"body":"x","delayMs":-1})"));
  EXPECT_FALSE(read(R"({"body":"x","deliverAtMs":"soon"})"));
}

// One as it comes from a broker.
MessageView received(std::string_view body, std::string_view properties) {
  auto data = std::make_shared<MessageView::Data>();
  auto source = std::make_shared<client::PullSource>();
  source->queue = {"orders", "broker-a", 2};
  data->source = source;
  data->record.properties = properties;
  data->record.queue_offset = 120;
  data->record.reconsume_times = 2;
  data->topic = "orders";
  data->body = body;
  data->message_id = "01DA";
  return MessageView(std::move(data));
}

TEST(MessageJson, is_written) {
  const Json json = json_of(received("hello",
                                     "TAGS\1A\2KEYS\1o-17 x\2UNIQ_KEY\0019\2"
                                     "k\1v\2__SHARDINGKEY\1user-9\2"),
                            BodyForm::automatic);
  EXPECT_EQ(json["id"], "01DA");
  EXPECT_EQ(json["tag"], "A");
  EXPECT_EQ(json["keys"], Json::array({"o-17", "x"}));
  EXPECT_EQ(json["group"], "user-9");
  EXPECT_EQ(to_text(json["properties"]), R"({"k":"v"})") << "without RocketMQ's own";
  EXPECT_EQ(json["body"], "hello");
  EXPECT_EQ(json["bodyEncoding"], "utf8");
  EXPECT_EQ(to_text(json["queue"]), R"({"broker":"broker-a","id":2})");
  EXPECT_EQ(json["offset"], 120);
  EXPECT_EQ(json["deliveryAttempt"], 3);
}

TEST(MessageJson, is_written_in_the_form_that_was_asked_for) {
  const auto body = [](std::string_view bytes, std::string_view properties, BodyForm form) {
    const Json json = json_of(received(bytes, properties), form);
    return json["bodyEncoding"].get<std::string>() + " " + to_text(json["body"]);
  };
  constexpr std::string_view is_json = "contentType\1application/json; charset=utf-8\2";
  EXPECT_EQ(body(R"({"a": 1})", is_json, BodyForm::automatic), R"(json {"a":1})");
  EXPECT_EQ(body(R"({"a": 1})", "", BodyForm::automatic), R"(utf8 "{\"a\": 1}")");
  EXPECT_EQ(body(R"({"a": 1})", "", BodyForm::json), R"(json {"a":1})");
  EXPECT_EQ(body("{", is_json, BodyForm::automatic), R"(utf8 "{")") << "it only says so";
  EXPECT_EQ(body("\xff", "", BodyForm::automatic), R"(base64 "/w==")");
  EXPECT_EQ(body("\xff", "", BodyForm::utf8), R"(base64 "/w==")") << "nothing is lost";
  EXPECT_EQ(body("hi", "", BodyForm::base64), R"(base64 "aGk=")");
}

}  // namespace
}  // namespace rocketmq::gateway
