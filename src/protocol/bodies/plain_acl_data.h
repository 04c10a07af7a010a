#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/json_body.h"

// Who may do what, as 4.x has it in files. Java: AclConfig, PlainAccessConfig of 4.9.

namespace rocketmq::protocol {

struct PlainAccessConfig {
  std::optional<std::string> access_key;
  bool admin = false;
  std::optional<std::string> default_group_perm;  // PUB, SUB, PUB|SUB, DENY
  std::optional<std::string> default_topic_perm;
  std::optional<std::vector<std::string>> group_perms;  // "G=SUB"
  std::optional<std::string> secret_key;
  std::optional<std::vector<std::string>> topic_perms;  // "T=PUB|SUB"
  std::optional<std::string> white_remote_address;

  template <class V>
  static constexpr void fields(V&& v) {
    v("accessKey", &PlainAccessConfig::access_key);
    v("admin", &PlainAccessConfig::admin);
    v("defaultGroupPerm", &PlainAccessConfig::default_group_perm);
    v("defaultTopicPerm", &PlainAccessConfig::default_topic_perm);
    v("groupPerms", &PlainAccessConfig::group_perms);
    v("secretKey", &PlainAccessConfig::secret_key);
    v("topicPerms", &PlainAccessConfig::topic_perms);
    v("whiteRemoteAddress", &PlainAccessConfig::white_remote_address);
  }
  bool operator==(const PlainAccessConfig&) const = default;
};

// Java: GetBrokerClusterAclConfigResponseBody.
struct AclConfig {
  std::vector<std::string> global_white_addrs;
  std::vector<PlainAccessConfig> plain_access_configs;

  template <class V>
  static constexpr void fields(V&& v) {
    v("globalWhiteAddrs", &AclConfig::global_white_addrs);
    v("plainAccessConfigs", &AclConfig::plain_access_configs);
  }
  bool operator==(const AclConfig&) const = default;
};

// Java: DataVersion of 4.x.
struct PlainAclVersion {
  std::int64_t counter = 0;
  std::int64_t timestamp = 0;  // Unix ms of the last change

  template <class V>
  static constexpr void fields(V&& v) {
    v("counter", &PlainAclVersion::counter);
    v("timestamp", &PlainAclVersion::timestamp);
  }
  bool operator==(const PlainAclVersion&) const = default;
};

}  // namespace rocketmq::protocol
