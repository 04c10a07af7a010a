#pragma once

#include <rocketmq/result.h>

#include <memory>
#include <optional>

#include "broker-lite/auth/access.h"
#include "broker-lite/auth/plain_acl.h"
#include "broker-lite/core.h"
#include "broker-lite/saved_tables.h"
#include "net/router.h"

namespace rocketmq::broker {

// Who may do what at a broker: everybody everything, or as the users and policies of 5.x say, or
// the accounts of 4.x.
class AccessControl {
 public:
  // All of it outlives this.
  AccessControl(Core& core, Users& users, protocol::Policies& policies, SavedTables& saved,
                net::LogLine log);

  // As the options say. From then on `router` asks this first, and serves those who change it.
  // Errors: of files that cannot be read.
  Result<void> load(net::Router& router);

 private:
  Result<void> load_users(net::Router& router);
  Result<void> load_accounts(net::Router& router);

  Core& core_;
  Users& users_;
  protocol::Policies& policies_;
  SavedTables& saved_;
  const net::LogLine log_;
  std::optional<Access> access_;
  std::unique_ptr<Directory> acl_home_;
  std::unique_ptr<PlainAcl> plain_acl_;
};

}  // namespace rocketmq::broker
