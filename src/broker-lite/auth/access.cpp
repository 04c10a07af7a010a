#include "broker-lite/auth/access.h"

#include <string_view>
#include <utility>

#include "broker-lite/auth/needs.h"
#include "protocol/authentication.h"

namespace rocketmq::broker {
namespace {

// "10.0.0.9:5555" or "[fd00::2]:5555".
std::string_view without_port(std::string_view address) {
  address = address.substr(0, address.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  return address;
}

}  // namespace

Access::Access(AccessOptions options, Users& users, Policies& policies)
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
  for (const Need& need : needs_of(context.command, options_.cluster, kept_)) {
    if (auto may = policies_.check(*name, without_port(context.peer()), need); !may) return may;
  }
  return {};
}

}  // namespace rocketmq::broker
