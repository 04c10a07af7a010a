#include "protocol/json_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace rocketmq::protocol {
namespace {

// The value of a hex digit; -1 for all else.
constexpr std::array<std::int8_t, 256> hex_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i)
    values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    values[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
    values[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(10 + i);
  }
  return values;
}();

// The four hex digits at `at`, or something below 0.
std::int32_t hex_unit(const char* at, const char* end) {
  if (end - at < 4) return -1;
  const auto digit = [at](int i) -> std::int32_t {
    return hex_values[static_cast<unsigned char>(at[i])];
  };
  return digit(0) << 12 | digit(1) << 8 | digit(2) << 4 | digit(3);
}

char* put_utf8(char* to, std::uint32_t point) {
  const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
  return to;
}

// `at` stands behind "\u". A surrogate without its other half becomes '?', as Java's encoder does.
char* put_unicode_escape(char* to, char*& at, char* end) {
  const std::int32_t unit = hex_unit(at, end);
  if (unit < 0) return nullptr;
  at += 4;
  if (unit < 0xD800 || unit > 0xDFFF) return put_utf8(to, static_cast<std::uint32_t>(unit));
  if (unit < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    const std::int32_t low = hex_unit(at + 2, end);
    if (low >= 0xDC00 && low <= 0xDFFF) {
      at += 6;
      return put_utf8(
          to, static_cast<std::uint32_t>(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)));
    }
  }
  return put_utf8(to, '?');
}

// What the letter behind a backslash stands for; 0 where it has no short form.
constexpr char unescaped(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
    case '\'':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      return 0;
  }
}

// How a byte is written inside a JSON string; length 0 = as it is.
struct Escape {
  char text[6];
  std::uint8_t length;
};
constexpr std::array<Escape, 256> make_escapes() {
  std::array<Escape, 256> escapes{};
  constexpr char digits[] = "0123456789abcdef";
  for (unsigned c = 0; c < 0x20; ++c) {
    escapes[c] = {{'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6};
  }
  constexpr std::pair<char, char> shorts[] = {{'\b', 'b'}, {'\t', 't'}, {'\n', 'n'}, {'\f', 'f'},
                                              {'\r', 'r'}, {'"', '"'},  {'\\', '\\'}};
  for (const auto& [byte, letter] : shorts) {
    escapes[static_cast<unsigned char>(byte)] = {{'\\', letter, 0, 0, 0, 0}, 2};
  }
  return escapes;
}
constexpr std::array<Escape, 256> escapes = make_escapes();

}  // namespace

char* unescape_in_place(char*& at, char* end, char quote) {
  char* to = at;
  while (true) {
    char* stop = at;
    if (quote == '"') {
      stop = find_quote_or_backslash(at, end);
    } else {
      while (stop != end && *stop != quote && *stop != '\\') ++stop;
    }
    const auto plain = static_cast<std::size_t>(stop - at);
    std::memmove(to, at, plain);
    to += plain;
    if (stop == end) return nullptr;
    at = stop + 1;
    if (*stop == quote) return to;
    if (at == end) return nullptr;
    const char letter = *at++;
    if (letter == 'u') {
      to = put_unicode_escape(to, at, end);
      if (to == nullptr) return nullptr;
    } else if (const char escaped = unescaped(letter); escaped != 0) {
      *to++ = escaped;
    } else {
      return nullptr;
    }
  }
}

namespace {

// Has `word` a byte that must be escaped? Each test sets the top bit of such a byte, and of no byte
// when there is none.
constexpr bool needs_escape(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101u;
  constexpr std::uint64_t tops = 0x8080808080808080u;
  const std::uint64_t quote = word ^ (ones * '"');
  const std::uint64_t backslash = word ^ (ones * '\\');
  return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) |
          ((backslash - ones) & ~backslash)) &
         tops;
}

// Copies a text of 4 to 15 bytes if none of them needs an escape, by two loads that may overlap.
template <class Word>
bool copy_plain(char* to, const char* from, std::size_t size) {
  Word head, tail;
  std::memcpy(&head, from, sizeof head);
  std::memcpy(&tail, from + size - sizeof tail, sizeof tail);
  constexpr std::uint64_t harmless = sizeof(Word) == 4 ? 0x4040404000000000u : 0;
  if (needs_escape(head | harmless) || needs_escape(tail | harmless)) return false;
  std::memcpy(to, &head, sizeof head);
  std::memcpy(to + size - sizeof tail, &tail, sizeof tail);
  return true;
}

// Copies what needs no escape from `at` on, at most up to `stop`, and leaves `at` behind it. Writes
// up to 16 bytes more than that.
char* put_plain(char* to, const char*& at, const char* stop) {
#ifdef __SSE2__
  while (stop - at >= 16) {
    const unsigned mask = detail::escape_mask(at);
    std::memcpy(to, at, 16);
    const int plain = mask == 0 ? 16 : __builtin_ctz(mask);
    at += plain;
    to += plain;
    if (mask != 0) return to;
  }
#endif
  const auto rest = static_cast<std::size_t>(stop - at);
  if (rest < 16 && ((rest >= 8 && copy_plain<std::uint64_t>(to, at, rest)) ||
                    (rest >= 4 && rest < 8 && copy_plain<std::uint32_t>(to, at, rest)))) {
    at = stop;
    return to + rest;
  }
  while (at != stop && escapes[static_cast<unsigned char>(*at)].length == 0) *to++ = *at++;
  return to;
}

}  // namespace

void append_escaped(Buffer& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    // Room for a stretch even if each of its bytes is escaped, and for the overhang of a store.
    constexpr std::size_t stretch_max = 512;
    constexpr std::size_t overhang = 16;
    const auto stretch = std::min(static_cast<std::size_t>(end - at), stretch_max);
    const char* const stop = at + stretch;
    char* to = out.room(stretch * sizeof Escape::text + overhang);
    char* const start = to;
    while (at != stop) {
      to = put_plain(to, at, stop);
      if (at == stop) break;
      const Escape& escape = escapes[static_cast<unsigned char>(*at++)];
      std::memcpy(to, escape.text, sizeof escape.text);
      to += escape.length;
    }
    out.commit(static_cast<std::size_t>(to - start));
  }
}

}  // namespace rocketmq::protocol
