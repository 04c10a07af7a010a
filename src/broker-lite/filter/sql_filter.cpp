#include "broker-lite/filter/sql_filter.h"

#include <utility>

namespace rocketmq::broker {

Result<SqlFilter> SqlFilter::compile(std::string_view expression, const SqlLimits& limits) {
  auto root = parse_sql(expression, limits);
  if (!root) return std::move(root).error();
  return SqlFilter(*std::move(root));
}

bool SqlFilter::matches(std::string_view properties) const {
  return evaluate(*root_, properties) == SqlValue(true);
}

}  // namespace rocketmq::broker
