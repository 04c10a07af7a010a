#include "proxy/http/parameters.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

TEST(Parameters, reads_durations) {
  EXPECT_EQ(parse_duration("250"), 250ms);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  for (const char* bad : {"", "s", "-1s", "1.5s", "5d", "5 s", "99999999999999999h", "+1"}) {
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  }
}

TEST(Parameters, are_what_is_behind_the_mark) {
  const auto given = Parameters::parse("max=3&&wait=2s&name=a+b%26c&on=true&empty",
                                       {"max", "wait", "name", "on", "empty"});
  ASSERT_TRUE(given);
  EXPECT_EQ(given->number("max", {1, 1, 9}).value(), 3);
  EXPECT_EQ(given->number("other", {7, 1, 9}).value(), 7);
  EXPECT_EQ(given->duration("wait", {0ms, 0ms, 1h}).value(), 2s);
  EXPECT_EQ(*given->text("name"), "a b&c");
  EXPECT_TRUE(given->flag("on", false).value());
  EXPECT_FALSE(given->required("empty"));
  EXPECT_FALSE(given->required("other"));
}

TEST(Parameters, say_what_is_wrong) {
  EXPECT_EQ(Parameters::parse("x=1", {"y"}).error().message, "parameter x is not known here");
  EXPECT_EQ(Parameters::parse("x=1&x=2", {"x"}).error().message, "parameter x is given twice");
  EXPECT_FALSE(Parameters::parse("x=%zz", {"x"}));
  const auto given = Parameters::parse("max=3&b=yes&d=1d", {"max", "b", "d"});
  ASSERT_TRUE(given);
  EXPECT_EQ(given->number("max", {1, 1, 2}).error().message,
            "parameter max is not a number from 1 to 2");
  EXPECT_FALSE(given->number("b", {1, 1, 2}));
  EXPECT_FALSE(given->flag("b", true));
  EXPECT_FALSE(given->duration("d", {0ms, 0ms, 1h}));
}

TEST(Members, are_those_of_an_object) {
  const auto given = Members::parse(R"({"a":"x","n":5,"d":"1s","e":1500,"f":false,"z":null})",
                                    {"a", "n", "d", "e", "f", "z"});
  ASSERT_TRUE(given);
  EXPECT_EQ(given->required("a").value(), "x");
  EXPECT_EQ(given->text("z", "none").value(), "none");
  EXPECT_EQ(given->number("n", {0, 0, 9}).value(), 5);
  EXPECT_EQ(given->duration("d", {0ms, 0ms, 1h}).value(), 1s);
  EXPECT_EQ(given->duration("e", {0ms, 0ms, 1h}).value(), 1500ms);
  EXPECT_FALSE(given->flag("f", true).value());
}

TEST(Members, say_where_something_is_wrong) {
  EXPECT_EQ(Members::parse("[]", {}).error().message, "is no JSON object");
  EXPECT_EQ(Members::parse("{", {}).error().message, "the body is no JSON");
  EXPECT_EQ(Members::parse("\xff", {}).error().message, "the body is no JSON");
  EXPECT_EQ(Members::parse(R"({"x":1})", {}).error().message, "/x: is not known here");
  const auto given =
      Members::parse(R"({"n":18446744073709551615,"f":1.5,"s":"x"})", {"n", "f", "s"});
  ASSERT_TRUE(given);
  EXPECT_FALSE(given->number("n", {0, 0, INT64_MAX}));
  EXPECT_FALSE(given->number("f", {0, 0, 9}));
  EXPECT_FALSE(given->duration("f", {0ms, 0ms, 1h}));
  EXPECT_FALSE(given->duration("s", {0ms, 0ms, 1h}));
  EXPECT_FALSE(given->flag("s", true));
  EXPECT_EQ(given->text("n", "").error().message, "/n: is not a text");
}

TEST(Json, is_not_read_when_nested_without_end) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(parse_json(deep).error().message, "the JSON is nested too deep");
  EXPECT_TRUE(parse_json(
      R"({"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["})"));
}

}  // namespace
}  // namespace rocketmq::gateway
