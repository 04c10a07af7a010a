#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/bodies/auth_data.h"
#include "protocol/describe.h"

// Users and what they may do, since 5.3. Java: AdminBrokerProcessor.

namespace rocketmq::protocol {

struct AuthCreateUser {
  static constexpr auto code = RequestCode::auth_create_user;
  using Response = NoFields;
  using Body = UserInfo;

  std::optional<Text> username;

  template <class V>
  static constexpr void fields(V&& v) {
    v("username", &AuthCreateUser::username);
  }
  bool operator==(const AuthCreateUser&) const = default;
};

struct AuthUpdateUser {
  static constexpr auto code = RequestCode::auth_update_user;
  using Response = NoFields;
  using Body = UserInfo;

  std::optional<Text> username;

  template <class V>
  static constexpr void fields(V&& v) {
    v("username", &AuthUpdateUser::username);
  }
  bool operator==(const AuthUpdateUser&) const = default;
};

struct AuthDeleteUser {
  static constexpr auto code = RequestCode::auth_delete_user;
  using Response = NoFields;

  std::optional<Text> username;

  template <class V>
  static constexpr void fields(V&& v) {
    v("username", &AuthDeleteUser::username);
  }
  bool operator==(const AuthDeleteUser&) const = default;
};

// Without a body: there is no such user.
struct AuthGetUser {
  static constexpr auto code = RequestCode::auth_get_user;
  using Response = NoFields;
  using ResponseBody = UserInfo;

  std::optional<Text> username;

  template <class V>
  static constexpr void fields(V&& v) {
    v("username", &AuthGetUser::username);
  }
  bool operator==(const AuthGetUser&) const = default;
};

struct AuthListUser {
  static constexpr auto code = RequestCode::auth_list_user;
  using Response = NoFields;
  using ResponseBody = std::vector<UserInfo>;

  std::optional<Text> filter;

  template <class V>
  static constexpr void fields(V&& v) {
    v("filter", &AuthListUser::filter);
  }
  bool operator==(const AuthListUser&) const = default;
};

struct AuthCreateAcl {
  static constexpr auto code = RequestCode::auth_create_acl;
  using Response = NoFields;
  using Body = AclInfo;

  std::optional<Text> subject;  // "User:alice"

  template <class V>
  static constexpr void fields(V&& v) {
    v("subject", &AuthCreateAcl::subject);
  }
  bool operator==(const AuthCreateAcl&) const = default;
};

struct AuthUpdateAcl {
  static constexpr auto code = RequestCode::auth_update_acl;
  using Response = NoFields;
  using Body = AclInfo;

  std::optional<Text> subject;

  template <class V>
  static constexpr void fields(V&& v) {
    v("subject", &AuthUpdateAcl::subject);
  }
  bool operator==(const AuthUpdateAcl&) const = default;
};

struct AuthDeleteAcl {
  static constexpr auto code = RequestCode::auth_delete_acl;
  using Response = NoFields;

  std::optional<Text> subject;
  std::optional<Text> policy_type;
  std::optional<Text> resource;

  template <class V>
  static constexpr void fields(V&& v) {
    v("subject", &AuthDeleteAcl::subject);
    v("policyType", &AuthDeleteAcl::policy_type);
    v("resource", &AuthDeleteAcl::resource);
  }
  bool operator==(const AuthDeleteAcl&) const = default;
};

struct AuthGetAcl {
  static constexpr auto code = RequestCode::auth_get_acl;
  using Response = NoFields;
  using ResponseBody = AclInfo;

  std::optional<Text> subject;

  template <class V>
  static constexpr void fields(V&& v) {
    v("subject", &AuthGetAcl::subject);
  }
  bool operator==(const AuthGetAcl&) const = default;
};

struct AuthListAcl {
  static constexpr auto code = RequestCode::auth_list_acl;
  using Response = NoFields;
  using ResponseBody = std::vector<AclInfo>;

  std::optional<Text> subject_filter;
  std::optional<Text> resource_filter;

  template <class V>
  static constexpr void fields(V&& v) {
    v("subjectFilter", &AuthListAcl::subject_filter);
    v("resourceFilter", &AuthListAcl::resource_filter);
  }
  bool operator==(const AuthListAcl&) const = default;
};

}  // namespace rocketmq::protocol
