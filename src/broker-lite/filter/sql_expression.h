#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker-lite/filter/sql_value.h"

namespace rocketmq::broker {

struct SqlExpression;
using SqlOperand = std::unique_ptr<const SqlExpression>;

// What a compiled SQL92 filter consists of. Which may stand where is the parser's business.
namespace sql {

struct Literal {
  std::variant<Unknown, bool, std::int32_t, std::int64_t, double, std::string> value;
};
struct PropertyOf {
  std::string name;
};
struct Negated {  // -a
  SqlOperand operand;
};
struct IsTrue {  // a property in the place of a condition: never, as it is a text
  SqlOperand operand;
};
struct Not {
  SqlOperand operand;
};
struct All {  // AND of any number: chains of thousands are no deeper than one
  std::vector<SqlOperand> operands;
};
struct Any {  // OR
  std::vector<SqlOperand> operands;
};
enum class Relation { equal, less, less_or_equal, greater, greater_or_equal };
struct Comparison {
  Relation relation;
  SqlOperand left;
  SqlOperand right;
};
struct IsNull {
  SqlOperand operand;
};
struct Between {
  SqlOperand operand;
  SqlOperand low;
  SqlOperand high;
  bool is_negated = false;
};
struct In {
  SqlOperand operand;
  std::vector<std::string> texts;
  bool is_negated = false;
};
enum class Part { anywhere, start, end };
struct Contains {  // CONTAINS, STARTSWITH, ENDSWITH
  Part part;
  SqlOperand operand;
  std::string searched;
  bool is_negated = false;
};

}  // namespace sql

struct SqlExpression {
  std::variant<sql::Literal, sql::PropertyOf, sql::Negated, sql::IsTrue, sql::Not, sql::All,
               sql::Any, sql::Comparison, sql::IsNull, sql::Between, sql::In, sql::Contains>
      node;
  int depth = 1;  // of the longest way down
};

// The expression's value for a message with these properties (properties.h). Nothing where it has
// none: a text that should be a number is not. Then the whole filter fails, also where the other
// side of an OR is true. Views in the value are of the expression or of `properties`. Allocates
// nothing.
std::optional<SqlValue> evaluate(const SqlExpression& expression, std::string_view properties);

}  // namespace rocketmq::broker
