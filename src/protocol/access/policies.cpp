#include "protocol/access/policies.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "protocol/access/ip_range.h"
#include "protocol/json_body.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

struct PoliciesFile {
  std::vector<AclInfo> acls;

  template <class V>
  static constexpr void fields(V&& v) {
    v("acls", &PoliciesFile::acls);
  }
};

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 9> action_names{{
    {"All", action::all},
    {"Any", action::any},
    {"Pub", action::pub},
    {"Sub", action::sub},
    {"Create", action::create},
    {"Update", action::update},
    {"Delete", action::remove},
    {"Get", action::get},
    {"List", action::list},
}};
constexpr std::array<std::pair<std::string_view, ResourceType>, 4> type_names{{
    {"Cluster", ResourceType::cluster},
    {"Namespace", ResourceType::name_space},
    {"Topic", ResourceType::topic},
    {"Group", ResourceType::group},
}};
constexpr std::string_view default_type = "Default";

Error refused(std::string remark) { return Error{ResponseCode::no_permission, std::move(remark)}; }

std::optional<std::uint32_t> action_of(std::string_view name) {
  for (const auto& [known, bit] : action_names) {
    if (known == name) return bit;
  }
  return std::nullopt;
}

}  // namespace

std::string to_string(const Need& need) {
  for (const auto& [name, type] : type_names) {
    if (type == need.type) return str(name, ':', need.name);
  }
  return "*";
}

std::string actions_text(const Need& need) {
  std::string text;
  for (const auto& [name, bit] : action_names) {
    if ((need.actions & bit) != 0) text += str(text.empty() ? "" : " or ", name);
  }
  return text;
}

// ---- deciding

// Java: AclAuthorizationHandler. Of two that say the opposite of the same resource, which put()
// does not let happen, the one that denies counts.
const Policies::Entry* Policies::best(const Entries& entries, std::string_view ip,
                                      const Need& need) {
  const auto rank = [](const Entry& entry) {
    const bool is_any_name = entry.is_prefix && entry.name.empty();
    return std::tuple(entry.type != ResourceType::any, !entry.is_prefix, !is_any_name,
                      entry.name.size(), !entry.allows);
  };
  const Entry* found = nullptr;
  for (const Entry& entry : entries) {
    if (entry.type != ResourceType::any && entry.type != need.type) continue;
    if (entry.is_prefix ? !need.name.starts_with(entry.name) : need.name != entry.name) continue;
    if ((entry.actions & (need.actions | action::all)) == 0) continue;
    const auto& sources = entry.info.source_ips;
    const bool is_from_there =
        !sources || sources->empty() ||
        std::ranges::any_of(*sources, [&](const auto& range) { return is_in(range, ip); });
    if (is_from_there && (found == nullptr || rank(*found) < rank(entry))) found = &entry;
  }
  return found;
}

Result<void> Policies::check(std::string_view user, std::string_view ip, const Need& need) const {
  const auto no = [&](std::string_view why) {
    return refused(str("User:", user, " has no permission to access ", to_string(need), " from ",
                       ip, ", ", why, '.'));
  };
  const auto subject = subjects_.find(str("User:", user));
  if (subject != subjects_.end()) {
    for (const Entries& entries : subject->second.entries) {
      const Entry* entry = best(entries, ip, need);
      if (entry == nullptr) continue;
      return entry->allows ? Result<void>() : no("the decision is deny");
    }
  }
  return no("no matched policies");
}

// ---- by administrators

Result<Policies::Entry> Policies::parse(const PolicyEntryInfo& info) {
  Entry entry{.info = info};
  std::string_view resource = info.resource ? std::string_view(*info.resource) : "";
  if (resource.empty()) return refused("The resource is null.");
  if (resource == "*") {
    entry.is_prefix = true;
  } else {
    const std::size_t colon = resource.find(':');
    const auto* type = std::ranges::find(type_names, resource.substr(0, colon),
                                         [](auto& each) { return each.first; });
    if (colon == resource.npos || type == type_names.end() || colon + 1 == resource.size()) {
      return refused(str("The resource ", resource,
                         " is not one: write Topic:name, Group:name, "
                         "Cluster:name or Namespace:name, maybe with a * at the end, or *."));
    }
    entry.type = type->second;
    resource.remove_prefix(colon + 1);
    entry.is_prefix = resource.ends_with('*');
    if (entry.is_prefix) resource.remove_suffix(1);
    entry.name = resource;
  }
  for (const std::string& name : info.actions.value_or(std::vector<std::string>())) {
    const auto bit = action_of(name);
    if (!bit) return refused(str("The action ", name, " is not known."));
    entry.actions |= *bit;
  }
  if (entry.actions == 0) return refused("The actions is empty.");
  for (const std::string& range : info.source_ips.value_or(std::vector<std::string>())) {
    if (!is_ip_range(range)) return refused(str("The source ip ", range, " is not one."));
  }
  const std::string decision = info.decision.value_or("");
  if (decision != "Allow" && decision != "Deny") return refused("The decision is null or illegal.");
  entry.allows = decision == "Allow";
  return entry;
}

// Nothing is changed where anything is wrong.
Result<void> Policies::put(std::string_view subject, const AclInfo& info) {
  if (!info.policies || info.policies->empty()) {
    return Error{ResponseCode::system_error, "The policies is empty."};
  }
  Entries parsed[type_count];
  for (const PolicyInfo& policy : *info.policies) {
    const Type type = policy.policy_type == default_type ? by_default : custom;
    for (const PolicyEntryInfo& each : policy.entries.value_or(std::vector<PolicyEntryInfo>())) {
      auto entry = parse(each);
      if (!entry) return std::move(entry).error();
      parsed[type].push_back(*std::move(entry));
    }
  }
  Subject& known = subjects_[std::string(subject)];
  for (const Type type : {custom, by_default}) {
    for (Entry& entry : parsed[type]) {
      std::erase_if(known.entries[type],
                    [&](const Entry& old) { return old.info.resource == entry.info.resource; });
      known.entries[type].push_back(std::move(entry));
    }
  }
  return {};
}

void Policies::remove(std::string_view subject, std::string_view policy_type,
                      std::string_view resource) {
  const auto found = subjects_.find(subject);
  if (found == subjects_.end()) return;
  bool is_empty = true;
  for (const Type type : {custom, by_default}) {
    const bool is_meant =
        policy_type.empty() || (policy_type == default_type) == (type == by_default);
    Entries& entries = found->second.entries[type];
    if (is_meant) {
      std::erase_if(entries, [&](const Entry& entry) {
        return resource.empty() || entry.info.resource == resource;
      });
    }
    is_empty = is_empty && entries.empty();
  }
  if (is_empty) subjects_.erase(found);
}

AclInfo Policies::info_of(const std::string& name, const Subject& subject,
                          std::string_view resource_filter) {
  AclInfo info;
  info.subject = name;
  info.policies.emplace();
  for (const Type type : {custom, by_default}) {
    PolicyInfo policy;
    policy.policy_type = type == custom ? "Custom" : default_type;
    policy.entries.emplace();
    for (const Entry& entry : subject.entries[type]) {
      if (entry.info.resource->find(resource_filter) == std::string::npos) continue;
      policy.entries->push_back(entry.info);
    }
    if (!policy.entries->empty()) info.policies->push_back(std::move(policy));
  }
  return info;
}

std::optional<AclInfo> Policies::info(std::string_view subject) const {
  const auto found = subjects_.find(subject);
  if (found == subjects_.end()) return std::nullopt;
  return info_of(found->first, found->second, "");
}

std::vector<AclInfo> Policies::list(std::string_view subject_filter,
                                    std::string_view resource_filter) const {
  std::vector<AclInfo> result;
  for (const auto& [name, subject] : subjects_) {
    if (name.find(subject_filter) == name.npos) continue;
    AclInfo info = info_of(name, subject, resource_filter);
    if (!info.policies->empty()) result.push_back(std::move(info));
  }
  return result;
}

// ---- the file

std::string Policies::to_json() const { return protocol::to_json(PoliciesFile{list("", "")}); }

Result<void> Policies::load(std::string_view json) {
  const auto file = from_json<PoliciesFile>(json, "acls");
  if (!file) return file.error();
  Policies loaded;
  for (const AclInfo& info : file->acls) {
    if (auto put = loaded.put(info.subject.value_or(""), info); !put) return put;
  }
  subjects_ = std::move(loaded.subjects_);
  return {};
}

}  // namespace rocketmq::protocol
