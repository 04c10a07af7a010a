#include "proxy/http/resource.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/http/percent.h"

namespace rocketmq::gateway {
namespace {

using Parts = std::map<std::string, std::string, std::less<>>;

constexpr std::array all_routes{
    Route{"POST", "/v1/topics/{topic}/messages", Operation::send},
    Route{"POST", "/v1/topics/{topic}/messages:transaction", Operation::send_transaction},
    Route{"POST", "/v1/topics/{topic}/messages:request", Operation::request},
    Route{"POST", "/v1/transactions/{id}:commit", Operation::commit},
    Route{"POST", "/v1/transactions/{id}:rollback", Operation::rollback},
    Route{"DELETE", "/v1/topics/{topic}/messages/{id}", Operation::recall},

    Route{"POST", "/v1/groups/{group}/messages:receive", Operation::receive},
    Route{"POST", "/v1/groups/{group}/messages:ack", Operation::ack},
    Route{"POST", "/v1/groups/{group}/messages:nack", Operation::nack},
    Route{"POST", "/v1/groups/{group}/messages:extend", Operation::extend},
    Route{"POST", "/v1/groups/{group}/messages:deadletter", Operation::dead_letter},
    Route{"GET", "/v1/groups/{group}/messages", Operation::take},
    Route{"GET", "/v1/groups/{group}/stream", Operation::stream},
    // Who it is may be said over the WebSocket.
    Route{"GET", "/v1/ws", Operation::socket, Right::nothing},

    Route{"GET", "/v1/cluster", Operation::cluster, Right::read},
    Route{"GET", "/v1/topics", Operation::topics, Right::read},
    Route{"GET", "/v1/topics/{topic}", Operation::topic, Right::read},
    Route{"PUT", "/v1/topics/{topic}", Operation::put_topic, Right::change},
    Route{"DELETE", "/v1/topics/{topic}", Operation::delete_topic, Right::change},
    Route{"GET", "/v1/topics/{topic}/route", Operation::topic_route},
    Route{"GET", "/v1/topics/{topic}/stats", Operation::topic_stats, Right::read},
    Route{"GET", "/v1/topics/{topic}/groups", Operation::topic_groups, Right::read},
    Route{"GET", "/v1/topics/{topic}/messages", Operation::find_messages},
    Route{"GET", "/v1/topics/{topic}/messages/{id}", Operation::message},
    Route{"GET", "/v1/topics/{topic}/queues/{broker}:{queue}/messages", Operation::queue_messages},
    Route{"GET", "/v1/traces/{id}", Operation::trace},
    Route{"GET", "/v1/groups", Operation::groups, Right::read},
    Route{"GET", "/v1/groups/{group}", Operation::group, Right::read},
    Route{"PUT", "/v1/groups/{group}", Operation::put_group, Right::change},
    Route{"DELETE", "/v1/groups/{group}", Operation::delete_group, Right::change},
    Route{"GET", "/v1/groups/{group}/clients", Operation::group_clients, Right::read},
    Route{"GET", "/v1/groups/{group}/lag", Operation::group_lag, Right::read},
    Route{"POST", "/v1/groups/{group}/offsets:reset", Operation::reset_offsets, Right::change},
    Route{"GET", "/v1/users", Operation::users, Right::read},
    Route{"GET", "/v1/users/{user}", Operation::user, Right::read},
    Route{"PUT", "/v1/users/{user}", Operation::put_user, Right::change},
    Route{"DELETE", "/v1/users/{user}", Operation::delete_user, Right::change},
    Route{"GET", "/v1/acls", Operation::acls, Right::read},
    Route{"GET", "/v1/acls/{subject}", Operation::acl, Right::read},
    Route{"PUT", "/v1/acls/{subject}", Operation::put_acl, Right::change},
    Route{"DELETE", "/v1/acls/{subject}", Operation::delete_acl, Right::change},

    Route{"GET", "/openapi.json", Operation::openapi, Right::nothing},
    Route{"GET", "/healthz", Operation::health, Right::nothing},
    Route{"GET", "/readyz", Operation::readiness, Right::nothing},
    Route{"GET", "/metrics", Operation::metrics, Right::nothing},
};

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the '/'
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end, path.size()));
  }
  return segments;
}

// "{broker}:{queue}" of "a:b:3" is "a:b" and "3": the last that fits, for names may have anything.
bool matches(std::string_view pattern, std::string_view text, Parts& parts) {
  const std::size_t open = pattern.find('{');
  if (open == pattern.npos) return pattern == text;
  const std::size_t close = pattern.find('}');
  if (!text.starts_with(pattern.substr(0, open))) return false;
  text.remove_prefix(open);
  const std::string_view name = pattern.substr(open + 1, close - open - 1);
  const std::string_view after = pattern.substr(close + 1);
  const std::string_view literal = after.substr(0, after.find('{'));
  const std::size_t at = literal.empty() ? text.size() : text.rfind(literal);
  if (at == text.npos || at == 0) return false;
  if (!matches(after, text.substr(at), parts)) return false;
  parts.insert_or_assign(std::string(name), std::string(text.substr(0, at)));
  return true;
}

std::optional<Parts> match(std::string_view pattern, const std::vector<std::string>& segments) {
  const auto wanted = segments_of(pattern);
  if (wanted.size() != segments.size()) return std::nullopt;
  Parts parts;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!matches(wanted[i], segments[i], parts)) return std::nullopt;
  }
  return parts;
}

}  // namespace

std::span<const Route> routes() { return all_routes; }

Found find_resource(std::string_view method, std::string_view path) {
  if (!path.starts_with('/')) return BadPath{"the target is not a path"};
  std::vector<std::string> segments;
  for (const std::string_view encoded : segments_of(path)) {
    auto segment = percent_decoded(encoded);
    if (!segment) return BadPath{"the path is not percent-encoded as it should be"};
    segments.push_back(*std::move(segment));
  }
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  std::string allowed;
  for (const Route& route : all_routes) {
    auto parts = match(route.pattern, segments);
    if (!parts) continue;
    if (route.method == wanted) return Resource{.route = &route, .parts = *std::move(parts)};
    if (!allowed.empty()) allowed += ", ";
    allowed += route.method;
  }
  if (!allowed.empty()) return NoSuchMethod{std::move(allowed)};
  return NoSuchPath{};
}

}  // namespace rocketmq::gateway
