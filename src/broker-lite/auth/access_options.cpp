#include "broker-lite/auth/access_options.h"

#include <string_view>
#include <utility>

#include "protocol/describe.h"
#include "protocol/json_body.h"
#include "protocol/split.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

Error named(std::string_view setting, const Error& error) {
  return Error{Errc::invalid_argument, str(setting, ": ", error.message)};
}

Result<std::set<std::int32_t>> parse_code_list(std::string_view text) {
  std::set<std::int32_t> codes;
  while (!text.empty()) {
    std::string_view word = protocol::take_until(text, ',');
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (word.empty()) continue;
    std::int32_t code = 0;
    if (!protocol::from_text(word, code)) {
      return Error{Errc::invalid_argument, str("'", word, "' is no request code")};
    }
    codes.insert(code);
  }
  return codes;
}

}  // namespace

Result<AccessOptions> access_options(const BrokerOptions& options) {
  AccessOptions access{.authentication_enabled = options.authentication_enabled,
                       .authorization_enabled = options.authorization_enabled,
                       .cluster = options.broker_cluster_name};
  auto codes = parse_code_list(options.authentication_whitelist);
  if (!codes) return named("authenticationWhitelist", codes.error());
  access.authentication_whitelist = *std::move(codes);
  codes = parse_code_list(options.authorization_whitelist);
  if (!codes) return named("authorizationWhitelist", codes.error());
  access.authorization_whitelist = *std::move(codes);
  return access;
}

Result<std::vector<InitialUser>> initial_users(const BrokerOptions& options) {
  std::vector<InitialUser> users;
  for (const auto& [name, json] :
       {std::pair("initAuthenticationUser", &options.init_authentication_user),
        std::pair("innerClientAuthenticationCredentials",
                  &options.inner_client_authentication_credentials)}) {
    if (json->empty()) continue;
    auto user = protocol::from_json<InitialUser>(*json, "user");
    if (!user) return named(name, user.error());
    if (user->access_key) user->username = *user->access_key;
    if (user->secret_key) user->password = *user->secret_key;
    if (user->username.empty() || user->password.empty()) {
      return named(name, {Errc::invalid_argument, "a name and a password are needed"});
    }
    users.push_back(*std::move(user));
  }
  return users;
}

}  // namespace rocketmq::broker
