#include "broker-lite/filter/sql_lexer.h"

#include <gtest/gtest.h>

#include <vector>

namespace rocketmq::broker {
namespace {

using enum SqlWord;

std::vector<SqlWord> words_of(std::string_view expression) {
  SqlLexer lexer(expression);
  std::vector<SqlWord> words;
  do {
    words.push_back(lexer.next().word);
  } while (words.back() != end && words.back() != bad);
  return words;
}

using Words = std::vector<SqlWord>;

TEST(SqlLexer, knows_its_words_in_any_case) {
  EXPECT_EQ(words_of("NOT not nOt notes"), (Words{kw_not, kw_not, kw_not, name, end}));
}

TEST(SqlLexer, takes_the_longest_sign) {
  EXPECT_EQ(words_of("<><=<>=>"),
            (Words{not_equal, less_or_equal, not_equal, equal, greater, end}));
}

TEST(SqlLexer, reads_numbers_as_java_does) {
  EXPECT_EQ(words_of("17 17L 17l 0"), (Words{integer, integer, integer, integer, end}));
  EXPECT_EQ(words_of("007"), (Words{integer, integer, integer, end}));
  EXPECT_EQ(words_of("0L"), (Words{integer, name, end}));
  EXPECT_EQ(words_of("5. .5 5.5E10 5e-1"), (Words{decimal, decimal, decimal, decimal, end}));
  EXPECT_EQ(words_of("5e"), (Words{integer, name, end}));
  EXPECT_EQ(words_of("."), Words{bad});
}

TEST(SqlLexer, ends_a_text_at_a_single_quote) {
  SqlLexer lexer("'it''s' x");
  const SqlToken token = lexer.next();
  EXPECT_EQ(token.text, "'it''s'");
  EXPECT_EQ(unquoted(token.text), "it's");
  EXPECT_EQ(lexer.next().position, 8U);
  EXPECT_EQ(words_of("'it''s"), Words{bad});
}

TEST(SqlLexer, passes_over_comments) {
  EXPECT_EQ(words_of("a -- b\n/* c ** / */ d"), (Words{name, name, end}));
  EXPECT_EQ(words_of("a -- b"), (Words{name, minus, minus, name, end})) << "no line ends";
  EXPECT_EQ(words_of("a /* b"), (Words{name, bad}));
}

}  // namespace
}  // namespace rocketmq::broker
