#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "broker-lite/filter/sql_filter.h"
#include "broker-lite/state/text_map.h"

namespace rocketmq::broker {

// SQL92 expressions, each compiled once, whoever uses it: a pull that brings its own brings it
// every time. Java: SelectorParser.PARSE_CACHE.
class SqlFilters {
 public:
  using Compiled = Result<std::shared_ptr<const SqlFilter>>;

  explicit SqlFilters(SqlLimits limits) : limits_(limits) {}

  // Fails with subscription_parse_failed, again as often as it is asked.
  Compiled compile(std::string_view expression);

  std::size_t size() const { return compiled_.size(); }

 private:
  // Of expressions kept, together. Compiled, an expression is some ten times as large: 10 MB.
  static constexpr std::size_t bytes_max = 1 << 20;

  const SqlLimits limits_;
  TextMap<Compiled> compiled_;
  std::size_t bytes_ = 0;
};

}  // namespace rocketmq::broker
