#include "protocol/requests/auth_admin.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "broker-lite/auth/access.h"
#include "broker-lite/handlers/handlers.h"
#include "protocol/json_body.h"
#include "protocol/str.h"

// Users and what they may do. Java: AdminBrokerProcessor, since 5.3.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::AclInfo;
using protocol::UserInfo;

constexpr std::string_view user_prefix = "User:";

class AuthHandlers {
 public:
  AuthHandlers(Users& users, protocol::Policies& policies, Access& access)
      : users_(users), policies_(policies), access_(access) {}

  Result<void> create_user(const protocol::AuthCreateUser& request, RequestContext& context) {
    const auto info = protocol::from_json<UserInfo>(context.body(), "user");
    if (!info) return bad(info.error());
    return users_.create(name_of(request.username, *info), *info, access_.is_by_super(context));
  }
  Result<void> update_user(const protocol::AuthUpdateUser& request, RequestContext& context) {
    const auto info = protocol::from_json<UserInfo>(context.body(), "user");
    if (!info) return bad(info.error());
    return users_.update(name_of(request.username, *info), *info, access_.is_by_super(context));
  }
  Result<void> delete_user(const protocol::AuthDeleteUser& request, RequestContext&) {
    const std::string_view name = request.username.value_or("");
    users_.remove(name);
    policies_.remove(str(user_prefix, name), "", "");
    return {};
  }
  Result<void> get_user(const protocol::AuthGetUser& request, RequestContext& context) {
    if (const auto info = users_.info(request.username.value_or(""))) {
      context.reply.body = protocol::to_json(*info);
    }
    return {};
  }
  Result<void> list_users(const protocol::AuthListUser& request, RequestContext& context) {
    const auto found = users_.list(request.filter.value_or(""));
    if (!found.empty()) context.reply.body = protocol::to_json(found);
    return {};
  }

  template <class Req>  // create or update: an entry takes the place of one for the same resource
  Result<void> put_acl(const Req& request, RequestContext& context) {
    const std::string_view subject = request.subject.value_or("");
    const auto info = protocol::from_json<AclInfo>(context.body(), "acl");
    if (!info) return bad(info.error());
    if (!knows(subject)) {
      return Error{ResponseCode::no_permission, str("The subject of ", subject, " is not exist.")};
    }
    return policies_.put(subject, *info);
  }
  Result<void> delete_acl(const protocol::AuthDeleteAcl& request, RequestContext&) {
    policies_.remove(request.subject.value_or(""), request.policy_type.value_or(""),
                     request.resource.value_or(""));
    return {};
  }
  Result<void> get_acl(const protocol::AuthGetAcl& request, RequestContext& context) {
    const std::string_view subject = request.subject.value_or("");
    if (!knows(subject)) return Error{ResponseCode::no_permission, "The subject is not exist."};
    if (const auto info = policies_.info(subject)) context.reply.body = protocol::to_json(*info);
    return {};
  }
  Result<void> list_acls(const protocol::AuthListAcl& request, RequestContext& context) {
    const auto found =
        policies_.list(request.subject_filter.value_or(""), request.resource_filter.value_or(""));
    if (!found.empty()) context.reply.body = protocol::to_json(found);
    return {};
  }

 private:
  static Error bad(const Error& error) {
    return Error{ResponseCode::invalid_parameter, error.message};
  }
  static std::string_view name_of(const std::optional<protocol::Text>& field,
                                  const UserInfo& info) {
    if (field && !field->empty()) return *field;
    return info.username ? std::string_view(*info.username) : std::string_view();
  }
  bool knows(std::string_view subject) {
    return subject.starts_with(user_prefix) &&
           users_.find(subject.substr(user_prefix.size())) != nullptr;
  }

  Users& users_;
  protocol::Policies& policies_;
  Access& access_;
};

}  // namespace

void add_auth_handlers(net::Router& router, Users& users, protocol::Policies& policies,
                       Access& access, SaveChanges save) {
  const auto handlers = std::make_shared<AuthHandlers>(users, policies, access);
  const auto on_question =
      [&]<class Req>(Result<void> (AuthHandlers::*handle)(const Req&, RequestContext&)) {
        router.on<Req>([handlers, handle](const Req& request, RequestContext& context) {
          return ((*handlers).*handle)(request, context);
        });
      };
  const auto on_change =
      [&]<class Req>(Result<void> (AuthHandlers::*handle)(const Req&, RequestContext&)) {
        router.on_raw(static_cast<std::int32_t>(Req::code),
                      [handlers, handle, save](RequestContext& context) {
                        Req request{};
                        auto changed = protocol::decode_header(context.command.fields, request);
                        if (changed) changed = ((*handlers).*handle)(request, context);
                        if (!changed) return context.responder.fail(changed.error());
                        reply_when_saved(save, std::move(context.responder));
                      });
      };
  on_question(&AuthHandlers::get_user);
  on_question(&AuthHandlers::list_users);
  on_question(&AuthHandlers::get_acl);
  on_question(&AuthHandlers::list_acls);
  on_change(&AuthHandlers::create_user);
  on_change(&AuthHandlers::update_user);
  on_change(&AuthHandlers::delete_user);
  on_change(&AuthHandlers::put_acl<protocol::AuthCreateAcl>);
  on_change(&AuthHandlers::put_acl<protocol::AuthUpdateAcl>);
  on_change(&AuthHandlers::delete_acl);
}

}  // namespace rocketmq::broker
