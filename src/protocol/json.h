#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace rocketmq::protocol {

// The JSON dialect of RocketMQ's bodies and files (fastjson): see JsonReader for what is accepted
// beyond the standard. Bodies are not on the hot path; headers have their own scanner
// (command_json.h).

struct JsonLimits {
  int depth_max = 32;  // a heartbeat needs 7
};

// Reads forward through a JSON text that is not trusted. The first problem stops it for good (every
// later call gives zero, empty or false), so callers check ok() once, at the end.
//
// Accepted beyond RFC 8259, because stock Java writes or reads it: bare keys {0:"a"}, {name:1}; a
// whole object where a key should be {{"topic":"T"}:5}; single quotes; a comma before a closing
// bracket; a number or bool in quotes and the other way round; NaN.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text, const JsonLimits& limits = {})
      : at_(text.data()), end_(text.data() + text.size()), limits_(limits) {}

  bool ok() const { return problem_ == nullptr; }
  // What is wrong, and near which byte; only where !ok().
  Error error(std::string_view what) const;
  void fail(const char* problem);

  // The character the next value starts with, '\0' at the end.
  char peek();
  bool at_end() { return peek() == '\0'; }
  bool take_null();

  // begin_object(); while (next_key(key)) { …read one value… }
  bool begin_object();
  bool next_key(std::string& key);
  // Where keys may be objects: stands on the key afterwards, which is then read like a value, and
  // followed by expect_colon().
  bool next_entry();
  void expect_colon();

  // begin_array(); while (next_element()) { …read one value… }
  bool begin_array();
  bool next_element();

  std::string read_string();  // a literal is taken as its text
  std::int64_t read_integer();
  double read_double();
  bool read_bool();
  void skip_value();

 private:
  bool next_in(char closing);
  void skip_space();
  std::string_view literal();
  void read_quoted(std::string& into);
  bool enter(char opening);

  const char* at_;
  const char* const end_;
  const JsonLimits limits_;
  int depth_ = 0;
  bool first_ = true;  // no element of the innermost container has been read yet
  const char* problem_ = nullptr;
  std::size_t problem_left_ = 0;
};

struct JsonStyle {
  bool pretty = false;  // TAB-indented, as the files under config/ are
  bool quote_integer_keys =
      false;  // {"0":"a"}: the standard form, for who asks for it; else {0:"a"}
};

// Writes as Java's JSON.toJSONString would. The caller gives keys in alphabetical order.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out, const JsonStyle& style = {}) : out_(out), style_(style) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(std::string_view name);
  void key(std::int64_t number);
  // Before a key that is an object, and between it and its value.
  void begin_entry() {
    element();
    after_key_ = true;
  }
  void colon() {
    out_ += ':';
    after_key_ = true;
  }

  void string(std::string_view text);
  void integer(std::int64_t number);
  void number(double value);  // "1.0", as Java prints a double
  void boolean(bool value);

 private:
  void open(char bracket);
  void close(char bracket);
  void element();  // comma and indentation, unless this is the value behind a key
  void value();

  std::string& out_;
  const JsonStyle style_;
  int depth_ = 0;
  bool first_ = true;
  bool after_key_ = true;  // the outermost value needs no separator either
};

}  // namespace rocketmq::protocol
