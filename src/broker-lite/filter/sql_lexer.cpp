#include "broker-lite/filter/sql_lexer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rocketmq::broker {
namespace {

using enum SqlWord;

constexpr std::array<std::pair<std::string_view, SqlWord>, 12> keywords{{
    {"AND", kw_and},
    {"BETWEEN", kw_between},
    {"CONTAINS", kw_contains},
    {"ENDSWITH", kw_endswith},
    {"FALSE", kw_false},
    {"IN", kw_in},
    {"IS", kw_is},
    {"NOT", kw_not},
    {"NULL", kw_null},
    {"OR", kw_or},
    {"STARTSWITH", kw_startswith},
    {"TRUE", kw_true},
}};

// The longer first: "<>" is no "<".
constexpr std::array<std::pair<std::string_view, SqlWord>, 11> signs{{
    {"<>", not_equal},
    {"<=", less_or_equal},
    {">=", greater_or_equal},
    {"<", less},
    {">", greater},
    {"=", equal},
    {"(", left_parenthesis},
    {")", right_parenthesis},
    {",", comma},
    {"+", plus},
    {"-", minus},
}};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr bool starts_name(char c) {
  return (upper(c) >= 'A' && upper(c) <= 'Z') || c == '_' || c == '$';
}

bool equal_in_any_case(std::string_view text, std::string_view upper_case) {
  return std::equal(text.begin(), text.end(), upper_case.begin(), upper_case.end(),
                    [](char a, char b) { return upper(a) == b; });
}

template <class Is>
std::size_t count_while(std::string_view text, std::size_t from, Is is) {
  std::size_t at = from;
  while (at < text.size() && is(text[at])) ++at;
  return at - from;
}

std::size_t name_size(std::string_view text) {
  return count_while(text, 0, [](char c) { return starts_name(c) || is_digit(c); });
}

// Of "e+10" from `at` on; 0 where there is no such thing.
std::size_t exponent_size(std::string_view text, std::size_t at) {
  if (at >= text.size() || upper(text[at]) != 'E') return 0;
  std::size_t size = 1;
  if (at + size < text.size() && (text[at + size] == '+' || text[at + size] == '-')) ++size;
  const std::size_t digits = count_while(text, at + size, is_digit);
  return digits == 0 ? 0 : size + digits;
}

// 5.5  5.  .5  5e10; 0 for a whole number and for what is no number.
std::size_t decimal_size(std::string_view text) {
  const std::size_t whole = count_while(text, 0, is_digit);
  std::size_t size = whole;
  bool has_point = false;
  if (size < text.size() && text[size] == '.') {
    const std::size_t fraction = count_while(text, size + 1, is_digit);
    if (whole == 0 && fraction == 0) return 0;
    has_point = true;
    size += 1 + fraction;
  }
  if (size == 0) return 0;
  const std::size_t exponent = exponent_size(text, size);
  return has_point || exponent > 0 ? size + exponent : 0;
}

// 0  17  17L; no whole number has a leading zero: in 007 there are three.
std::size_t integer_size(std::string_view text) {
  if (text.front() == '0') return 1;
  const std::size_t digits = count_while(text, 0, is_digit);
  const bool has_suffix = digits > 0 && digits < text.size() && upper(text[digits]) == 'L';
  return digits + (has_suffix ? 1 : 0);
}

// With its quotes; 0 where it does not end. Two quotes stand for one.
std::size_t text_size(std::string_view text) {
  for (std::size_t at = text.find('\'', 1); at != text.npos; at = text.find('\'', at + 2)) {
    if (at + 1 >= text.size() || text[at + 1] != '\'') return at + 1;
  }
  return 0;
}

}  // namespace

SqlToken SqlLexer::take(SqlWord word, std::size_t size) {
  const SqlToken token{word, rest().substr(0, size), at_};
  at_ += size;
  return token;
}

bool SqlLexer::skip_blank_or_comment() {
  constexpr std::string_view blanks = " \t\n\r\f";
  const std::string_view text = rest();
  if (text.empty()) return false;
  if (blanks.find(text.front()) != blanks.npos) {
    ++at_;
    return true;
  }
  if (text.starts_with("--") && !is_last_line_) {
    const std::size_t line_end = text.find_first_of("\r\n");
    is_last_line_ = line_end == text.npos;
    if (is_last_line_) return false;  // two minuses, then
    at_ += line_end + 1;
    return true;
  }
  if (text.starts_with("/*")) {
    const std::size_t end = text.find("*/", 2);
    if (end == text.npos) return false;
    at_ += end + 2;
    return true;
  }
  return false;
}

SqlToken SqlLexer::next() {
  while (skip_blank_or_comment()) {
  }
  const std::string_view text = rest();
  if (text.empty()) return take(end, 0);
  if (starts_name(text.front())) {
    const std::size_t size = name_size(text);
    for (const auto& [keyword, word] : keywords) {
      if (equal_in_any_case(text.substr(0, size), keyword)) return take(word, size);
    }
    return take(name, size);
  }
  if (const std::size_t size = decimal_size(text)) return take(decimal, size);
  if (const std::size_t size = integer_size(text)) return take(integer, size);
  if (text.front() == '\'') {
    if (const std::size_t size = text_size(text)) return take(SqlWord::text, size);
  }
  for (const auto& [sign, word] : signs) {
    if (text.starts_with(sign)) return take(word, sign.size());
  }
  return take(bad, 1);
}

std::string unquoted(std::string_view text) {
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\'') ++i;
    plain += text[i];
  }
  return plain;
}

}  // namespace rocketmq::broker
