#include "proxy/http/wanted.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/str.h"
#include "proxy/http/leases.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

// "tag" or "sql".
Result<FilterExpression> filter_of(std::string_view type, std::string_view expression) {
  if (type == "tag") return tags(std::string(expression));
  if (type == "sql") return sql(std::string(expression));
  return Error{Slug::illegal_filter, str("filter type ", type, " is neither tag nor sql")};
}

Result<FilterExpression> filter_of(const Members& members) {
  const Json* const given = members.find("filter");
  if (given == nullptr) return FilterExpression();
  const auto filter = Members::of(*given, "/filter", {"type", "expression"});
  if (!filter) return filter.error();
  const auto type = filter->text("type", "tag");
  if (!type) return type.error();
  const auto expression = filter->text("expression", "*");
  if (!expression) return expression.error();
  return filter_of(*type, *expression);
}

Result<StartAt> start_of(std::string_view from) {
  if (from == "latest") return StartAt::latest;
  if (from == "earliest") return StartAt::earliest;
  return Error{Slug::bad_request, "from is neither latest nor earliest"};
}

// What Members and Parameters have in common.
template <class Given>
Result<Wanted> wanted_of(const Given& given, const std::string& group, milliseconds wait_otherwise,
                         milliseconds wait_max) {
  Wanted wanted{.group = group};
  auto topic = given.required("topic");
  if (!topic) return std::move(topic).error();
  wanted.subscription.topic = *std::move(topic);
  const auto max = given.number("max", {16, 1, receive_max});
  if (!max) return max.error();
  const auto wait = given.duration("wait", {wait_otherwise, 0ms, wait_max});
  if (!wait) return wait.error();
  const auto invisible =
      given.duration("invisible", {invisible_otherwise, invisible_min, invisible_max});
  if (!invisible) return invisible.error();
  const auto is_in_order = given.flag("fifo", false);
  if (!is_in_order) return is_in_order.error();
  wanted.is_in_order = *is_in_order;
  wanted.options.max = static_cast<int>(*max);
  wanted.options.wait = *wait;
  wanted.options.invisible = *invisible;
  return wanted;
}

}  // namespace

Result<Wanted> wanted_of(const Parameters& parameters, const std::string& group,
                         milliseconds wait_otherwise, milliseconds wait_max) {
  auto wanted = wanted_of<Parameters>(parameters, group, wait_otherwise, wait_max);
  if (!wanted) return wanted;
  if (const std::string* const tag = parameters.text("tag")) {
    wanted->subscription.filter = tags(*tag);
  }
  const std::string* const from = parameters.text("from");
  auto start = start_of(from == nullptr ? "latest" : *from);
  if (!start) return std::move(start).error();
  wanted->start_at = *start;
  return wanted;
}

Result<Wanted> wanted_of(const Members& members, const std::string& group, milliseconds wait_max) {
  auto wanted = wanted_of<Members>(members, group, std::min<milliseconds>(15s, wait_max), wait_max);
  if (!wanted) return wanted;
  auto filter = filter_of(members);
  if (!filter) return std::move(filter).error();
  const auto from = members.text("from", "latest");
  if (!from) return from.error();
  auto start = start_of(*from);
  if (!start) return std::move(start).error();
  wanted->subscription.filter = *std::move(filter);
  wanted->start_at = *start;
  return wanted;
}

}  // namespace rocketmq::gateway
