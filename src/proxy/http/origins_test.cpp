#include "proxy/http/origins.h"

#include <gmock/gmock.h>

namespace rocketmq::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

net::HttpRequest from(std::string origin, std::string host = "mq.example:8082") {
  return {.method = "POST", .headers = {{"Host", std::move(host)}, {"Origin", std::move(origin)}}};
}

TEST(Origins, serves_who_is_no_page_and_pages_of_its_own_host) {
  const Origins origins({});
  EXPECT_THAT(origins.refusal({.headers = {{"Host", "mq.example:8082"}}}), IsEmpty());
  EXPECT_THAT(origins.refusal(from("http://mq.example:8082")), IsEmpty());
  EXPECT_THAT(origins.refusal(from("https://mq.example:8082")), IsEmpty());
}

TEST(Origins, serves_no_page_from_elsewhere) {
  const Origins origins({});
  EXPECT_THAT(origins.refusal(from("https://evil.example")), HasSubstr("httpOrigins"));
  EXPECT_THAT(origins.refusal(from("http://mq.example:8083")), Not(IsEmpty()));
  EXPECT_THAT(origins.refusal(from("http://evil.example/mq.example:8082")), Not(IsEmpty()));
  EXPECT_THAT(origins.refusal(from("null")), Not(IsEmpty()));
  EXPECT_THAT(origins.refusal(from("http://", "")), Not(IsEmpty()));
  EXPECT_THAT(origins.refusal({.headers = {{"Sec-Fetch-Site", "cross-site"}}}), Not(IsEmpty()));
  EXPECT_THAT(origins.refusal({.headers = {{"Sec-Fetch-Site", "same-site"}}}), Not(IsEmpty()));
  EXPECT_THAT(origins.refusal({.headers = {{"Sec-Fetch-Site", "same-origin"}}}), IsEmpty());
  EXPECT_THAT(origins.refusal({.headers = {{"Sec-Fetch-Site", "none"}}}), IsEmpty());
}

TEST(Origins, serves_pages_that_are_named) {
  const Origins origins({"https://console.example"});
  EXPECT_THAT(origins.refusal(from("https://console.example")), IsEmpty());
  EXPECT_THAT(origins.refusal(from("http://console.example")), Not(IsEmpty()));
  EXPECT_THAT(Origins({"*"}).refusal(from("null")), IsEmpty());
}

TEST(Origins, knows_a_question_before_a_request) {
  net::HttpRequest request = from("https://console.example");
  EXPECT_FALSE(Origins::is_preflight(request));
  request.method = "OPTIONS";
  EXPECT_FALSE(Origins::is_preflight(request));
  request.headers.push_back({"Access-Control-Request-Method", "PUT"});
  EXPECT_TRUE(Origins::is_preflight(request));
}

}  // namespace
}  // namespace rocketmq::gateway
