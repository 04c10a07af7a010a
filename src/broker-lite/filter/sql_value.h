#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace rocketmq::broker {

// What a term of an SQL92 filter can be. Properties of messages are texts, or unknown where the
// message has none of the name; all other kinds come from literals and operators.
using Unknown = std::monostate;  // SQL's NULL
using SqlValue = std::variant<Unknown, bool, std::int32_t, std::int64_t, double, std::string_view>;

// Which of two known values comes first. A text beside another kind is read as that kind, as Java
// would; nothing where that fails. A boolean and a number come in no order that means anything: the
// left one is less. Java: ComparisonExpression.__compare.
std::optional<std::strong_ordering> compare(const SqlValue& left, const SqlValue& right);

// As Java's Double.valueOf reads a text: "NaN", "0x1p3", "5f" and blanks around are numbers, too.
std::optional<double> parse_java_double(std::string_view text);

}  // namespace rocketmq::broker
