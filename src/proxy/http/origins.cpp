#include "proxy/http/origins.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::gateway {
namespace {

std::string_view header_of(const net::HttpRequest& request, std::string_view name) {
  const std::string* const header = request.header(name);
  return header == nullptr ? std::string_view() : std::string_view(*header);
}

// Behind something that ends TLS, https is http here.
bool is_same_host(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  return scheme != origin.npos && !host.empty() && origin.substr(scheme + 3) == host;
}

}  // namespace

Origins::Origins(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

std::string Origins::origin_of(const net::HttpRequest& request) {
  return std::string(header_of(request, "Origin"));
}

std::string Origins::refusal(const net::HttpRequest& request) const {
  const auto is_allowed = [this](std::string_view origin) {
    return std::ranges::find(allowed_, origin) != allowed_.end();
  };
  const std::string_view origin = header_of(request, "Origin");
  if (is_allowed("*")) return {};
  // A picture's address, for one, is fetched without an Origin; same-site is another port of the
  // same host, or a neighbour in its domain.
  const std::string_view site = header_of(request, "Sec-Fetch-Site");
  if (origin.empty() && (site == "cross-site" || site == "same-site")) {
    return "this was sent for a page from elsewhere";
  }
  if (origin.empty() || is_allowed(origin) || is_same_host(origin, header_of(request, "Host"))) {
    return {};
  }
  return str("pages of ", origin, " may not use this gateway; httpOrigins says which may");
}

bool Origins::is_preflight(const net::HttpRequest& request) {
  return request.method == "OPTIONS" && request.header("Origin") != nullptr &&
         request.header("Access-Control-Request-Method") != nullptr;
}

net::HttpResponse Origins::preflight_answer(const net::HttpRequest& request) {
  net::HttpResponse response{.status = 204};
  response.headers.push_back({"Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"});
  if (const std::string_view names = header_of(request, "Access-Control-Request-Headers");
      !names.empty()) {
    response.headers.push_back({"Access-Control-Allow-Headers", std::string(names)});
  }
  response.headers.push_back({"Access-Control-Max-Age", "600"});
  return response;
}

}  // namespace rocketmq::gateway
