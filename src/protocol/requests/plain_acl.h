#pragma once

#include <rocketmq/request_code.h>

#include <optional>

#include "protocol/bodies/plain_acl_data.h"
#include "protocol/describe.h"

// Changing and reading the plain ACL files of a broker of 4.x. RocketMQ has these codes no more
// since 5.3 (users and policies took their place: auth_admin.h), so request_code.h has no names for
// them. Java: AdminBrokerProcessor of 4.9.

namespace rocketmq::protocol {

struct UpdateAndCreateAclConfig {
  static constexpr auto code = RequestCode{50};
  using Response = NoFields;

  Text access_key;
  std::optional<bool> admin;
  std::optional<Text> default_group_perm;
  std::optional<Text> default_topic_perm;
  std::optional<Text> group_perms;  // "G=SUB,H=DENY"
  std::optional<Text> secret_key;
  std::optional<Text> topic_perms;
  std::optional<Text> white_remote_address;

  template <class V>
  static constexpr void fields(V&& v) {
    v("accessKey", &UpdateAndCreateAclConfig::access_key);
    v("admin", &UpdateAndCreateAclConfig::admin);
    v("defaultGroupPerm", &UpdateAndCreateAclConfig::default_group_perm);
    v("defaultTopicPerm", &UpdateAndCreateAclConfig::default_topic_perm);
    v("groupPerms", &UpdateAndCreateAclConfig::group_perms);
    v("secretKey", &UpdateAndCreateAclConfig::secret_key);
    v("topicPerms", &UpdateAndCreateAclConfig::topic_perms);
    v("whiteRemoteAddress", &UpdateAndCreateAclConfig::white_remote_address);
  }
  bool operator==(const UpdateAndCreateAclConfig&) const = default;
};

struct DeleteAclConfig {
  static constexpr auto code = RequestCode{51};
  using Response = NoFields;

  Text access_key;

  template <class V>
  static constexpr void fields(V&& v) {
    v("accessKey", &DeleteAclConfig::access_key);
  }
  bool operator==(const DeleteAclConfig&) const = default;
};

struct GetAclConfigVersionResponse {
  std::optional<Text> all_acl_file_version;  // a PlainAclVersion by file, as JSON
  Text broker_addr;
  Text broker_name;
  Text cluster_name;
  Text version;  // of the default file, as JSON

  template <class V>
  static constexpr void fields(V&& v) {
    v("allAclFileVersion", &GetAclConfigVersionResponse::all_acl_file_version);
    v("brokerAddr", &GetAclConfigVersionResponse::broker_addr);
    v("brokerName", &GetAclConfigVersionResponse::broker_name);
    v("clusterName", &GetAclConfigVersionResponse::cluster_name);
    v("version", &GetAclConfigVersionResponse::version);
  }
  bool operator==(const GetAclConfigVersionResponse&) const = default;
};

struct GetAclConfigVersion {
  static constexpr auto code = RequestCode{52};
  using Response = GetAclConfigVersionResponse;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetAclConfigVersion&) const = default;
};

struct UpdateGlobalWhiteAddrsConfig {
  static constexpr auto code = RequestCode{53};
  using Response = NoFields;

  std::optional<Text> acl_file_full_path;  // none or empty: the default file
  Text global_white_addrs;                 // "10.0.0.1,10.0.1.*"

  template <class V>
  static constexpr void fields(V&& v) {
    v("aclFileFullPath", &UpdateGlobalWhiteAddrsConfig::acl_file_full_path);
    v("globalWhiteAddrs", &UpdateGlobalWhiteAddrsConfig::global_white_addrs);
  }
  bool operator==(const UpdateGlobalWhiteAddrsConfig&) const = default;
};

struct GetAclConfig {
  static constexpr auto code = RequestCode{54};
  using Response = NoFields;
  using ResponseBody = AclConfig;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetAclConfig&) const = default;
};

}  // namespace rocketmq::protocol
