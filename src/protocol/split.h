#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace rocketmq::protocol {

// Takes what stands before the first `separator` off `rest`, and the separator with it; all of
// `rest` where there is none.
inline std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

// Fills `parts` up to its size and gives the number of parts there are; more than its size when
// text is left. Of an empty text: one, empty.
inline std::size_t split(std::string_view text, char separator, std::span<std::string_view> parts) {
  std::size_t count = 0;
  while (true) {
    const std::size_t at = text.find(separator);
    if (count < parts.size()) parts[count] = text.substr(0, at);
    ++count;
    if (at == std::string_view::npos || count > parts.size()) return count;
    text.remove_prefix(at + 1);
  }
}

inline bool split_exactly(std::string_view text, char separator,
                          std::span<std::string_view> parts) {
  return split(text, separator, parts) == parts.size();
}

}  // namespace rocketmq::protocol
