#include "broker-lite/access_control.h"

#include <utility>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/store/posix_file.h"

namespace rocketmq::broker {

AccessControl::AccessControl(Core& core, Users& users, protocol::Policies& policies,
                             SavedTables& saved, net::LogLine log)
    : core_(core), users_(users), policies_(policies), saved_(saved), log_(std::move(log)) {}

Result<void> AccessControl::load(net::Router& router) {
  if (core_.options.acl_enable) return load_accounts(router);
  if (core_.options.authentication_enabled) return load_users(router);
  return {};
}

Result<void> AccessControl::load_users(net::Router& router) {
  auto access = access_options(core_.options);
  if (!access) return std::move(access).error();
  const auto initial = initial_users(core_.options);
  if (!initial) return initial.error();
  if (auto loaded = saved_.load_access(); !loaded) return loaded;
  for (const InitialUser& user : *initial) users_.create_super(user.username, user.password);
  access_.emplace(*std::move(access), users_, policies_);
  router.add_guard([this](const net::RequestContext& context) { return access_->check(context); });
  add_auth_handlers(router, users_, policies_, *access_,
                    [this](const SavedTable::Done& done) { saved_.save_access(done); });
  return {};
}

Result<void> AccessControl::load_accounts(net::Router& router) {
  const BrokerOptions& options = core_.options;
  auto home = open_posix_directory(options.acl_home);
  if (!home) return std::move(home).error();
  acl_home_ = *std::move(home);
  auto acl =
      PlainAcl::open(core_.loop, {*acl_home_, options.acl_home, options.acl_plain_file}, log_);
  if (!acl) return std::move(acl).error();
  plain_acl_ = *std::move(acl);
  router.add_guard(
      [this](const net::RequestContext& context) { return plain_acl_->check(context); });
  add_plain_acl_handlers(router, core_, *plain_acl_);
  return {};
}

}  // namespace rocketmq::broker
