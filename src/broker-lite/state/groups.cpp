#include "broker-lite/state/groups.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "broker-lite/state/names.h"
#include "broker-lite/state/topic_attributes.h"
#include "protocol/str.h"

namespace rocketmq::broker {

using protocol::SubscriptionGroupConfig;

namespace {
// Java: SubscriptionGroupManager.getForbidden; the bit a pull is refused by.
constexpr std::int32_t forbidden_to_read = 1 << 2;
}  // namespace

// Java: SubscriptionGroupManager.init().
Groups::Groups(GroupsOptions options, std::int64_t wall_ms) : options_(options) {
  static constexpr std::array<std::string_view, 8> at_boot{
      tools_group,       "FILTERSRV_CONSUMER",    "SELF_TEST_C_GROUP", "CID_ONS-HTTP-PROXY",
      "CID_ONSAPI_PULL", "CID_ONSAPI_PERMISSION", "CID_ONSAPI_OWNER",  "CID_RMQ_SYS_TRANS"};
  for (const std::string_view name : at_boot) {
    SubscriptionGroupConfig config;
    config.group_name = name;
    table_.emplace(name, std::move(config));
  }
  next_version(wall_ms);
}

const SubscriptionGroupConfig* Groups::find(std::string_view group) const {
  const auto found = table_.find(group);
  return found == table_.end() ? nullptr : &found->second;
}

std::vector<std::string> Groups::names() const {
  std::vector<std::string> names;
  names.reserve(table_.size());
  for (const auto& [name, config] : table_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

Groups::Created Groups::find_or_create(std::string_view group, std::int64_t wall_ms) {
  if (const SubscriptionGroupConfig* there = find(group)) return {there, false};
  const bool is_wanted =
      options_.auto_create_subscription_group || group.starts_with(system_group_prefix);
  if (!is_wanted || !check_group_name(group) || table_.size() >= options_.groups_max) return {};
  SubscriptionGroupConfig config;
  config.group_name = group;
  const auto added = table_.emplace(group, std::move(config)).first;
  next_version(wall_ms);
  return {&added->second, true};
}

Result<void> Groups::check(const SubscriptionGroupConfig& config) const {
  if (auto good = check_group_name(config.group_name); !good) return good;
  // Stock takes any number here and breaks later.
  if (config.retry_queue_nums < 0 || config.retry_queue_nums > options_.retry_queue_nums_max) {
    return Error{ResponseCode::invalid_parameter,
                 str("the retry queue count ", config.retry_queue_nums, " is not within 0 and ",
                     options_.retry_queue_nums_max)};
  }
  // Java: AttributeUtil over the attributes of groups, of which there are none.
  if (!config.attributes.empty()) {
    const std::string& key = config.attributes.begin()->first;
    const bool is_signed = key.starts_with('+') || key.starts_with('-');
    return Error{ResponseCode::system_error,
                 is_signed ? str("unsupported key: ", std::string_view(key).substr(1))
                           : str("wrong format key: ", key)};
  }
  return {};
}

Result<void> Groups::update(std::vector<SubscriptionGroupConfig> configs, std::int64_t wall_ms) {
  std::set<std::string_view> added;
  for (const SubscriptionGroupConfig& config : configs) {
    if (auto good = check(config); !good) return good;
    if (find(config.group_name) == nullptr) added.insert(config.group_name);
  }
  if (table_.size() + added.size() > options_.groups_max) {
    return Error{ResponseCode::system_error, str("this broker may have ", options_.groups_max,
                                                 " groups and has ", table_.size())};
  }
  for (SubscriptionGroupConfig& config : configs) {
    std::string name = config.group_name;
    table_.insert_or_assign(std::move(name), std::move(config));
  }
  if (!configs.empty()) next_version(wall_ms);
  return {};
}

bool Groups::remove(std::string_view group, std::int64_t wall_ms) {
  if (const auto forbidden = forbidden_.find(group); forbidden != forbidden_.end()) {
    forbidden_.erase(forbidden);
  }
  const auto found = table_.find(group);
  if (found == table_.end()) return false;
  table_.erase(found);
  next_version(wall_ms);
  return true;
}

bool Groups::is_readable(std::string_view group, std::string_view topic) const {
  const auto of_group = forbidden_.find(group);
  if (of_group == forbidden_.end()) return true;
  const auto bits = of_group->second.find(topic);
  return bits == of_group->second.end() || (bits->second & forbidden_to_read) == 0;
}

bool Groups::set_readable(std::string_view group, std::string_view topic, bool readable,
                          std::int64_t wall_ms) {
  if (is_readable(group, topic) == readable) return false;
  if (!readable) {
    forbidden_[std::string(group)][std::string(topic)] |= forbidden_to_read;
  } else {
    const auto of_group = forbidden_.find(group);
    const auto bits = of_group->second.find(topic);
    bits->second &= ~forbidden_to_read;
    if (bits->second == 0) of_group->second.erase(bits);
    if (of_group->second.empty()) forbidden_.erase(of_group);
  }
  next_version(wall_ms);
  return true;
}

void Groups::next_version(std::int64_t wall_ms) {
  ++data_version_.counter;
  data_version_.timestamp = wall_ms;
}

protocol::SubscriptionGroupWrapper Groups::wrapper() const {
  protocol::SubscriptionGroupWrapper all;
  all.data_version = data_version_;
  all.subscription_group_table = {table_.begin(), table_.end()};
  auto& forbidden = all.forbidden_table.emplace();
  for (const auto& [group, topics] : forbidden_) forbidden[group] = {topics.begin(), topics.end()};
  return all;
}

std::string Groups::to_json() const { return protocol::to_json(wrapper(), {.pretty = true}); }

Result<void> Groups::load(std::string_view json) {
  auto file =
      protocol::from_json<protocol::SubscriptionGroupWrapper>(json, "subscriptionGroup.json");
  if (!file) return std::move(file).error();
  for (auto& [name, config] : file->subscription_group_table) {
    if (!check_group_name(name) || table_.size() >= options_.groups_max) continue;
    config.group_name = name;
    table_.insert_or_assign(name, std::move(config));
  }
  if (file->forbidden_table) {
    for (const auto& [group, topics] : *file->forbidden_table) {
      if (find(group) == nullptr) continue;
      forbidden_[group] = {topics.begin(), topics.end()};
    }
  }
  data_version_ = file->data_version;
  return {};
}

}  // namespace rocketmq::broker
