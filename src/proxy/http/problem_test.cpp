#include "proxy/http/problem.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rocketmq::gateway {
namespace {

Json problem_json(const Error& error) { return json_of(problem_of(error), "r-1"); }

TEST(Problem, is_told_as_json) {
  const Json json = problem_json({Errc::no_route, "topic t has no route"});
  EXPECT_EQ(to_text(json),
            R"({"type":"/problems/topic-not-found","title":"Not Found","status":404,)"
            R"("detail":"topic t has no route","instance":"/requests/r-1","code":40402})");
}

TEST(Problem, of_a_broker_keeps_its_code_and_words) {
  const Json json = problem_json({ResponseCode::no_permission, "not you", Outcome::unknown});
  EXPECT_EQ(json["status"], 403);
  EXPECT_EQ(json["remotingCode"], 16);
  EXPECT_EQ(json["detail"], "not you");
  EXPECT_EQ(json["mayHaveHappened"], true);
  const Json unknown = problem_json({static_cast<ResponseCode>(4711), "odd"});
  EXPECT_EQ(unknown["status"], 500);
  EXPECT_EQ(unknown["remotingCode"], 4711);
}

TEST(Problem, has_the_status_that_says_what_to_do) {
  const std::pair<std::error_code, int> expected[] = {
      {Errc::timeout, 504},
      {Errc::not_connected, 503},
      {Errc::no_name_server, 503},
      {Errc::invalid_argument, 400},
      {Errc::too_large, 413},
      {Errc::overloaded, 429},
      {ResponseCode::system_busy, 429},
      {ResponseCode::request_code_not_supported, 501},
      {ResponseCode::subscription_group_not_exist, 404},
      {ResponseCode::query_not_found, 404},
      {Slug::receipt_expired, 410},
  };
  for (const auto& [code, status] : expected) {
    EXPECT_EQ(problem_of(Error{code, "x"}).status(), static_cast<unsigned>(status))
        << code.message();
  }
}

TEST(Problem, points_into_the_body) {
  const Json json = problem_json(invalid("/messages/0/tag", "is not a text"));
  EXPECT_EQ(json["detail"], "is not a text");
  EXPECT_EQ(json["errors"][0]["pointer"], "/messages/0/tag");
  EXPECT_EQ(json["status"], 400);
}

TEST(Problem, says_when_to_come_again_and_how_to_say_who_one_is) {
  const auto busy = response_of(problem_of({ResponseCode::system_busy, "busy"}), "r");
  EXPECT_EQ(busy.content_type, "application/problem+json");
  ASSERT_EQ(busy.headers.size(), 1u);
  EXPECT_EQ(busy.headers[0].name, "Retry-After");
  EXPECT_EQ(busy.headers[0].value, "1");
  const auto unknown = response_of(problem_of({Slug::unauthorized, "who?"}), "r");
  ASSERT_EQ(unknown.headers.size(), 1u);
  EXPECT_EQ(unknown.headers[0].name, "WWW-Authenticate");
}

TEST(Problem, survives_words_that_are_no_utf8) {
  const auto response = response_of(problem_of({ResponseCode::system_error, "\xff\xfe"}), "r");
  EXPECT_FALSE(Json::parse(response.body, nullptr, false).is_discarded());
}

}  // namespace
}  // namespace rocketmq::gateway
