#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "protocol/buffer.h"

namespace rocketmq::protocol {

namespace detail {

#ifdef __SSE2__
// A bit for each of the 16 bytes at `at` that ends or interrupts a JSON string.
inline unsigned quote_or_backslash_mask(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  return static_cast<unsigned>(_mm_movemask_epi8(hits));
}

// The same for bytes that a JSON string must escape.
inline unsigned escape_mask(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  return static_cast<unsigned>(_mm_movemask_epi8(control)) | quote_or_backslash_mask(at);
}
#endif

}  // namespace detail

// The first `"` or `\` in [at, end), or end.
inline char* find_quote_or_backslash(char* at, char* end) {
#ifdef __SSE2__
  while (end - at >= 16) {
    const unsigned mask = detail::quote_or_backslash_mask(at);
    if (mask != 0) return at + __builtin_ctz(mask);
    at += 16;
  }
#endif
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

// Resolves the escapes of a JSON string inside [at, end), where `at` stands on the first backslash
// (what lies before needs no change). On success `at` is behind the closing quote and the return
// value is the end of the resolved text; nullptr when the string is not closed or an escape is bad.
// Text only ever gets shorter: \uXXXX is 6 bytes and at most 3 of UTF-8.
char* unescape_in_place(char*& at, char* end, char quote = '"');

// Appends `text` as JSON string content, without the quotes, escaped as fastjson does: short forms
// for \b \t \n \f \r, \u00XX for other control characters, everything else raw.
void append_escaped(Buffer& out, std::string_view text);

}  // namespace rocketmq::protocol
