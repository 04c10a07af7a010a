#include "proxy/http/parameters.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/split.h"
#include "protocol/str.h"
#include "proxy/http/percent.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> unit_ms(std::string_view unit) {
  if (unit.empty() || unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  return std::nullopt;
}

bool is_known(std::string_view name, const Names& known) {
  return std::ranges::find(known, name) != known.end();
}

std::string out_of(const Limits<std::int64_t>& limits, std::string_view unit = {}) {
  return str("is not a number from ", limits.min, " to ", limits.max, unit);
}
std::string out_of(const Limits<milliseconds>& limits) {
  return str("is not a duration from ", limits.min.count(), " ms to ", limits.max.count(),
             " ms, such as 250, \"30s\", \"5m\" or \"1h\"");
}
template <class T>
bool is_within(T value, const Limits<T>& limits) {
  return value >= limits.min && value <= limits.max;
}

std::string with_blanks(std::string_view text) {
  std::string changed(text);
  std::ranges::replace(changed, '+', ' ');
  return changed;
}

Error bad_parameter(std::string_view name, std::string_view what) {
  return {Slug::bad_request, str("parameter ", name, " ", what)};
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_number(text.substr(0, digits));
  const auto unit = unit_ms(text.substr(digits));
  if (!number || !unit || *number > INT64_MAX / *unit) return std::nullopt;
  return milliseconds(*number * *unit);
}

// ---- behind the '?'

Result<Parameters> Parameters::parse(std::string_view query, Names known) {
  Parameters parameters;
  while (!query.empty()) {
    std::string_view part = protocol::take_until(query, '&');
    if (part.empty()) continue;
    const auto name = percent_decoded(with_blanks(protocol::take_until(part, '=')));
    auto value = percent_decoded(with_blanks(part));
    if (!name || !value) {
      return Error{Slug::bad_request, "the query is not percent-encoded as it should be"};
    }
    if (!is_known(*name, known)) return bad_parameter(*name, "is not known here");
    if (!parameters.values_.emplace(*name, *std::move(value)).second) {
      return bad_parameter(*name, "is given twice");
    }
  }
  return parameters;
}

const std::string* Parameters::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

Result<std::string> Parameters::required(std::string_view name) const {
  const std::string* const given = text(name);
  if (given == nullptr || given->empty()) return bad_parameter(name, "is missing");
  return *given;
}

Result<std::int64_t> Parameters::number(std::string_view name, Limits<std::int64_t> limits) const {
  const std::string* const given = text(name);
  if (given == nullptr) return limits.otherwise;
  const auto number = parse_number(*given);
  if (!number || !is_within(*number, limits)) return bad_parameter(name, out_of(limits));
  return *number;
}

Result<milliseconds> Parameters::duration(std::string_view name,
                                          Limits<milliseconds> limits) const {
  const std::string* const given = text(name);
  if (given == nullptr) return limits.otherwise;
  const auto duration = parse_duration(*given);
  if (!duration || !is_within(*duration, limits)) return bad_parameter(name, out_of(limits));
  return *duration;
}

Result<bool> Parameters::flag(std::string_view name, bool otherwise) const {
  const std::string* const given = text(name);
  if (given == nullptr) return otherwise;
  if (*given == "true") return true;
  if (*given == "false") return false;
  return bad_parameter(name, "is neither true nor false");
}

// ---- the body

Members::Members(std::string pointer) : pointer_(std::move(pointer)) {}
Members::Members(Members&&) noexcept = default;
Members::~Members() = default;

Result<Members> Members::parse(std::string_view body, Names known) {
  auto json = parse_json(body);
  if (!json) return std::move(json).error();
  return of(*json, "", known);
}

Result<Members> Members::of(const Json& json, std::string pointer, Names known) {
  if (!json.is_object()) return invalid(pointer, "is no JSON object");
  Members members(std::move(pointer));
  for (const auto& [name, value] : json.items()) {
    if (!is_known(name, known)) return members.invalid_member(name, "is not known here");
  }
  members.json_ = std::make_unique<Json>(json);
  return members;
}

const Json* Members::find(std::string_view name) const {
  const auto found = json_->find(name);
  return found == json_->end() || found->is_null() ? nullptr : &*found;
}

Error Members::invalid_member(std::string_view name, std::string_view what) const {
  return invalid(str(pointer_, "/", name), what);
}

Result<std::string> Members::text(std::string_view name, std::string_view otherwise) const {
  const Json* const given = find(name);
  if (given == nullptr) return std::string(otherwise);
  if (!given->is_string()) return invalid_member(name, "is not a text");
  return given->get<std::string>();
}

Result<std::string> Members::required(std::string_view name) const {
  auto given = text(name, "");
  if (given && given->empty()) return invalid_member(name, "is missing");
  return given;
}

Result<std::int64_t> Members::number(std::string_view name, Limits<std::int64_t> limits) const {
  const Json* const given = find(name);
  if (given == nullptr) return limits.otherwise;
  const bool is_whole = given->is_number_integer() &&
                        !(given->is_number_unsigned() && given->get<std::uint64_t>() > INT64_MAX);
  if (!is_whole || !is_within(given->get<std::int64_t>(), limits)) {
    return invalid_member(name, out_of(limits));
  }
  return given->get<std::int64_t>();
}

Result<milliseconds> Members::duration(std::string_view name, Limits<milliseconds> limits) const {
  const Json* const given = find(name);
  if (given == nullptr) return limits.otherwise;
  std::optional<milliseconds> duration;
  if (given->is_string()) {
    duration = parse_duration(given->get_ref<const std::string&>());
  } else if (const auto number = this->number(name, {0, 0, INT64_MAX})) {
    duration = milliseconds(*number);
  }
  if (!duration || !is_within(*duration, limits)) return invalid_member(name, out_of(limits));
  return *duration;
}

Result<bool> Members::flag(std::string_view name, bool otherwise) const {
  const Json* const given = find(name);
  if (given == nullptr) return otherwise;
  if (!given->is_boolean()) return invalid_member(name, "is neither true nor false");
  return given->get<bool>();
}

}  // namespace rocketmq::gateway
