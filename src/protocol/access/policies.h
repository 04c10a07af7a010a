#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bodies/auth_data.h"

namespace rocketmq::protocol {

// Java: Action, as bits: a request may need one of several.
namespace action {
inline constexpr std::uint32_t all = 1;
inline constexpr std::uint32_t any = 2;
inline constexpr std::uint32_t pub = 4;
inline constexpr std::uint32_t sub = 8;
inline constexpr std::uint32_t create = 16;
inline constexpr std::uint32_t update = 32;
inline constexpr std::uint32_t remove = 64;
inline constexpr std::uint32_t get = 128;
inline constexpr std::uint32_t list = 256;
}  // namespace action

enum class ResourceType { any, cluster, name_space, topic, group };

// What a request needs: one of these actions on this.
struct Need {
  ResourceType type = ResourceType::cluster;
  std::string_view name;
  std::uint32_t actions = 0;
};
std::string to_string(const Need& need);     // "Topic:T"
std::string actions_text(const Need& need);  // "Pub", "Sub or Get"

// What users may do: of each the entries of his policies, the Custom ones first. Java:
// AuthorizationMetadataManagerImpl, AclAuthorizationHandler.
class Policies {
 public:
  // Errors say why not, as stock does. `ip`: of who asks, without port.
  Result<void> check(std::string_view user, std::string_view ip, const Need& need) const;

  // By codes 3006 to 3010; errors are the broker's answers. Entries of a resource replace those
  // there were for it.
  Result<void> put(std::string_view subject, const AclInfo& info);
  // All of the subject's, or the entry of one resource.
  void remove(std::string_view subject, std::string_view policy_type, std::string_view resource);
  std::optional<AclInfo> info(std::string_view subject) const;
  std::vector<AclInfo> list(std::string_view subject_filter,
                            std::string_view resource_filter) const;

  // config/acls.json, which is ours: stock keeps them in RocksDB.
  std::string to_json() const;
  Result<void> load(std::string_view json);

 private:
  struct Entry {
    ResourceType type = ResourceType::any;
    std::string name;  // without the star at the end
    bool is_prefix = false;
    std::uint32_t actions = 0;
    bool allows = false;
    PolicyEntryInfo info;  // as it was given
  };
  using Entries = std::vector<Entry>;
  enum Type { custom, by_default, type_count };
  struct Subject {
    Entries entries[type_count];
  };

  static Result<Entry> parse(const PolicyEntryInfo& info);
  static const Entry* best(const Entries& entries, std::string_view ip, const Need& need);
  static AclInfo info_of(const std::string& name, const Subject& subject,
                         std::string_view resource_filter);

  std::map<std::string, Subject, std::less<>> subjects_;  // by "User:name"
};

}  // namespace rocketmq::protocol
