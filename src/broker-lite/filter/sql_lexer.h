#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rocketmq::broker {

enum class SqlWord {
  end,
  bad,  // no token begins here
  // Words, in any case.
  kw_and,
  kw_between,
  kw_contains,
  kw_endswith,
  kw_false,
  kw_in,
  kw_is,
  kw_not,
  kw_null,
  kw_or,
  kw_startswith,
  kw_true,
  name,
  // Literals.
  integer,
  decimal,
  text,
  // Signs.
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  left_parenthesis,
  right_parenthesis,
  comma,
  plus,
  minus,
};

struct SqlToken {
  SqlWord word = SqlWord::end;
  std::string_view text;     // as written; for a text with its quotes
  std::size_t position = 0;  // in the expression, in bytes
};

// Cuts an SQL92 expression into tokens, one at a time: what stands behind the end of an expression
// may be anything, and is not looked at. Blanks and comments (`-- …` up to a line's end, `/* … */`)
// are passed over. Java: SelectorParserTokenManager.
class SqlLexer {
 public:
  explicit SqlLexer(std::string_view expression) : all_(expression) {}
  SqlToken next();

 private:
  bool skip_blank_or_comment();
  std::string_view rest() const { return all_.substr(at_); }
  SqlToken take(SqlWord word, std::size_t size);

  std::string_view all_;
  std::size_t at_ = 0;
  bool is_last_line_ = false;  // known: who searches each time takes time squared
};

// What a token of kind `text` says: 'it''s' is it's.
std::string unquoted(std::string_view text);

}  // namespace rocketmq::broker
