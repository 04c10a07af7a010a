#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/json.h"

namespace rocketmq::gateway {

using std::chrono::milliseconds;

template <class T>
struct Limits {
  T otherwise;  // where it is not given
  T min;
  T max;
};

// "30s", "5m", "1h", "250ms", or a number of milliseconds.
std::optional<milliseconds> parse_duration(std::string_view text);

using Names = std::vector<std::string_view>;

// What stands behind the '?'. Errors say which parameter, and what is wrong with it.
class Parameters {
 public:
  // Refuses a name that is not among `known`, and one that comes twice.
  static Result<Parameters> parse(std::string_view query, Names known);

  // nullptr: not given.
  const std::string* text(std::string_view name) const;
  Result<std::string> required(std::string_view name) const;
  Result<std::int64_t> number(std::string_view name, Limits<std::int64_t> limits) const;
  Result<milliseconds> duration(std::string_view name, Limits<milliseconds> limits) const;
  Result<bool> flag(std::string_view name, bool otherwise) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// The same of a JSON object, which is the whole body.
class Members {
 public:
  static Result<Members> parse(std::string_view body, Names known);
  // Of an object within it; `pointer` says where.
  static Result<Members> of(const Json& json, std::string pointer, Names known);
  Members(Members&&) noexcept;
  ~Members();

  const Json* find(std::string_view name) const;  // nullptr: not there, or null
  Result<std::string> text(std::string_view name, std::string_view otherwise) const;
  Result<std::string> required(std::string_view name) const;
  Result<std::int64_t> number(std::string_view name, Limits<std::int64_t> limits) const;
  Result<milliseconds> duration(std::string_view name, Limits<milliseconds> limits) const;
  Result<bool> flag(std::string_view name, bool otherwise) const;
  Error invalid_member(std::string_view name, std::string_view what) const;

 private:
  explicit Members(std::string pointer);

  std::string pointer_;
  std::unique_ptr<Json> json_;
};

}  // namespace rocketmq::gateway
