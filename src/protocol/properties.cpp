#include "protocol/properties.h"

#include <cassert>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rocketmq::protocol {
namespace {

// Takes the text up to the next 02 off `rest`.
std::string_view take_segment(std::string_view& rest) {
  const std::size_t end = rest.find(property_separator);
  const std::string_view segment = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return segment;
}

// The first 01 or 02 in [at, end), or end.
const char* find_separator(const char* at, const char* end) {
#ifdef __SSE2__
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(name_value_separator)),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(property_separator)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
    if (mask != 0) return at + __builtin_ctz(mask);
    at += 16;
  }
#endif
  while (at != end && *at != name_value_separator && *at != property_separator) ++at;
  return at;
}

std::string_view view_of(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// The value, where `segment` is "name 01 value" of exactly this name.
std::optional<std::string_view> value_of(std::string_view segment, std::string_view name) {
  if (segment.size() < name.size() + 2 || segment[name.size()] != name_value_separator ||
      segment.substr(0, name.size()) != name) {
    return std::nullopt;
  }
  return segment.substr(name.size() + 1);
}

struct CodePoint {
  char32_t value;
  std::size_t size;  // bytes read
};

constexpr char32_t replacement = 0xFFFD;  // what Java decodes damaged UTF-8 to

CodePoint read_code_point(std::string_view utf8) {
  const auto lead = static_cast<unsigned char>(utf8[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || utf8.size() < size) return {replacement, 1};
  char32_t value = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(utf8[i]);
    if ((next & 0xC0) != 0x80) return {replacement, i};
    value = (value << 6) | (next & 0x3F);
  }
  const bool is_overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool is_surrogate = value >= 0xD800 && value < 0xE000;
  if (is_overlong || is_surrogate || value > 0x10FFFF) return {replacement, 1};
  return {value, size};
}

// Do four characters of ASCII come next?
bool is_ascii_4(std::string_view text) {
  if (text.size() < 4) return false;
  std::uint32_t word;
  std::memcpy(&word, text.data(), sizeof word);
  return (word & 0x80808080) == 0;
}

}  // namespace

PropertyRange::Iterator& PropertyRange::Iterator::operator++() {
  current_ = {};
  const char* at = rest_.data();
  const char* const end = at + rest_.size();
  while (at != end) {
    const char* const name = at;
    const char* const split = find_separator(at, end);
    const char* stop = split;  // a later 01 belongs to the value
    while (stop != end && *stop != property_separator) stop = find_separator(stop + 1, end);
    at = stop == end ? end : stop + 1;
    if (split == name || stop - split < 2) continue;
    current_ = {view_of(name, split), view_of(split + 1, stop)};
    break;
  }
  rest_ = view_of(at, end);
  return *this;
}

std::optional<std::string_view> find_property(std::string_view text, std::string_view name) {
  assert(!name.empty());
  std::optional<std::string_view> found;
  while (!text.empty()) {
    if (const auto value = value_of(take_segment(text), name)) found = value;
  }
  return found;
}

bool is_property_text(std::string_view name_or_value) {
  constexpr char separators[] = {name_value_separator, property_separator};
  return !name_or_value.empty() &&
         name_or_value.find_first_of(std::string_view(separators, 2)) == std::string_view::npos;
}

void append_property(std::string& text, std::string_view name, std::string_view value) {
  assert(is_property_text(name) && is_property_text(value));
  if (!text.empty() && text.back() != property_separator) text += property_separator;
  text += name;
  text += name_value_separator;
  text += value;
  text += property_separator;
}

void erase_property(std::string& text, std::string_view name) {
  assert(!name.empty());
  std::size_t at = 0;
  while (at < text.size()) {
    std::string_view rest = std::string_view(text).substr(at);
    const std::size_t before = rest.size();
    const std::string_view segment = take_segment(rest);
    const std::size_t taken = before - rest.size();
    if (value_of(segment, name)) {
      text.erase(at, taken);
    } else {
      at += taken;
    }
  }
}

std::string encode_properties(std::initializer_list<Property> properties) {
  std::string text;
  for (const Property& property : properties) {
    append_property(text, property.name, property.value);
  }
  return text;
}

// Java: MessageDecoder.createCrc32.
void append_crc_property(std::string& text, std::uint32_t crc) {
  char digits[10];
  for (char& digit : digits) {
    digit = static_cast<char>('0' + crc % 10);
    crc /= 10;
  }
  append_property(text, property::crc32, std::string_view(digits, sizeof digits));
}

std::int32_t java_hash(std::string_view utf8) {
  std::uint32_t hash = 0;
  const auto add = [&hash](char32_t unit) { hash = 31 * hash + static_cast<std::uint32_t>(unit); };
  while (!utf8.empty()) {
    if (is_ascii_4(utf8)) {  // four steps in one: nearly all texts are ASCII
      const auto at = [&utf8](std::size_t i) { return static_cast<std::uint32_t>(utf8[i]); };
      hash = 31 * 31 * 31 * 31 * hash + 31 * 31 * 31 * at(0) + 31 * 31 * at(1) + 31 * at(2) + at(3);
      utf8.remove_prefix(4);
      continue;
    }
    if (const auto byte = static_cast<unsigned char>(utf8[0]); byte < 0x80) {
      add(byte);
      utf8.remove_prefix(1);
      continue;
    }
    const CodePoint point = read_code_point(utf8);
    utf8.remove_prefix(point.size);
    if (point.value < 0x10000) {
      add(point.value);
    } else {  // a surrogate pair
      add(0xD800 + ((point.value - 0x10000) >> 10));
      add(0xDC00 + ((point.value - 0x10000) & 0x3FF));
    }
  }
  return static_cast<std::int32_t>(hash);
}

std::int64_t tags_code(std::string_view properties) {
  const auto tags = find_property(properties, property::tags);
  return tags ? java_hash(*tags) : 0;
}

}  // namespace rocketmq::protocol
