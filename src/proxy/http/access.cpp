#include "proxy/http/access.h"

#include <strings.h>

#include <utility>

#include "protocol/base64.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

// Takes as long whatever is different.
bool is_same_secret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    difference |= static_cast<unsigned char>(a[i] ^ other);
  }
  return difference == 0;
}

bool is_loopback(std::string_view peer) {
  return peer.starts_with("127.") || peer.starts_with("[::1]");
}

Error refused(std::string why) { return {Slug::unauthorized, std::move(why)}; }

// "Basic abc" is "abc" for `scheme` Basic, however that is written; empty: another scheme.
std::string_view after_scheme(std::string_view header, std::string_view scheme) {
  const bool fits = header.size() > scheme.size() && header[scheme.size()] == ' ' &&
                    strncasecmp(header.data(), scheme.data(), scheme.size()) == 0;
  return fits ? header.substr(scheme.size() + 1) : std::string_view();
}

}  // namespace

Access::Access(std::map<std::string, std::string> users, std::vector<std::string> tokens,
               bool is_encrypted, std::shared_ptr<const Jwt> jwt)
    : users_(std::move(users)),
      tokens_(std::move(tokens)),
      is_encrypted_(is_encrypted),
      jwt_(std::move(jwt)) {}

Result<std::string> Access::user(const net::HttpRequest& request, std::int64_t now_ms) const {
  if (is_everybodys()) return std::string();
  const std::string* const header = request.header("Authorization");
  if (header == nullptr) return refused("say who you are, with an Authorization header");
  if (const auto token = after_scheme(*header, "Bearer"); !token.empty()) {
    return user_of_token(token, now_ms);
  }
  if (const auto credentials = after_scheme(*header, "Basic"); !credentials.empty()) {
    return basic_user(credentials, request.peer);
  }
  return refused("the Authorization header is neither Basic nor Bearer");
}

Result<std::string> Access::user_of_token(std::string_view token, std::int64_t now_ms) const {
  bool is_known = false;
  for (const std::string& each : tokens_) is_known |= is_same_secret(each, token);
  if (is_known) return std::string(token);
  if (jwt_ != nullptr) return jwt_->user(token, now_ms);
  return refused("the token is not known");
}

bool Access::takes_secrets_from(std::string_view peer) const {
  return is_encrypted_ || is_loopback(peer);
}

Result<std::string> Access::basic_user(std::string_view credentials, std::string_view peer) const {
  if (!takes_secrets_from(peer)) {
    return refused("a secret is taken over TLS or from this machine only");
  }
  const auto plain = protocol::from_base64(credentials);
  const std::size_t colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return refused("the Basic credentials are not base64 of key:secret");
  }
  const auto user = users_.find(plain->substr(0, colon));
  const bool is_right =
      user != users_.end() && is_same_secret(user->second, plain->substr(colon + 1));
  if (!is_right) return refused("access key or secret is wrong");
  return user->first;
}

}  // namespace rocketmq::gateway
