#include "protocol/java_properties.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace rocketmq::protocol {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

std::string_view without_leading_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

// Takes one natural line, without its end, from the front of `text`.
std::string_view take_natural_line(std::string_view& text) {
  const std::size_t size = std::min(text.find_first_of("\r\n"), text.size());
  const std::string_view line = text.substr(0, size);
  text.remove_prefix(size);
  if (text.starts_with("\r\n")) text.remove_prefix(1);
  if (!text.empty()) text.remove_prefix(1);
  return line;
}

bool ends_in_continuation(std::string_view line) {
  const std::size_t last = line.find_last_not_of('\\');
  const std::size_t backslashes = line.size() - (last == line.npos ? 0 : last + 1);
  return backslashes % 2 == 1;
}

// Natural lines joined where one ends in a backslash. A comment is never continued.
std::string take_logical_line(std::string_view& text) {
  std::string line(without_leading_blanks(take_natural_line(text)));
  if (line.starts_with('#') || line.starts_with('!')) return {};
  while (ends_in_continuation(line)) {
    line.pop_back();
    if (text.empty()) break;
    line += without_leading_blanks(take_natural_line(text));
  }
  return line;
}

void append_utf8(std::string& to, std::uint32_t code_point) {
  const auto byte = [&to](std::uint32_t value) { to += static_cast<char>(value); };
  if (code_point < 0x80) return byte(code_point);
  if (code_point < 0x800) {
    byte(0xC0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      byte(0xE0 | code_point >> 12);
    } else {
      byte(0xF0 | code_point >> 18);
      byte(0x80 | (code_point >> 12 & 0x3F));
    }
    byte(0x80 | (code_point >> 6 & 0x3F));
  }
  byte(0x80 | (code_point & 0x3F));
}

// Takes the four digits behind "\u". Where they are none, Java refuses the whole file; we keep the
// 'u' as any other escaped letter.
bool take_utf16_unit(std::string_view& text, std::uint32_t& unit) {
  if (text.size() < 4) return false;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + 4, unit, 16);
  if (problem != std::errc() || end != text.data() + 4) return false;
  text.remove_prefix(4);
  return true;
}

void append_unicode_escape(std::string& to, std::string_view& rest) {
  std::uint32_t unit = 0;
  if (!take_utf16_unit(rest, unit)) {
    to += 'u';
    return;
  }
  std::uint32_t low = 0;
  std::string_view behind = rest;
  if (unit >= 0xD800 && unit < 0xDC00 && behind.starts_with("\\u")) {
    behind.remove_prefix(2);
    if (take_utf16_unit(behind, low) && low >= 0xDC00 && low < 0xE000) {
      rest = behind;
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
  }
  append_utf8(to, unit);
}

std::string unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\') {
      out += c;
      continue;
    }
    if (text.empty()) break;
    const char escaped = text.front();
    text.remove_prefix(1);
    switch (escaped) {
      case 't':
        out += '\t';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u':
        append_unicode_escape(out, text);
        break;
      default:
        out += escaped;
    }
  }
  return out;
}

// Up to the first separator that no backslash protects.
std::size_t name_size(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '=' || line[i] == ':' || is_blank(line[i])) {
      return i;
    }
  }
  return line.size();
}

JavaProperty parse_line(std::string_view line) {
  const std::size_t size = name_size(line);
  std::string_view value = without_leading_blanks(line.substr(size));
  if (!value.empty() && (value.front() == '=' || value.front() == ':')) {
    value = without_leading_blanks(value.substr(1));
  }
  return {unescape(line.substr(0, size)), unescape(value)};
}

void append_escaped(std::string& to, std::string_view text, bool is_name) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '\\':
        to += "\\\\";
        break;
      case '\t':
        to += "\\t";
        break;
      case '\n':
        to += "\\n";
        break;
      case '\r':
        to += "\\r";
        break;
      case '\f':
        to += "\\f";
        break;
      case ' ':
        to += is_name || i == 0 ? "\\ " : " ";
        break;
      case '=':
      case ':':
      case '#':
      case '!':
        if (is_name) to += '\\';
        to += text[i];
        break;
      default:
        to += text[i];
    }
  }
}

}  // namespace

JavaProperties parse_java_properties(std::string_view text) {
  JavaProperties properties;
  while (!text.empty()) {
    const std::string line = take_logical_line(text);
    if (line.empty()) continue;
    JavaProperty parsed = parse_line(line);
    const auto same = std::ranges::find(properties, parsed.name, &JavaProperty::name);
    if (same == properties.end()) {
      properties.push_back(std::move(parsed));
    } else {
      same->value = std::move(parsed.value);
    }
  }
  return properties;
}

void append_java_property(std::string& text, std::string_view name, std::string_view value) {
  append_escaped(text, name, true);
  text += '=';
  append_escaped(text, value, false);
  text += '\n';
}

}  // namespace rocketmq::protocol
