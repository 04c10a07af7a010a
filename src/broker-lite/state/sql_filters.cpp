#include "broker-lite/state/sql_filters.h"

#include <string>
#include <utility>

namespace rocketmq::broker {

SqlFilters::Compiled SqlFilters::compile(std::string_view expression) {
  const auto known = compiled_.find(expression);
  if (known != compiled_.end()) return known->second;

  auto filter = SqlFilter::compile(expression, limits_);
  const Compiled compiled = filter ? Compiled(std::make_shared<const SqlFilter>(*std::move(filter)))
                                   : Compiled(std::move(filter).error());
  // Begins anew when it is full: those in use come back with their next pull.
  if (bytes_ + expression.size() > bytes_max) {
    compiled_.clear();
    bytes_ = 0;
  }
  bytes_ += expression.size();
  compiled_.emplace(std::string(expression), compiled);
  return compiled;
}

}  // namespace rocketmq::broker
