#pragma once

#include <rocketmq/result.h>

#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "net/http_message.h"
#include "proxy/http/json.h"

// What is told when something cannot be done: RFC 9457, with types of our own.

namespace rocketmq::gateway {

// The types. As an Error's code: what the gateway itself refuses.
enum class Slug {
  bad_request = 1,
  illegal_topic,
  illegal_group,
  illegal_filter,
  illegal_property,
  message_type_conflict,
  invalid_receipt,
  unauthorized,
  forbidden,
  not_found,
  topic_not_found,
  group_not_found,
  message_not_found,
  transaction_not_found,
  method_not_allowed,
  receipt_expired,
  conflict,
  body_too_large,
  unsupported_media_type,
  properties_too_large,
  throttled,
  broker_busy,
  no_broker,
  not_ready,
  internal,
  not_supported_by_cluster,
  upstream_timeout,
};
const std::error_category& slug_category() noexcept;
inline std::error_code make_error_code(Slug slug) noexcept {
  return {static_cast<int>(slug), slug_category()};
}

// Something in the body is not as it should be. `pointer` as RFC 6901 has it: "/messages/0/body".
Error invalid(std::string_view pointer, std::string_view what, Slug slug = Slug::bad_request);

struct Problem {
  Slug slug = Slug::internal;
  std::string detail;
  std::string pointer;               // empty: it is of nothing in the body
  std::optional<int> remoting_code;  // what the broker answered
  bool may_have_happened = false;

  unsigned status() const;
};
// Of whatever went wrong on the way to the cluster, or before.
Problem problem_of(const Error& error);

// `request_id` is what `instance` names.
Json json_of(const Problem& problem, std::string_view request_id);
// `results`: of a request with several parts; null otherwise.
net::HttpResponse response_of(const Problem& problem, std::string_view request_id,
                              const Json* results = nullptr);

}  // namespace rocketmq::gateway

template <>
struct std::is_error_code_enum<rocketmq::gateway::Slug> : std::true_type {};
