#include "protocol/command_json.h"

#include <charconv>
#include <cstring>

#include "protocol/json_text.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

constexpr const char* bad_text = "JSON header: a text is not closed or has a bad escape";

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

  // Members whose values are texts, as nearly everybody writes them: without spaces, and with short
  // names. Leaves off in front of the first that is of another form, which gives false; or behind
  // the value of the last.
  bool usual_members(Fields& fields, std::size_t fields_max) {
#ifdef __SSE2__
    constexpr std::ptrdiff_t looked_at = 64;  // without asking where the end is
    for (char* at = at_; end_ - at >= looked_at && *at == '"'; ++at) {
      char* const name_at = at + 1;
      const unsigned name_mask = detail::quote_or_backslash_mask(name_at);
      if (name_mask == 0) return false;
      char* const name_end = name_at + __builtin_ctz(name_mask);
      if (std::memcmp(name_end, R"(":")", 3) != 0) return false;
      if (fields.size() >= fields_max) return false;
      char* const value_at = name_end + 3;
      const unsigned value_mask = detail::quote_or_backslash_mask(value_at);
      char* value_end = value_mask != 0 ? value_at + __builtin_ctz(value_mask)
                                        : find_quote_or_backslash(value_at + 16, end_);
      if (value_end == end_) return false;
      at = value_end + 1;
      if (*value_end == '\\') {
        at = value_end;
        value_end = unescape_in_place(at, end_);
        if (value_end == nullptr) {
          fail(bad_text);
          return false;
        }
      }
      fields.push_back({{name_at, static_cast<std::size_t>(name_end - name_at)},
                        {value_at, static_cast<std::size_t>(value_end - value_at)}});
      at_ = at;
      if (at == end_ || *at != ',') return true;
      at_ = at + 1;
    }
#endif
    return false;
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
      if (stop == nullptr) return fail(bad_text);
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
  do {
    if (in.usual_members(command.fields, limits.fields_max)) continue;
    if (!in.next_key(name)) return;
    const char next = in.peek();
    if (next == '{' || next == '[') {
      char* const start = in.mark();
      in.skip_value();
      add({name, in.since(start)});
      continue;
    }
    bool is_null = false;
    const std::string_view value = in.scalar(is_null);
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

void read_fields_and_tail(HeaderScanner& in, Command& command, const CommandLimits& limits,
                          HeaderKeys& keys) {
  keys.see(HeaderKeys::ext_fields);
  read_ext_fields(in, command, limits);
  read_usual_tail(in, command, keys);
}

}  // namespace

Result<void> decode_json_header(std::span<char> header, Command& command,
                                const CommandLimits& limits) {
  command.code = command.flag = command.opaque = command.version = 0;
  command.language = Language::java;  // what Java takes an absent language for

  HeaderScanner in(header);
  std::string_view key = "code";
  bool has_member = in.take_exactly(R"({"code":)");  // as it begins nearly always
  if (!has_member) {
    in.expect('{');
    has_member = in.next_key(key);
  }
  HeaderKeys keys;
  bool is_null = false;
  for (; has_member; has_member = in.more() && in.next_key(key)) {
    if (key == "code") {
      keys.see(HeaderKeys::code);
      command.code = in.number();
      if (in.take_exactly(R"(,"extFields":)")) read_fields_and_tail(in, command, limits, keys);
    } else if (key == "extFields") {
      read_fields_and_tail(in, command, limits, keys);
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
