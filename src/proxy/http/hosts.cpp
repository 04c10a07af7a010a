#include "proxy/http/hosts.h"

#include <arpa/inet.h>
#include <strings.h>

#include <algorithm>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::gateway {
namespace {

bool is_same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// "mq.example" of "mq.example:8082", "::1" of "[::1]:8082". A name may end in a dot.
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  host = host.substr(0, host.rfind(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

bool is_address(std::string_view host) {
  const std::string text(host);
  in6_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

Hosts::Hosts(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {
  allowed_.emplace_back("localhost");
}

std::string Hosts::refusal(const net::HttpRequest& request) const {
  const std::string* const header = request.header("Host");
  if (header == nullptr) return {};  // no browser leaves it out
  const std::string_view host = without_port(*header);
  if (is_address(host) || is_allowed(host)) return {};
  return str("this gateway is open to everybody, and so to no page that calls it ", host,
             "; name it in httpHosts, or set httpUsersFile");
}

bool Hosts::is_allowed(std::string_view host) const {
  return std::ranges::any_of(
      allowed_, [host](std::string_view each) { return each == "*" || is_same_name(each, host); });
}

}  // namespace rocketmq::gateway
