#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <string_view>

#include "broker-lite/filter/sql_expression.h"

namespace rocketmq::broker {

struct SqlLimits {
  std::size_t length_max = 64 << 10;  // of the text, in bytes: some thousand conditions
  int depth_max = 200;  // of operators and parentheses: evaluating takes stack for each level
};

// Reads a condition, or says what is wrong where. From the lowest precedence to the highest:
//
//   OR · AND · = <> IS [NOT] NULL · < <= > >= [NOT] BETWEEN, IN, CONTAINS, … · + - NOT · ( )
//
// So `NOT a = 1` is `(NOT a) = 1`, as with stock. What follows behind a complete condition is
// passed over, if only a token begins there: `a = 1)` is `a = 1`. Java: SelectorParser.jj.
Result<SqlOperand> parse_sql(std::string_view text, const SqlLimits& limits);

}  // namespace rocketmq::broker
