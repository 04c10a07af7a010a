#pragma once

#include <rocketmq/admin.h>
#include <rocketmq/result.h>

#include <optional>
#include <string>

// What users and rules of the cluster have in common. They are those of ACL 2.0, which brokers have
// since 5.3.

namespace rocketmq::gateway {

// Why a cluster told nothing about its users or rules, where it may have none.
Error no_users(Error error);

// Nothing: there is no such user.
Result<std::optional<User>> find_user(Admin& admin, const std::string& name);

}  // namespace rocketmq::gateway
