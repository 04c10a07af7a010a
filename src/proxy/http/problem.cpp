#include "proxy/http/problem.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "protocol/str.h"

namespace rocketmq::gateway {
namespace {

struct Kind {
  Slug slug;
  std::string_view name;
  unsigned status;
  int code;  // of the 5.x protocol; 0: it has none for this
};
constexpr std::array kinds{
    Kind{Slug::bad_request, "bad-request", 400, 40000},
    Kind{Slug::illegal_topic, "illegal-topic", 400, 40002},
    Kind{Slug::illegal_group, "illegal-group", 400, 40003},
    Kind{Slug::illegal_filter, "illegal-filter", 400, 40010},
    Kind{Slug::illegal_property, "illegal-property", 400, 40007},
    Kind{Slug::message_type_conflict, "message-type-conflict", 400, 40014},
    Kind{Slug::invalid_receipt, "invalid-receipt", 400, 40013},
    Kind{Slug::unauthorized, "unauthorized", 401, 40100},
    Kind{Slug::forbidden, "forbidden", 403, 40300},
    Kind{Slug::not_found, "not-found", 404, 40400},
    Kind{Slug::topic_not_found, "topic-not-found", 404, 40402},
    Kind{Slug::group_not_found, "group-not-found", 404, 40403},
    Kind{Slug::message_not_found, "message-not-found", 404, 40401},
    Kind{Slug::transaction_not_found, "transaction-not-found", 404, 40008},
    Kind{Slug::method_not_allowed, "method-not-allowed", 405, 40000},
    Kind{Slug::receipt_expired, "receipt-expired", 410, 40013},
    Kind{Slug::conflict, "conflict", 409, 0},
    Kind{Slug::body_too_large, "body-too-large", 413, 41301},
    Kind{Slug::unsupported_media_type, "unsupported-media-type", 415, 40000},
    Kind{Slug::properties_too_large, "properties-too-large", 431, 43101},
    Kind{Slug::throttled, "throttled", 429, 42900},
    Kind{Slug::broker_busy, "broker-busy", 503, 42900},
    Kind{Slug::no_broker, "no-broker", 503, 50001},
    Kind{Slug::not_ready, "not-ready", 503, 50001},
    Kind{Slug::internal, "internal", 500, 50001},
    Kind{Slug::not_supported_by_cluster, "not-supported-by-cluster", 501, 50100},
    Kind{Slug::upstream_timeout, "upstream-timeout", 504, 50400},
};
constexpr int retry_after_ms = 1000;  // of what is better a little later

const Kind& kind_of(Slug slug) { return *std::ranges::find(kinds, slug, &Kind::slug); }

bool is_better_later(const Kind& kind) { return kind.status == 429 || kind.status == 503; }

class SlugCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "gateway"; }
  std::string message(int value) const override {
    return std::string(kind_of(static_cast<Slug>(value)).name);
  }
};

Slug slug_of(Errc code) {
  switch (code) {
    case Errc::timeout:
      return Slug::upstream_timeout;
    case Errc::not_connected:
    case Errc::no_name_server:
      return Slug::no_broker;
    case Errc::no_route:
      return Slug::topic_not_found;
    case Errc::invalid_argument:
    case Errc::bad_message:
      return Slug::bad_request;
    case Errc::too_large:
      return Slug::body_too_large;
    case Errc::overloaded:
      return Slug::throttled;
    case Errc::client_closed:
      return Slug::not_ready;
    case Errc::unsupported:
      return Slug::not_supported_by_cluster;
    default:
      return Slug::internal;
  }
}

Slug slug_of(ResponseCode code) {
  switch (code) {
    case ResponseCode::system_busy:
    case ResponseCode::flow_control:
      return Slug::throttled;
    case ResponseCode::service_not_available:
    case ResponseCode::go_away:
      return Slug::broker_busy;
    case ResponseCode::request_code_not_supported:
    case ResponseCode::version_not_supported:
      return Slug::not_supported_by_cluster;
    case ResponseCode::topic_not_exist:
      return Slug::topic_not_found;
    case ResponseCode::subscription_group_not_exist:
      return Slug::group_not_found;
    case ResponseCode::no_message:
    case ResponseCode::query_not_found:
    case ResponseCode::pull_not_found:
      return Slug::message_not_found;
    case ResponseCode::no_permission:
      return Slug::forbidden;
    case ResponseCode::subscription_parse_failed:
      return Slug::illegal_filter;
    case ResponseCode::message_illegal:
      return Slug::illegal_property;
    case ResponseCode::invalid_parameter:
      return Slug::bad_request;
    case ResponseCode::consumer_not_online:
      return Slug::conflict;
    default:
      return Slug::internal;
  }
}

}  // namespace

const std::error_category& slug_category() noexcept {
  static const SlugCategory category;
  return category;
}

// The pointer travels in the message, which is read by people too.
Error invalid(std::string_view pointer, std::string_view what, Slug slug) {
  return {slug, pointer.empty() ? std::string(what) : str(pointer, ": ", what)};
}

unsigned Problem::status() const { return kind_of(slug).status; }

Problem problem_of(const Error& error) {
  Problem problem{.detail = error.message, .may_have_happened = error.outcome == Outcome::unknown};
  if (error.code.category() == slug_category()) {
    problem.slug = static_cast<Slug>(error.code.value());
    const std::size_t end = error.message.find(": ");
    if (error.message.starts_with('/') && end != std::string::npos) {
      problem.pointer = error.message.substr(0, end);
      problem.detail = error.message.substr(end + 2);
    }
  } else if (error.code.category() == client_category()) {
    problem.slug = slug_of(static_cast<Errc>(error.code.value()));
  } else {
    problem.slug = slug_of(static_cast<ResponseCode>(error.code.value()));
    problem.remoting_code = error.code.value();
  }
  return problem;
}

Json json_of(const Problem& problem, std::string_view request_id) {
  const Kind& kind = kind_of(problem.slug);
  Json json = {{"type", str("/problems/", kind.name)},
               {"title", net::http_reason(kind.status)},
               {"status", kind.status}};
  json["detail"] = problem.detail;
  if (!request_id.empty()) json["instance"] = str("/requests/", request_id);
  if (kind.code != 0) json["code"] = kind.code;
  if (problem.remoting_code) json["remotingCode"] = *problem.remoting_code;
  if (problem.may_have_happened) json["mayHaveHappened"] = true;
  if (is_better_later(kind)) json["retryAfterMs"] = retry_after_ms;
  if (!problem.pointer.empty()) {
    json["errors"] = Json::array({{{"pointer", problem.pointer}, {"detail", problem.detail}}});
  }
  return json;
}

net::HttpResponse response_of(const Problem& problem, std::string_view request_id,
                              const Json* results) {
  Json json = json_of(problem, request_id);
  if (results != nullptr) json["results"] = *results;
  net::HttpResponse response{.status = problem.status(),
                             .body = to_text(json),
                             .content_type = "application/problem+json"};
  if (problem.slug == Slug::unauthorized) {
    response.headers.push_back({"WWW-Authenticate", "Basic realm=\"rocketmq\", Bearer"});
  }
  if (is_better_later(kind_of(problem.slug))) {
    response.headers.push_back({"Retry-After", str(retry_after_ms / 1000)});
  }
  return response;
}

}  // namespace rocketmq::gateway
