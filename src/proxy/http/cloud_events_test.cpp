#include "proxy/http/cloud_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rocketmq::gateway {
namespace {

using testing::ElementsAre;
using testing::Pair;

net::HttpRequest binary() {
  net::HttpRequest request;
  request.headers = {{"ce-specversion", "1.0"},  {"CE-Id", "e-1"},
                     {"ce-source", "/shop%20a"}, {"ce-type", "com.example.created"},
                     {"ce-subject", "o-17"},     {"Content-Type", "text/xml"},
                     {"Accept", "*/*"}};
  return request;
}

TEST(CloudEvents, come_in_headers) {
  ASSERT_TRUE(is_binary_event(binary()));
  EXPECT_FALSE(is_binary_event({}));
  const auto message = message_of_event(binary(), "orders", "<a/>");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->body, "<a/>");
  EXPECT_EQ(message->tag, "com.example.created");
  EXPECT_THAT(message->keys, ElementsAre("o-17"));
  EXPECT_THAT(message->properties,
              ElementsAre(Pair("ce_id", "e-1"), Pair("ce_source", "/shop a"),
                          Pair("ce_specversion", "1.0"), Pair("ce_subject", "o-17"),
                          Pair("ce_type", "com.example.created"), Pair("contentType", "text/xml")));
}

TEST(CloudEvents, need_what_every_event_has) {
  for (const char* name : {"ce-id", "ce-source", "ce-type"}) {
    net::HttpRequest request = binary();
    std::erase_if(request.headers, [name](const net::HttpHeader& header) {
      return net::HttpRequest{.headers = {header}}.header(name) != nullptr;
    });
    EXPECT_FALSE(message_of_event(request, "orders", "x")) << name;
  }
  net::HttpRequest old = binary();
  old.headers[0].value = "0.3";
  EXPECT_FALSE(message_of_event(old, "orders", "x"));
}

Result<Message> structured(std::string_view more) {
  const std::string text =
      R"({"specversion":"1.0","id":"1","source":"/s","type":"a || b",)" + std::string(more) + "}";
  return message_of_event(parse_json(text).value(), "orders", "/3");
}

TEST(CloudEvents, come_as_json) {
  const auto json = structured(R"("data":{"a":1},"seq":7)");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->body, R"({"a":1})");
  EXPECT_EQ(json->properties.at("contentType"), "application/json");
  EXPECT_EQ(json->properties.at("ce_seq"), "7");
  EXPECT_EQ(json->tag, "") << "no filter could ask for it";

  const auto text = structured(R"("data":"<a/>","datacontenttype":"text/xml")");
  ASSERT_TRUE(text);
  EXPECT_EQ(text->body, "<a/>");
  EXPECT_EQ(text->properties.at("contentType"), "text/xml");
  EXPECT_EQ(structured(R"("data":"x")")->body, R"("x")") << "JSON unless it says otherwise";
  EXPECT_EQ(structured(R"("data_base64":"/w==")")->body, "\xff");
}

TEST(CloudEvents, say_where_they_are_wrong) {
  EXPECT_EQ(structured(R"("data_base64":"*")").error().message, "/3/data_base64: is no base64");
  EXPECT_EQ(structured(R"("data":1,"Upper":"x")").error().message,
            "/3/Upper: is no CloudEvents attribute");
  EXPECT_EQ(structured(R"("x":"y")").error().message, "/3/data: is missing: a message has a body");
  EXPECT_FALSE(message_of_event(Json::array(), "orders", ""));
}

}  // namespace
}  // namespace rocketmq::gateway
