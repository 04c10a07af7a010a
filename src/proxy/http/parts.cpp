#include "proxy/http/parts.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "client/names.h"
#include "protocol/str.h"
#include "proxy/http/origins.h"

namespace rocketmq::gateway {
namespace {

Error body_error(Error error) {
  const bool is_peers_fault = error.code == Errc::timeout || error.code == Errc::bad_frame;
  if (is_peers_fault) error.code = Slug::bad_request;
  if (error.code == Errc::unsupported) error.code = Slug::unsupported_media_type;
  return error;
}

}  // namespace

Reply json_reply(const Json& json, unsigned status) {
  return Reply(net::HttpResponse{
      .status = status, .body = to_text(json), .content_type = "application/json"});
}

Reply empty_reply() { return Reply(net::HttpResponse{.status = 204}); }

net::Task<Result<std::string>> read_body(Parts& parts, RequestPtr request) {
  auto body = co_await request->call.read_body(parts.options.body_bytes_max);
  if (!body) co_return body_error(std::move(body).error());
  co_return body;
}

std::string content_type(const net::HttpRequest& request) {
  const std::string* const header = request.header("Content-Type");
  if (header == nullptr) return {};
  std::string type = header->substr(0, header->find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::ranges::transform(type, type.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type;
}

Result<void> expect_json(const net::HttpRequest& request) {
  const std::string type = content_type(request);
  if (type == "application/json") return {};
  return Error{Slug::unsupported_media_type,
               str("Content-Type is ", type.empty() ? "missing" : type, ", not application/json")};
}

std::vector<net::HttpHeader> headers_of_all(const Request& request) {
  std::vector<net::HttpHeader> headers{{std::string(request_id_header), request.id}};
  if (std::string origin = Origins::origin_of(request.head()); !origin.empty()) {
    headers.push_back({"Access-Control-Allow-Origin", std::move(origin)});
    headers.push_back({"Access-Control-Expose-Headers", "Location, Retry-After, Rmq-Request-Id"});
    headers.push_back({"Vary", "Origin"});
  }
  return headers;
}

net::HttpResponse stream_head(const Request& request, std::string_view type) {
  return {.content_type = std::string(type), .headers = headers_of_all(request)};
}

Result<void> count_request(Parts& parts, const Request& request) {
  const std::string_view peer = request.head().peer;
  const std::string_view who =
      request.user.empty() ? peer.substr(0, peer.rfind(':')) : std::string_view(request.user);
  const bool may = parts.clients.take(who, parts.loop().now());
  if (may) return {};
  return Error{Slug::throttled, "this client has had its requests of this second"};
}

Result<void> count_message(Parts& parts, const std::string& topic) {
  if (parts.topics.take(topic, parts.loop().now())) return {};
  return Error{Slug::throttled, str("topic ", topic, " has had its messages of this second")};
}

Result<void> check_topic(std::string_view topic) {
  auto checked = client::check_topic(topic);
  if (!checked) return Error{Slug::illegal_topic, checked.error().message};
  return {};
}

Result<void> check_group(std::string_view group) {
  auto checked = client::check_group("consumer", group);
  if (!checked) return Error{Slug::illegal_group, checked.error().message};
  return {};
}

}  // namespace rocketmq::gateway
