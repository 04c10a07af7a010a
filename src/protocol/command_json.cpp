#include "protocol/command_json.h"

#include <charconv>
#include <cstring>

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

  // The members of an object that has been opened, one after the other:
  //   while (in.next_key(key)) { …the value…; if (!in.more()) break; }
  // fastjson also takes a comma before the closing brace.
  bool next_key(std::string_view& key) {
    if (problem_ != nullptr || take('}')) return false;
    key = string();
    expect(':');
    return problem_ == nullptr;
  }
  bool more() {
    if (take(',')) return true;
    expect('}');
    return false;
  }

  // A member whose value is a text, as nearly everybody writes it: without spaces and escapes.
  // Passes over it and the comma behind it; or reads nothing, where it is of another form.
  bool plain_member(std::string_view& name, std::string_view& value) {
    if (at_ == end_ || *at_ != '"') return false;
    char* const name_at = at_ + 1;
    char* const name_end = find_quote_or_backslash(name_at, end_);
    if (end_ - name_end < 4 || std::memcmp(name_end, R"(":")", 3) != 0) return false;
    char* const value_at = name_end + 3;
    char* const value_end = find_quote_or_backslash(value_at, end_);
    if (end_ - value_end < 2 || *value_end != '"') return false;
    if (value_end[1] != ',' && value_end[1] != '}') return false;
    at_ = value_end + (value_end[1] == ',' ? 2 : 1);
    name = {name_at, static_cast<std::size_t>(name_end - name_at)};
    value = {value_at, static_cast<std::size_t>(value_end - value_at)};
    return true;
  }

  // Passes over `wanted`, if that comes next, to the letter.
  bool take_exactly(std::string_view wanted) {
    if (static_cast<std::size_t>(end_ - at_) < wanted.size()) return false;
    if (std::memcmp(at_, wanted.data(), wanted.size()) != 0) return false;
    at_ += wanted.size();
    return true;
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
    // Digits and what ends them, as nearly everybody writes it.
    std::int32_t plain = 0;
    char* behind = at_;
    char* const digits_end = end_ - at_ > 9 ? at_ + 9 : end_;
    while (behind != digits_end && *behind >= '0' && *behind <= '9') {
      plain = plain * 10 + (*behind++ - '0');
    }
    if (behind != at_ && behind != end_ && (*behind == ',' || *behind == '}')) {
      at_ = behind;
      return plain;
    }
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
  const auto add = [&](const Field& field) {
    if (command.fields.size() == limits.fields_max) {
      in.fail("JSON header: too many extFields");
    } else {
      command.fields.push_back(field);
    }
  };
  std::string_view name;
  std::string_view value;
  do {
    while (in.plain_member(name, value)) add({name, value});
    if (!in.next_key(name)) return;
    const char next = in.peek();
    if (next == '{' || next == '[') {
      char* const start = in.mark();
      in.skip_value();
      add({name, in.since(start)});
      continue;
    }
    bool is_null = false;
    value = in.scalar(is_null);
    if (!is_null) add({name, value});
  } while (in.more());
}

Language language_of(std::string_view text) {
  if (const auto named = language_from(text)) return *named;
  int ordinal = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), ordinal).ec == std::errc() &&
      ordinal >= 0 && ordinal <= static_cast<int>(Language::node_js)) {
    return static_cast<Language>(ordinal);  // Java takes the ordinal too
  }
  return Language::other;
}

// Which keys a header has, to know whether other readers take it for the same (relayed_frame.h).
struct HeaderKeys {
  enum Key : unsigned {
    code = 1,
    ext_fields = 2,
    flag = 4,
    language = 8,
    opaque = 16,
    remark = 32,
    version = 64
  };
  void see(Key key) {
    are_plain = are_plain && (seen & key) == 0;
    seen |= key;
  }
  void see_foreign(std::string_view key) {
    are_plain = are_plain && key == "serializeTypeCurrentRPC";
  }

  unsigned seen = 0;
  bool are_plain = true;         // each at most once, and none but those Java has
  std::string_view opaque_text;  // where the id stands
};

std::string_view read_opaque(HeaderScanner& in, Command& command) {
  char* const start = in.mark();
  command.opaque = in.number();
  return in.since(start);
}

void read_remark(HeaderScanner& in, Command& command) {
  bool is_null = false;
  const std::string_view remark = in.scalar(is_null);
  if (!is_null) command.remark = remark;
}

// What follows extFields as fastjson and we write it, in the order of the alphabet. Leaves off at
// the first that is not there, or is of another form: a comma is passed only with its key.
void read_usual_tail(HeaderScanner& in, Command& command, HeaderKeys& keys) {
  if (!in.take_exactly(R"(,"flag":)")) return;
  keys.see(HeaderKeys::flag);
  command.flag = in.number();
  if (!in.take_exactly(R"(,"language":)")) return;
  keys.see(HeaderKeys::language);
  bool is_null = false;
  command.language = language_of(in.scalar(is_null));
  if (!in.take_exactly(R"(,"opaque":)")) return;
  keys.see(HeaderKeys::opaque);
  keys.opaque_text = read_opaque(in, command);
  if (in.take_exactly(R"(,"remark":)")) {
    keys.see(HeaderKeys::remark);
    read_remark(in, command);
  }
  if (!in.take_exactly(R"(,"serializeTypeCurrentRPC":"JSON","version":)")) return;
  keys.see(HeaderKeys::version);
  command.version = in.number();
}

}  // namespace

Result<void> decode_json_header(std::span<char> header, Command& command,
                                const CommandLimits& limits) {
  command.code = command.flag = command.opaque = command.version = 0;
  command.language = Language::java;  // what Java takes an absent language for

  HeaderScanner in(header);
  in.expect('{');
  std::string_view key;
  HeaderKeys keys;
  bool is_null = false;
  while (in.next_key(key)) {
    if (key == "code") {
      keys.see(HeaderKeys::code);
      command.code = in.number();
    } else if (key == "extFields") {
      keys.see(HeaderKeys::ext_fields);
      read_ext_fields(in, command, limits);
      read_usual_tail(in, command, keys);
    } else if (key == "flag") {
      keys.see(HeaderKeys::flag);
      command.flag = in.number();
    } else if (key == "language") {
      keys.see(HeaderKeys::language);
      command.language = language_of(in.scalar(is_null));
    } else if (key == "opaque") {
      keys.see(HeaderKeys::opaque);
      keys.opaque_text = read_opaque(in, command);
    } else if (key == "remark") {
      keys.see(HeaderKeys::remark);
      read_remark(in, command);
    } else if (key == "version") {
      keys.see(HeaderKeys::version);
      command.version = in.number();
    } else {
      keys.see_foreign(key);
      in.skip_value();
    }
    if (!in.more()) break;
  }
  if (keys.are_plain && !keys.opaque_text.empty()) {
    command.opaque_place = {
        .at = static_cast<std::uint32_t>(keys.opaque_text.data() - header.data()),
        .bytes = static_cast<std::uint32_t>(keys.opaque_text.size())};
  }
  if (in.problem() == nullptr && !in.at_end()) in.fail("JSON header: text behind the object");
  if (in.problem() != nullptr) return Error{Errc::bad_frame, in.problem()};
  return {};
}

}  // namespace rocketmq::protocol
