#include "proxy/http/jwt.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "protocol/base64.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

constexpr double leeway_s = 30;  // clocks differ

Error refused(std::string_view why) { return {Slug::unauthorized, str("the token ", why)}; }

std::optional<Json> object_in(std::string_view part) {
  const auto text = protocol::from_base64_url(part);
  if (!text) return std::nullopt;
  auto json = parse_json(*text);
  if (!json || !json->is_object()) return std::nullopt;
  return *std::move(json);
}

bool is_text(const Json& object, std::string_view name, std::string_view text) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() && *found == text;
}

std::optional<double> number(const Json& object, std::string_view name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

}  // namespace

Jwt::Jwt(net::JwsKey key, std::string issuer, std::string audience)
    : key_(std::move(key)), issuer_(std::move(issuer)), audience_(std::move(audience)) {}

Result<std::string> Jwt::user(std::string_view token, std::int64_t now_ms) const {
  std::array<std::string_view, 3> parts;
  const bool has_parts = protocol::split_exactly(token, '.', parts);
  const auto head = has_parts ? object_in(parts[0]) : std::nullopt;
  const auto signature = has_parts ? protocol::from_base64_url(parts[2]) : std::nullopt;
  if (!head || !signature) return refused("is not known, and no JWT");
  if (!is_text(*head, "alg", key_.algorithm())) {
    return refused(str("is not signed by ", key_.algorithm()));
  }
  if (head->contains("crit")) return refused("says crit, and nothing of that is known here");
  const std::string_view text = token.substr(0, token.rfind('.'));
  if (!key_.has_signed(text, *signature)) return refused("has a wrong signature");
  const auto claims = object_in(parts[1]);
  if (!claims) return refused("has no claims");
  if (auto good = check(*claims, now_ms); !good) return std::move(good).error();
  return (*claims)["sub"].get<std::string>();
}

Result<void> Jwt::check(const Json& claims, std::int64_t now_ms) const {
  const double now = static_cast<double>(now_ms) / 1000;
  const auto expires = number(claims, "exp");
  if (!expires) return refused("has no exp");
  if (now >= *expires + leeway_s) return refused("has expired");
  if (claims.contains("nbf")) {
    const auto begins = number(claims, "nbf");
    if (!begins || now < *begins - leeway_s) return refused("is not good yet: nbf");
  }
  if (!issuer_.empty() && !is_text(claims, "iss", issuer_)) {
    return refused(str("is not of issuer ", issuer_));
  }
  if (!audience_.empty() && !is_text(claims, "aud", audience_)) {
    const auto several = claims.find("aud");
    const bool is_among = several != claims.end() && several->is_array() &&
                          std::ranges::find(*several, Json(audience_)) != several->end();
    if (!is_among) return refused(str("is not for audience ", audience_));
  }
  const auto sub = claims.find("sub");
  const bool has_user = sub != claims.end() && sub->is_string() && *sub != "";
  if (!has_user) return refused("does not say whose it is: sub");
  return {};
}

}  // namespace rocketmq::gateway
