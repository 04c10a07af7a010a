#include "broker-lite/auth/access.h"

#include <string_view>
#include <utility>

#include "broker-lite/auth/needs.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

// Until this version clients added a field after they had signed. Java:
// DefaultAuthenticationContextBuilder.
constexpr std::int32_t version_with_unsigned_field = 399;
constexpr std::string_view unsigned_field = "_UNIQUE_KEY_QUERY";
constexpr std::string_view signature_field = "Signature";

Error refused(std::string remark) { return Error{ResponseCode::no_permission, std::move(remark)}; }

std::string_view text_of(const net::RequestContext& context, std::string_view name) {
  const std::string_view* value = protocol::find_field(context.command.fields, name);
  return value == nullptr ? std::string_view() : *value;
}

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
  const Users::User* user = users_.find(text_of(context, "AccessKey"));
  return user != nullptr && user->is_super;
}

Result<Users::User*> Access::authenticate(const net::RequestContext& context) {
  const std::string_view name = text_of(context, "AccessKey");
  if (name.empty()) return refused("username cannot be null.");
  Users::User* user = users_.find(name);
  if (user == nullptr) return refused(str("User:", name, " is not found."));
  if (!user->is_enabled) return refused(str("User:", name, " is disabled."));
  fields_.clear();
  for (const protocol::Field& field : context.command.fields) {
    const bool is_left_out =
        context.version() <= version_with_unsigned_field && field.name == unsigned_field;
    if (!is_left_out) fields_.push_back({field.name, field.value});
  }
  if (!user->signer->verify(fields_, context.body(), text_of(context, signature_field))) {
    return refused("check signature failed.");
  }
  return user;
}

Result<void> Access::authorize(const net::RequestContext& context) {
  const std::string_view name = text_of(context, "AccessKey");
  if (name.empty()) return refused("username cannot be null.");
  const Users::User* user = users_.find(name);
  if (user == nullptr) return refused(str("User:", name, " is not found."));
  if (user->is_super) return {};
  kept_.clear();
  for (const Need& need : needs_of(context.command, options_.cluster, kept_)) {
    if (auto may = policies_.check(name, without_port(context.peer()), need); !may) return may;
  }
  return {};
}

}  // namespace rocketmq::broker
