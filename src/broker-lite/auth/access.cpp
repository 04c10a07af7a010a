#include "broker-lite/auth/access.h"

#include <utility>

#include "broker-lite/auth/peer_ip.h"
#include "protocol/access/needs.h"
#include "protocol/authentication.h"

namespace rocketmq::broker {

Access::Access(AccessOptions options, Users& users, protocol::Policies& policies)
    : options_(std::move(options)), users_(users), policies_(policies) {}

Result<void> Access::check(const net::RequestContext& context) {
  if (options_.authentication_enabled &&
      !options_.authentication_whitelist.contains(context.command.code)) {
    if (auto user = authenticate(context); !user) return std::move(user).error();
  }
  if (!options_.authorization_enabled ||
      options_.authorization_whitelist.contains(context.command.code)) {
    return {};
  }
  return authorize(context);
}

bool Access::is_by_super(const net::RequestContext& context) {
  if (!options_.authentication_enabled) return true;
  const auto name = protocol::user_of(context.command);
  const Users::User* user = name ? users_.find(*name) : nullptr;
  return user != nullptr && user->is_super;
}

Result<Users::User*> Access::authenticate(const net::RequestContext& context) {
  const auto name = protocol::user_of(context.command);
  if (!name) return name.error();
  Users::User* user = users_.find(*name);
  if (user == nullptr) return protocol::user_not_found(*name);
  if (!user->is_enabled) return protocol::user_disabled(*name);
  if (auto good = protocol::check_signature(context.command, *user->signer, fields_); !good) {
    return std::move(good).error();
  }
  return user;
}

Result<void> Access::authorize(const net::RequestContext& context) {
  const auto name = protocol::user_of(context.command);
  if (!name) return name.error();
  const Users::User* user = users_.find(*name);
  if (user == nullptr) return protocol::user_not_found(*name);
  if (user->is_super) return {};
  kept_.clear();
  for (const protocol::Need& need : needs_of(context.command, options_.cluster, kept_)) {
    if (auto may = policies_.check(*name, ip_of_peer(context.peer()), need); !may) return may;
  }
  return {};
}

}  // namespace rocketmq::broker
