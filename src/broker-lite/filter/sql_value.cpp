#include "broker-lite/filter/sql_value.h"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <limits>
#include <type_traits>

#include "protocol/describe.h"

namespace rocketmq::broker {
namespace {

// Java: Double.compareTo. All NaN are one, the greatest number, and -0.0 is less than 0.0.
std::strong_ordering order(double left, double right) {
  const bool is_left_nan = left != left;
  const bool is_right_nan = right != right;
  if (is_left_nan || is_right_nan) return is_left_nan <=> is_right_nan;
  return std::strong_order(left, right);
}
template <class T>
std::strong_ordering order(const T& left, const T& right) {
  return left <=> right;
}

template <class T>
std::optional<T> parse(std::string_view text) {
  T value{};
  if constexpr (std::same_as<T, double>) {
    return parse_java_double(text);
  } else {
    const bool has_two_signs = text.starts_with("+-");
    if (has_two_signs || !protocol::from_text(text, value)) return std::nullopt;
    return value;
  }
}

// --- Double.valueOf ---

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// Of a number too large or too small for a double: which of the two. `marks` begin the exponent.
bool is_too_large(std::string_view number, std::string_view marks, std::int64_t digit_weight) {
  const std::size_t mark = std::min(number.find_first_of(marks), number.size());
  const std::string_view digits = number.substr(0, mark);
  const auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  const auto first = static_cast<std::int64_t>(digits.find_first_not_of("0."));

  std::string_view exponent_text = number.substr(std::min(mark + 1, number.size()));
  const bool is_negative = exponent_text.starts_with('-');
  if (is_negative || exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
  std::int64_t exponent = 0;
  const char* const end = exponent_text.data() + exponent_text.size();
  if (std::from_chars(exponent_text.data(), end, exponent).ec == std::errc::result_out_of_range) {
    return !is_negative;  // no text is long enough to make up for it
  }
  return (point - first) * digit_weight + (is_negative ? -exponent : exponent) > 0;
}

// A number without sign, "F" and blanks.
std::optional<double> parse_magnitude(std::string_view text) {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  if (is_hex) text.remove_prefix(2);
  const auto is_any_digit = is_hex ? is_hex_digit : is_digit;
  const std::size_t first_digit = text.starts_with('.') ? 1 : 0;
  if (first_digit >= text.size() || !is_any_digit(text[first_digit])) return std::nullopt;
  if (is_hex && text.find_first_of("pP") == text.npos) return std::nullopt;

  double value = 0;
  const auto format = is_hex ? std::chars_format::hex : std::chars_format::general;
  const char* const end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, value, format);
  if (at != end) return std::nullopt;
  if (problem == std::errc::result_out_of_range) {
    const bool is_large = is_hex ? is_too_large(text, "pP", 4) : is_too_large(text, "eE", 1);
    return is_large ? std::numeric_limits<double>::infinity() : 0.0;
  }
  return value;
}

}  // namespace

std::optional<std::strong_ordering> compare(const SqlValue& left, const SqlValue& right) {
  using Order = std::optional<std::strong_ordering>;
  const auto compare_as = [](const auto& l, const auto& r) -> Order {
    using L = std::decay_t<decltype(l)>;
    using R = std::decay_t<decltype(r)>;
    if constexpr (std::same_as<L, Unknown> || std::same_as<R, Unknown>) {
      return std::nullopt;
    } else if constexpr (std::same_as<L, R>) {
      return order(l, r);
    } else if constexpr (std::same_as<L, std::string_view>) {
      const auto value = parse<R>(l);
      return value ? Order(order(*value, r)) : std::nullopt;
    } else if constexpr (std::same_as<R, std::string_view>) {
      if constexpr (std::same_as<L, bool>) return std::nullopt;  // Java: a ClassCastException
      const auto value = parse<L>(r);
      return value ? Order(order(l, *value)) : std::nullopt;
    } else if constexpr (std::same_as<L, bool> || std::same_as<R, bool>) {
      return std::strong_ordering::less;
    } else {
      using Wider = std::common_type_t<L, R>;
      return order(static_cast<Wider>(l), static_cast<Wider>(r));
    }
  };
  return std::visit(compare_as, left, right);
}

std::optional<double> parse_java_double(std::string_view text) {
  text = trimmed(text);
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  std::optional<double> value;
  if (text == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (text == "Infinity") {
    value = std::numeric_limits<double>::infinity();
  } else {
    constexpr std::string_view suffixes = "fFdD";
    const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
    const bool has_digits_before = text.size() > 1 && (!is_hex || is_digit(text[text.size() - 2]));
    if (has_digits_before && suffixes.find(text.back()) != suffixes.npos) text.remove_suffix(1);
    value = parse_magnitude(text);
  }
  if (value && is_negative) value = -*value;
  return value;
}

}  // namespace rocketmq::broker
