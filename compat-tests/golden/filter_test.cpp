// What the stock SQL92 filter makes of messages (generator/src/golden/Filters.java), and whether we
// make the same of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>

#include "broker-lite/filter/sql_parser.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

using Json = nlohmann::json;

// As it is written in the tables.
Json answer_of(const SqlExpression& expression, const Json& message) {
  std::string properties;
  for (const auto& [name, value] : message.items()) {
    protocol::append_property(properties, name, value.get<std::string>());
  }
  const auto value = evaluate(expression, properties);
  if (!value) return "failed";
  const bool* truth = std::get_if<bool>(&*value);
  return truth != nullptr ? Json(*truth) : Json(nullptr);
}

// Stock 5.x knows more words than 4.x, which stops reading in front of them. We are like 5.x.
bool has_word_of_5(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text.find("CONTAINS") != text.npos || text.find("STARTSWITH") != text.npos ||
         text.find("ENDSWITH") != text.npos;
}

class FilterGoldenTest : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(FilterGoldenTest, every_message_gets_the_answer_that_java_gives) {
  const auto& [version, table] = GetParam();
  const bool is_4 = std::string(version) == "4.9.7";
  std::ifstream in(std::filesystem::path(ROCKETMQ_GOLDEN_DATA) / version / "filter" /
                   (std::string(table) + ".jsonl"));
  int count = 0;
  for (std::string line; std::getline(in, line);) {
    const Json row = Json::parse(line);
    const std::string text = row.at("expression");
    if (is_4 && has_word_of_5(text)) continue;
    ++count;
    const auto expression = parse_sql(text, SqlLimits());
    ASSERT_EQ(!expression, row.contains("refused"))
        << text << (expression ? "" : ": " + to_string(expression.error()));
    if (!expression) continue;
    for (const Json& asked : row.at("messages")) {
      EXPECT_EQ(answer_of(**expression, asked.at("properties")), asked.at("answer"))
          << text << " of " << asked.at("properties");
    }
  }
  EXPECT_GT(count, 40);
}

std::string name_of(const testing::TestParamInfo<FilterGoldenTest::ParamType>& of) {
  const auto& [version, table] = of.param;
  return std::string(table) + (version[0] == '.' ? "" : "_4_9_7");
}

INSTANTIATE_TEST_SUITE_P(, FilterGoldenTest,
                         testing::Combine(testing::Values(".", "4.9.7"),
                                          testing::Values("logic", "equality", "order",
                                                          "sets_and_texts", "literals", "syntax",
                                                          "random")),
                         name_of);

}  // namespace
}  // namespace rocketmq::broker
