#include "proxy/http/json.h"

#include <nlohmann/json.hpp>

#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

constexpr int depth_max = 64;  // writing JSON recurses, reading does not

bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string) {
      if (c == '\\') ++i;
      if (c == '"') is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > depth_max) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (is_too_deep(text)) return Error{Slug::bad_request, "the JSON is nested too deep"};
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return Error{Slug::bad_request, "the body is no JSON"};
  return json;
}

std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rocketmq::gateway
