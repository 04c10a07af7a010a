#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/state/text_map.h"
#include "protocol/bodies/config_data.h"

namespace rocketmq::broker {

// Named as in broker.conf.
struct GroupsOptions {
  bool auto_create_subscription_group = true;
  // Each costs about 1 KB here and in the file, and code 201 must fit into one frame: about 400
  // bytes each.
  std::size_t groups_max = 40'000;
  // As many as a topic may have: TopicsOptions::queue_nums_max.
  std::int32_t retry_queue_nums_max = 65'536;
};

// How each consumer group may consume. Java: SubscriptionGroupManager. Every change moves the
// DataVersion; the caller then saves to_json().
class Groups {
 public:
  // Creates the groups stock creates at boot.
  Groups(GroupsOptions options, std::int64_t wall_ms);

  // nullptr: no such group. Good until that group is changed or removed.
  const protocol::SubscriptionGroupConfig* find(std::string_view group) const;
  std::size_t size() const { return table_.size(); }
  void set_auto_create(bool enabled) { options_.auto_create_subscription_group = enabled; }
  std::vector<std::string> names() const;  // sorted

  struct Created {
    const protocol::SubscriptionGroupConfig* group = nullptr;  // nullptr: none, and not created
    bool is_new = false;                                       // to be saved
  };

  // On first use: the group, or a new one with the defaults if groups are created by themselves and
  // the name is a good one. Java: findSubscriptionGroupConfig.
  Created find_or_create(std::string_view group, std::int64_t wall_ms);

  // Codes 200 and 225: all of them or, on an error, none.
  // Java: AdminBrokerProcessor.updateAndCreateSubscriptionGroup.
  Result<void> update(std::vector<protocol::SubscriptionGroupConfig> configs, std::int64_t wall_ms);

  // Its forbidden topics go too. False: there was none.
  bool remove(std::string_view group, std::int64_t wall_ms);

  // May the group read the topic? Java: getForbidden, bit 2.
  bool is_readable(std::string_view group, std::string_view topic) const;
  // True: changed, to be saved.
  bool set_readable(std::string_view group, std::string_view topic, bool readable,
                    std::int64_t wall_ms);

  const protocol::DataVersion& data_version() const { return data_version_; }
  // Everything; also the body of code 201.
  protocol::SubscriptionGroupWrapper wrapper() const;

  // config/subscriptionGroup.json. Loading keeps boot groups the file does not name; entries with a
  // name we would not accept are left out. An error leaves everything as it was.
  std::string to_json() const;
  Result<void> load(std::string_view json);

 private:
  Result<void> check(const protocol::SubscriptionGroupConfig& config) const;
  void next_version(std::int64_t wall_ms);

  GroupsOptions options_;
  TextMap<protocol::SubscriptionGroupConfig> table_;
  TextMap<TextMap<std::int32_t>> forbidden_;  // group -> topic -> bits
  protocol::DataVersion data_version_;
};

}  // namespace rocketmq::broker
