#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace rocketmq {
namespace detail {
inline void append_part(std::string& to, std::string_view text) { to += text; }
inline void append_part(std::string& to, char c) { to += c; }
template <class N>
  requires(std::integral<N> && !std::same_as<N, char> && !std::same_as<N, bool>)
void append_part(std::string& to, N number) {
  to += std::to_string(number);
}
}  // namespace detail

// str("topic ", topic, " has ", n, " queues"): joins texts and whole numbers.
template <class... Parts>
std::string str(const Parts&... parts) {
  std::string out;
  (detail::append_part(out, parts), ...);
  return out;
}

}  // namespace rocketmq
