#pragma once

#include <rocketmq/result.h>

#include <string_view>

#include "broker-lite/filter/sql_expression.h"
#include "broker-lite/filter/sql_parser.h"

namespace rocketmq::broker {

// A consumer's SQL92 expression, compiled once and asked for every message. Never changes.
// Java: SqlFilter, ExpressionMessageFilter.
class SqlFilter {
 public:
  // Fails with subscription_parse_failed and words for whoever wrote the expression.
  static Result<SqlFilter> compile(std::string_view expression, const SqlLimits& limits);

  // Whether the expression is true of a message with these properties. Unknown is not true, and
  // neither is what cannot be evaluated.
  bool matches(std::string_view properties) const;

 private:
  explicit SqlFilter(SqlOperand root) : root_(std::move(root)) {}
  SqlOperand root_;
};

}  // namespace rocketmq::broker
