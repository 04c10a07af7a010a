#include "proxy/http/resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "protocol/str.h"
#include "proxy/http/percent.h"

namespace rocketmq::gateway {
namespace {

using testing::ElementsAre;
using testing::Pair;

Resource found(std::string_view method, std::string_view path) {
  const Found result = find_resource(method, path);
  const auto* resource = std::get_if<Resource>(&result);
  EXPECT_NE(resource, nullptr) << method << ' ' << path;
  static const Route none{};
  return resource != nullptr ? *resource : Resource{.route = &none};
}

TEST(Resource, is_found_by_method_and_path) {
  EXPECT_EQ(found("POST", "/v1/topics/orders/messages").route->operation, Operation::send);
  EXPECT_EQ(found("GET", "/v1/topics/orders/messages").route->operation, Operation::find_messages);
  EXPECT_EQ(found("POST", "/v1/groups/g/messages:ack").route->operation, Operation::ack);
  EXPECT_EQ(found("HEAD", "/v1/topics").route->operation, Operation::topics);
}

TEST(Resource, has_the_parts_of_the_path_decoded) {
  EXPECT_THAT(found("GET", "/v1/groups/%25RETRY%25g%3Aa").parts,
              ElementsAre(Pair("group", "%RETRY%g:a")));
  EXPECT_THAT(found("POST", "/v1/groups/g/messages%3aack").parts, ElementsAre(Pair("group", "g")));
  EXPECT_THAT(found("POST", "/v1/transactions/a:b:commit").parts, ElementsAre(Pair("id", "a:b")));
  EXPECT_THAT(found("GET", "/v1/topics/t/queues/b:c:3/messages").parts,
              ElementsAre(Pair("broker", "b:c"), Pair("queue", "3"), Pair("topic", "t")));
  EXPECT_THAT(found("GET", "/v1/topics/a%2Fb").parts, ElementsAre(Pair("topic", "a/b")))
      << "an encoded slash divides nothing";
}

TEST(Resource, is_not_found_elsewhere) {
  for (const char* path :
       {"/", "/v1", "/v1/", "/v1/topics/", "/v1/topics//messages", "/v2/topics", "/v1/topics/a/b",
        "/v1/transactions/:commit", "/v1/topics/t/queues/3/messages", "/v1/Topics",
        "/v1/topics/../cluster", "/v1/cluster/", "//v1/cluster", "/v1/./cluster"}) {
    const Found result = find_resource("GET", path);
    EXPECT_TRUE(std::holds_alternative<NoSuchPath>(result)) << path;
  }
}

TEST(Resource, says_which_methods_there_are) {
  const Found result = find_resource("PATCH", "/v1/topics/t");
  ASSERT_TRUE(std::holds_alternative<NoSuchMethod>(result));
  EXPECT_EQ(std::get<NoSuchMethod>(result).allowed, "GET, PUT, DELETE");
}

TEST(Resource, refuses_a_bad_path) {
  for (const char* path :
       {"*", "", "http://host/v1/cluster", "/v1/topics/%", "/v1/topics/%4", "/v1/topics/%zz",
        "/v1/topics/%00", "/v1/topics/%0a", "/v1/topics/%ff", "/v1/topics/%c0%af"}) {
    EXPECT_TRUE(std::holds_alternative<BadPath>(find_resource("GET", path))) << path;
  }
}

TEST(Resource, every_route_is_there_once) {
  std::set<std::string> seen;
  std::set<Operation> operations;
  for (const Route& route : routes()) {
    EXPECT_TRUE(seen.insert(str(route.method, ' ', route.pattern)).second) << route.pattern;
    EXPECT_TRUE(operations.insert(route.operation).second) << route.pattern;
  }
}

TEST(Percent, encodes_what_it_decodes) {
  const std::string text = "%RETRY%g/ü ?";
  EXPECT_EQ(percent_encoded(text), "%25RETRY%25g%2F%C3%BC%20%3F");
  EXPECT_EQ(percent_decoded(percent_encoded(text)), text);
}

TEST(Percent, knows_utf8) {
  for (const char* good : {"", "a", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad :
       {"\xFF", "\xC0\xAF", "\xC3", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\x80"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace rocketmq::gateway
