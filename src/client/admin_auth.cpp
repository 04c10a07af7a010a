#include "client/admin_calls.h"
#include "protocol/json_body.h"
#include "protocol/requests/auth_admin.h"

namespace rocketmq {
namespace {

using client::AdminCalls;

protocol::UserInfo info_of(const User& user) {
  const auto given = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
  };
  return {.password = given(user.password),
          .user_status = given(user.status),
          .user_type = given(user.type),
          .username = user.username};
}

protocol::AclInfo info_of(const Acl& acl) {
  protocol::PolicyInfo policy;
  policy.policy_type = acl.policy_type.empty() ? "Custom" : acl.policy_type;
  policy.entries.emplace();
  for (const AclRule& rule : acl.rules) {
    policy.entries->push_back({.actions = rule.actions,
                               .decision = rule.decision,
                               .resource = rule.resource,
                               .source_ips = rule.source_ips});
  }
  return {.policies = std::vector{std::move(policy)}, .subject = acl.subject};
}

User user_of(const protocol::UserInfo& info) {
  return {.username = info.username.value_or(""),
          .password = "",
          .type = info.user_type.value_or(""),
          .status = info.user_status.value_or("")};
}

// One entry for each kind of policy that the subject has.
void add_acls(const protocol::AclInfo& info, std::vector<Acl>& acls) {
  if (!info.policies) return;
  for (const protocol::PolicyInfo& policy : *info.policies) {
    Acl& acl = acls.emplace_back();
    acl.subject = info.subject.value_or("");
    acl.policy_type = policy.policy_type.value_or("");
    if (!policy.entries) continue;
    for (const protocol::PolicyEntryInfo& entry : *policy.entries) {
      acl.rules.push_back({.resource = entry.resource.value_or(""),
                           .actions = entry.actions.value_or(std::vector<std::string>{}),
                           .source_ips = entry.source_ips.value_or(std::vector<std::string>{}),
                           .decision = entry.decision.value_or("")});
    }
  }
}

template <class Req>
net::Task<Result<void>> tell_masters(AdminCalls& calls, Req request, std::string body) {
  const auto addresses = co_await calls.addresses("", "");
  if (!addresses) co_return addresses.error();
  co_return co_await calls.tell(*addresses, request, body);
}

// A list of nothing has no body. Java: AdminBrokerProcessor.listUser, listAcl.
template <class Req>
net::Task<Result<typename Req::ResponseBody>> ask_list(AdminCalls& calls, std::string address,
                                                       Req request) {
  const auto answer = co_await calls.ask(address, request);
  if (!answer) co_return answer.error();
  if (answer->body.empty()) co_return typename Req::ResponseBody();
  co_return protocol::from_json<typename Req::ResponseBody>(answer->body, "a list");
}

net::Task<Result<void>> put_user(AdminCalls& calls, User user, bool is_new) {
  std::string body = protocol::to_json(info_of(user));
  if (is_new) {
    co_return co_await tell_masters(calls, protocol::AuthCreateUser{.username = user.username},
                                    std::move(body));
  }
  co_return co_await tell_masters(calls, protocol::AuthUpdateUser{.username = user.username},
                                  std::move(body));
}

net::Task<Result<void>> delete_user(AdminCalls& calls, std::string username) {
  co_return co_await tell_masters(calls, protocol::AuthDeleteUser{.username = username}, "");
}

net::Task<Result<std::vector<User>>> users(AdminCalls& calls, std::string filter) {
  const auto masters = co_await calls.addresses("", "");
  if (!masters) co_return masters.error();
  const auto list =
      co_await ask_list(calls, masters->front(), protocol::AuthListUser{.filter = filter});
  if (!list) co_return list.error();
  std::vector<User> users;
  for (const protocol::UserInfo& info : *list) users.push_back(user_of(info));
  co_return users;
}

net::Task<Result<void>> put_acl(AdminCalls& calls, Acl acl, bool is_new) {
  std::string body = protocol::to_json(info_of(acl));
  if (is_new) {
    co_return co_await tell_masters(calls, protocol::AuthCreateAcl{.subject = acl.subject},
                                    std::move(body));
  }
  co_return co_await tell_masters(calls, protocol::AuthUpdateAcl{.subject = acl.subject},
                                  std::move(body));
}

net::Task<Result<void>> delete_acl(AdminCalls& calls, std::string subject, std::string resource) {
  protocol::AuthDeleteAcl request{.subject = subject};
  if (!resource.empty()) request.resource = resource;
  co_return co_await tell_masters(calls, request, "");
}

net::Task<Result<std::vector<Acl>>> acls(AdminCalls& calls, std::string subject_filter,
                                         std::string resource_filter) {
  const auto masters = co_await calls.addresses("", "");
  if (!masters) co_return masters.error();
  const auto list = co_await ask_list(
      calls, masters->front(),
      protocol::AuthListAcl{.subject_filter = subject_filter, .resource_filter = resource_filter});
  if (!list) co_return list.error();
  std::vector<Acl> acls;
  for (const protocol::AclInfo& info : *list) add_acls(info, acls);
  co_return acls;
}

}  // namespace

Result<void> Admin::create_user(const User& user) {
  return impl_->run<void>([&](AdminCalls& calls) { return put_user(calls, user, true); });
}

Result<void> Admin::update_user(const User& user) {
  return impl_->run<void>([&](AdminCalls& calls) { return put_user(calls, user, false); });
}

Result<void> Admin::delete_user(const std::string& username) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::delete_user(calls, username); });
}

Result<std::vector<User>> Admin::users(const std::string& filter) {
  return impl_->run<std::vector<User>>(
      [&](AdminCalls& calls) { return rocketmq::users(calls, filter); });
}

Result<void> Admin::create_acl(const Acl& acl) {
  return impl_->run<void>([&](AdminCalls& calls) { return put_acl(calls, acl, true); });
}

Result<void> Admin::update_acl(const Acl& acl) {
  return impl_->run<void>([&](AdminCalls& calls) { return put_acl(calls, acl, false); });
}

Result<void> Admin::delete_acl(const std::string& subject, const std::string& resource) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::delete_acl(calls, subject, resource); });
}

Result<std::vector<Acl>> Admin::acls(const std::string& subject_filter,
                                     const std::string& resource_filter) {
  return impl_->run<std::vector<Acl>>(
      [&](AdminCalls& calls) { return rocketmq::acls(calls, subject_filter, resource_filter); });
}

}  // namespace rocketmq
