#include "protocol/json.h"

#include <charconv>
#include <cmath>

#include "protocol/buffer.h"
#include "protocol/json_text.h"
#include "protocol/str.h"

namespace rocketmq::protocol {

Error JsonReader::error(std::string_view what) const {
  return {ResponseCode::system_error,
          str(what, ": ", problem_, ", ", problem_left_, " bytes before the end")};
}

void JsonReader::fail(const char* problem) {
  if (problem_ != nullptr) return;
  problem_ = problem;
  problem_left_ = static_cast<std::size_t>(end_ - at_);
  at_ = end_;
}

void JsonReader::skip_space() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
}

char JsonReader::peek() {
  skip_space();
  return at_ == end_ ? '\0' : *at_;
}

bool JsonReader::enter(char opening) {
  if (peek() != opening) {
    fail(opening == '{' ? "an object is missing" : "a list is missing");
    return false;
  }
  if (++depth_ > limits_.depth_max) {
    fail("nested too deeply");
    return false;
  }
  ++at_;
  first_ = true;
  return true;
}

bool JsonReader::begin_object() { return enter('{'); }
bool JsonReader::begin_array() { return enter('['); }

// Takes the comma between elements or the closing bracket. A value that has just been read leaves
// first_ false, whatever was inside it.
bool JsonReader::next_in(char closing) {
  if (!ok()) return false;
  if (!first_) {
    const char next = peek();
    if (next == ',') {
      ++at_;
    } else if (next != closing) {
      fail("a comma or closing bracket is missing");
      return false;
    }
  }
  if (peek() == closing) {
    ++at_;
    --depth_;
    first_ = false;
    return false;
  }
  if (at_ == end_) {
    fail("ends too early");
    return false;
  }
  first_ = false;
  return true;
}

bool JsonReader::next_element() { return next_in(']'); }
bool JsonReader::next_entry() { return next_in('}'); }

bool JsonReader::next_key(std::string& key) {
  if (!next_in('}')) return false;
  key = read_string();
  expect_colon();
  return ok();
}

void JsonReader::expect_colon() {
  if (!ok()) return;
  if (peek() != ':') return fail("a colon is missing");
  ++at_;
}

std::string_view JsonReader::literal() {
  skip_space();
  const char* const start = at_;
  const auto belongs = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.' || c == '_' || c == '$';
  };
  while (at_ != end_ && belongs(*at_)) ++at_;
  if (at_ == start) fail("a value is missing");
  return {start, static_cast<std::size_t>(at_ - start)};
}

void JsonReader::read_quoted(std::string& into) {
  const char quote = *at_++;
  const char* stop = at_;
  while (stop != end_ && *stop != quote) stop += *stop == '\\' && end_ - stop > 1 ? 2 : 1;
  if (stop == end_) return fail("a text is not closed");
  into.assign(at_, stop + 1);  // with the closing quote, which ends the unescaping
  char* const text = into.data();
  char* from = text;
  const char* const resolved = unescape_in_place(from, text + into.size(), quote);
  if (resolved == nullptr) return fail("a text has a bad escape");
  into.resize(static_cast<std::size_t>(resolved - text));
  at_ = stop + 1;
}

bool JsonReader::take_null() {
  if (peek() != 'n' || end_ - at_ < 4 || std::string_view(at_, 4) != "null") return false;
  at_ += 4;
  first_ = false;
  return true;
}

std::string JsonReader::read_string() {
  std::string text;
  const char next = peek();
  if (next == '"' || next == '\'') {
    read_quoted(text);
  } else {
    text = literal();
  }
  first_ = false;
  return ok() ? text : std::string();
}

std::int64_t JsonReader::read_integer() {
  const std::string text = read_string();
  if (!ok()) return 0;
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, value);
  if (problem == std::errc() && at == end) return value;
  double real = 0;  // "1.0" for an integer
  const auto [real_at, real_problem] = std::from_chars(text.data(), end, real);
  constexpr double whole_max = 9007199254740992.0;
  if (real_problem == std::errc() && real_at == end && std::abs(real) <= whole_max) {
    return static_cast<std::int64_t>(real);
  }
  fail("a whole number is missing");
  return 0;
}

double JsonReader::read_double() {
  const std::string text = read_string();
  if (!ok()) return 0;
  double value = 0;
  const char* const end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value).ptr != end || text.empty()) {
    fail("a number is missing");
  }
  return ok() ? value : 0;
}

bool JsonReader::read_bool() {
  const std::string text = read_string();
  return text == "true" || text == "1";
}

void JsonReader::skip_value() {
  int depth = depth_;
  do {
    switch (peek()) {
      case '{':
      case '[':
        if (++depth > limits_.depth_max) return fail("nested too deeply");
        ++at_;
        break;
      case '}':
      case ']':
        --depth;
        ++at_;
        break;
      case ',':
      case ':':
        ++at_;
        break;
      case '\0':
        return fail("ends too early");
      default:
        (void)read_string();
        break;
    }
  } while (ok() && depth > depth_);
  if (depth < depth_) fail("a value is missing");
  first_ = false;
}

// ---- writing

void JsonWriter::element() {
  if (!first_) out_ += ',';
  first_ = false;
  if (style_.pretty) {
    out_ += '\n';
    out_.append(static_cast<std::size_t>(depth_), '\t');
  }
}

void JsonWriter::value() {
  if (!after_key_) element();
  after_key_ = false;
}

void JsonWriter::open(char bracket) {
  value();
  out_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (style_.pretty && !first_) {
    out_ += '\n';
    out_.append(static_cast<std::size_t>(depth_), '\t');
  }
  out_ += bracket;
  first_ = false;
  after_key_ = false;
}

void JsonWriter::key(std::string_view name) {
  element();
  after_key_ = true;
  string(name);
  colon();
}

void JsonWriter::key(std::int64_t number) {
  if (style_.quote_integer_keys) return key(std::to_string(number));
  element();
  out_ += std::to_string(number);
  colon();
}

void JsonWriter::string(std::string_view text) {
  value();
  Buffer escaped;
  append_escaped(escaped, text);
  out_ += '"';
  out_ += escaped.view();
  out_ += '"';
}

void JsonWriter::integer(std::int64_t number) {
  value();
  out_ += std::to_string(number);
}

void JsonWriter::number(double real) {
  value();
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, real).ptr;
  const std::string_view digits(text, static_cast<std::size_t>(end - text));
  out_ += digits;
  if (digits.find_first_not_of("-0123456789") == std::string_view::npos) out_ += ".0";
}

void JsonWriter::boolean(bool truth) {
  value();
  out_ += truth ? "true" : "false";
}

}  // namespace rocketmq::protocol
