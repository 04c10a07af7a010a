#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/json_body.h"

// Users and what they may do, since 5.3. Java: UserInfo, AclInfo.

namespace rocketmq::protocol {

struct UserInfo {
  std::optional<std::string> password;
  std::optional<std::string> user_status;  // enable or disable
  std::optional<std::string> user_type;    // Super or Normal
  std::optional<std::string> username;

  template <class V>
  static constexpr void fields(V&& v) {
    v("password", &UserInfo::password);
    v("userStatus", &UserInfo::user_status);
    v("userType", &UserInfo::user_type);
    v("username", &UserInfo::username);
  }
  bool operator==(const UserInfo&) const = default;
};

// Java: AclInfo.PolicyEntryInfo.
struct PolicyEntryInfo {
  std::optional<std::vector<std::string>> actions;  // Pub, Sub, Create, …, or All
  std::optional<std::string> decision;              // Allow or Deny
  std::optional<std::string> resource;              // "Topic:T", "Group:*"
  std::optional<std::vector<std::string>> source_ips;

  template <class V>
  static constexpr void fields(V&& v) {
    v("actions", &PolicyEntryInfo::actions);
    v("decision", &PolicyEntryInfo::decision);
    v("resource", &PolicyEntryInfo::resource);
    v("sourceIps", &PolicyEntryInfo::source_ips);
  }
  bool operator==(const PolicyEntryInfo&) const = default;
};

struct PolicyInfo {
  std::optional<std::vector<PolicyEntryInfo>> entries;
  std::optional<std::string> policy_type;  // Custom or Default

  template <class V>
  static constexpr void fields(V&& v) {
    v("entries", &PolicyInfo::entries);
    v("policyType", &PolicyInfo::policy_type);
  }
  bool operator==(const PolicyInfo&) const = default;
};

struct AclInfo {
  std::optional<std::vector<PolicyInfo>> policies;
  std::optional<std::string> subject;  // "User:alice"

  template <class V>
  static constexpr void fields(V&& v) {
    v("policies", &AclInfo::policies);
    v("subject", &AclInfo::subject);
  }
  bool operator==(const AclInfo&) const = default;
};

}  // namespace rocketmq::protocol
