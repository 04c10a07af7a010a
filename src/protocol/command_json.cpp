#include "protocol/command_json.h"

#include <charconv>

#include "protocol/json_text.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

// Reads forward through JSON it may change. The first problem stops it for good: at_ goes to the
// end, so every loop below ends, and problem() says what it was.
class HeaderScanner {
 public:
  explicit HeaderScanner(std::span<char> text)
      : at_(text.data()), end_(text.data() + text.size()) {}

  const char* problem() const { return problem_; }
  bool at_end() {
    skip_space();
    return at_ == end_;
  }

  bool take(char wanted) {
    skip_space();
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) fail("JSON header: a separator or bracket is missing");
  }

  // For each member of an object that has been opened: calls member(key) with the scanner behind
  // the colon. fastjson also takes a comma before the closing brace.
  template <class Fn>
  void members(Fn member) {
    while (problem_ == nullptr && !take('}')) {
      const std::string_view key = string();
      expect(':');
      if (problem_ != nullptr) return;
      member(key);
      if (!take(',')) {
        expect('}');
        return;
      }
    }
  }

  std::string_view string() {
    expect('"');
    if (problem_ != nullptr) return {};
    char* const start = at_;
    char* stop = find_quote_or_backslash(at_, end_);
    if (stop == end_) return fail("JSON header: a text is not closed");
    at_ = stop;
    if (*stop == '"') {
      ++at_;
    } else {
      stop = unescape_in_place(at_, end_);
      if (stop == nullptr) return fail("JSON header: a text is not closed or has a bad escape");
    }
    return {start, static_cast<std::size_t>(stop - start)};
  }

  // A number, true, false or null, as the text it is.
  std::string_view literal() {
    skip_space();
    char* const start = at_;
    while (at_ != end_ && is_literal(*at_)) ++at_;
    if (at_ == start) return fail("JSON header: a value is missing");
    return {start, static_cast<std::size_t>(at_ - start)};
  }

  // A text or a literal; `is_null` tells null from "null".
  std::string_view scalar(bool& is_null) {
    skip_space();
    is_null = false;
    if (at_ != end_ && *at_ == '"') return string();
    const std::string_view text = literal();
    is_null = text == "null";
    return text;
  }

  std::int32_t number() {
    bool is_null = false;
    const std::string_view text = scalar(is_null);
    std::int32_t value = 0;
    if (is_null || problem_ != nullptr) return 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size()) {
      fail("JSON header: not a whole number of 32 bits");
    }
    return value;
  }

  // Passes over any value. Nesting is counted, not recursed into.
  void skip_value() {
    int depth = 0;
    do {
      skip_space();
      if (at_ == end_) {
        fail("JSON header: ends too early");
        return;
      }
      switch (*at_) {
        case '{':
        case '[':
          ++depth;
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
        case '"':
          (void)string();
          break;
        default:
          (void)literal();
          break;
      }
    } while (depth > 0 && problem_ == nullptr);
    if (depth < 0) fail("JSON header: a value is missing");
  }

  // Where a value starts; to be taken as it is written once skip_value() has passed it.
  char* mark() {
    skip_space();
    return at_;
  }
  std::string_view since(char* mark) const { return {mark, static_cast<std::size_t>(at_ - mark)}; }
  char peek() {
    skip_space();
    return at_ == end_ ? '\0' : *at_;
  }

  std::string_view fail(const char* problem) {
    if (problem_ == nullptr) problem_ = problem;
    at_ = end_;
    return {};
  }

 private:
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  static bool is_literal(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.' || c == '_';
  }

  char* at_;
  char* const end_;
  const char* problem_ = nullptr;
};

void read_ext_fields(HeaderScanner& in, Command& command, const CommandLimits& limits) {
  if (in.peek() != '{') {
    in.skip_value();  // null
    return;
  }
  in.expect('{');
  command.has_fields = true;
  in.members([&](std::string_view name) {
    if (command.fields.size() == limits.fields_max) {
      in.fail("JSON header: too many extFields");
      return;
    }
    const char next = in.peek();
    if (next == '{' || next == '[') {
      char* const start = in.mark();
      in.skip_value();
      command.fields.push_back({name, in.since(start)});
      return;
    }
    bool is_null = false;
    const std::string_view value = in.scalar(is_null);
    if (!is_null) command.fields.push_back({name, value});
  });
}

void read_language(HeaderScanner& in, Command& command) {
  bool is_null = false;
  const std::string_view text = in.scalar(is_null);
  int ordinal = 0;
  if (const auto named = language_from(text)) {
    command.language = *named;
  } else if (std::from_chars(text.data(), text.data() + text.size(), ordinal).ec == std::errc() &&
             ordinal >= 0 && ordinal <= static_cast<int>(Language::node_js)) {
    command.language = static_cast<Language>(ordinal);  // Java takes the ordinal too
  } else {
    command.language = Language::other;
  }
}

}  // namespace

Result<void> decode_json_header(std::span<char> header, Command& command,
                                const CommandLimits& limits) {
  command.code = command.flag = command.opaque = command.version = 0;
  command.language = Language::java;  // what Java takes an absent language for

  HeaderScanner in(header);
  in.expect('{');
  in.members([&](std::string_view key) {
    if (key == "code") {
      command.code = in.number();
    } else if (key == "extFields") {
      read_ext_fields(in, command, limits);
    } else if (key == "flag") {
      command.flag = in.number();
    } else if (key == "language") {
      read_language(in, command);
    } else if (key == "opaque") {
      command.opaque = in.number();
    } else if (key == "remark") {
      bool is_null = false;
      const std::string_view remark = in.scalar(is_null);
      if (!is_null) command.remark = remark;
    } else if (key == "version") {
      command.version = in.number();
    } else {
      in.skip_value();
    }
  });
  if (in.problem() == nullptr && !in.at_end()) in.fail("JSON header: text behind the object");
  if (in.problem() != nullptr) return Error{Errc::bad_frame, in.problem()};
  return {};
}

}  // namespace rocketmq::protocol
