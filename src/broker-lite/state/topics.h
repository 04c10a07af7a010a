#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/state/text_map.h"
#include "protocol/bodies/config_data.h"
#include "protocol/requests/topic_group_admin.h"

namespace rocketmq::broker {

// Java: PermName.
inline constexpr std::int32_t perm_priority = 8;
inline constexpr std::int32_t perm_read = 4;
inline constexpr std::int32_t perm_write = 2;
inline constexpr std::int32_t perm_inherit = 1;

inline bool is_readable(const protocol::TopicConfig& topic) {
  return (topic.perm & perm_read) != 0;
}
inline bool is_writable(const protocol::TopicConfig& topic) {
  return (topic.perm & perm_write) != 0;
}

// Named as in broker.conf.
struct TopicsOptions {
  std::string broker_cluster_name = "DefaultCluster";
  std::string broker_name = "broker-lite";
  bool auto_create_topic_enable = true;
  std::int32_t default_topic_queue_nums = 8;
  bool cluster_topic_enable = true;
  bool broker_topic_enable = true;
  bool trace_topic_enable = false;
  bool timer_wheel_enable = true;
  bool enable_mixed_message_type = false;
  std::int32_t revive_queue_num = 8;

  // The statistics of one topic (code 202) must fit into one frame: about 130 bytes a queue.
  std::int32_t queue_nums_max = 65'536;
  // A registration names every topic, about 170 bytes each, and must fit into one frame too.
  std::size_t topics_max = 90'000;
  // Names may be long. Of the 16 MiB of a frame, with some room for the rest of the registration.
  std::size_t registration_bytes_max = 15u << 20;
};

// Which topics there are, and how many queues each has. Java: TopicConfigManager. Every change
// moves the DataVersion; the caller then saves to_json() and registers the topic with the name
// servers.
class Topics {
 public:
  // Creates the system topics.
  Topics(TopicsOptions options, std::int64_t wall_ms);

  const TopicsOptions& options() const { return options_; }
  // True: the topic that others are made after is new, to be saved and registered.
  bool set_auto_create(bool enabled, std::int64_t wall_ms);
  // Something that goes with every registration has changed.
  void touch(std::int64_t wall_ms) { next_version(wall_ms); }

  // nullptr: no such topic. Good until that topic is changed or removed.
  const protocol::TopicConfig* find(std::string_view topic) const;
  std::size_t size() const { return table_.size(); }

  // Not to be created, changed or deleted by an admin.
  bool is_system(std::string_view topic) const;
  // All such names, whether there is a topic of that name or not; sorted.
  std::vector<std::string> system_topics() const;

  struct Created {
    const protocol::TopicConfig* topic = nullptr;  // nullptr: there is none and it was not created
    bool is_new = false;                           // to be saved and registered
  };

  // For a send: the topic, or a new one made after `default_topic` (mostly TBW102) if that may be
  // inherited from; a %RETRY% topic is made in any case. The name has passed check_topic_name().
  // Java: createTopicInSendMessageMethod.
  Created find_or_create(std::string_view topic, std::string_view default_topic,
                         std::int32_t default_topic_queue_nums, std::int32_t topic_sys_flag,
                         std::int64_t wall_ms);

  // For retry, DLQ and system topics: the topic, or a new one that looks like `config`.
  // Java: createTopicInSendMessageBackMethod.
  Created find_or_create(const protocol::TopicConfig& config, std::int64_t wall_ms);

  // Code 17. True: something changed, to be saved and registered; false: it was so already.
  // Java: AdminBrokerProcessor.updateAndCreateTopic.
  Result<bool> update(const protocol::UpdateAndCreateTopic& request, std::int64_t wall_ms);
  // Code 18: all of them or, on an error, none. The names of those that are other than before.
  Result<std::vector<std::string>> update(const std::vector<protocol::TopicConfig>& wanted,
                                          std::int64_t wall_ms);

  // May an admin delete it? Java: AdminBrokerProcessor.deleteTopic.
  Result<void> check_may_delete(std::string_view topic) const;
  // False: there was none.
  bool remove(std::string_view topic, std::int64_t wall_ms);

  // Sets `order` where the name server's ORDER_TOPIC_CONFIG names the topic; true: something
  // changed. Java: updateOrderTopicConfig.
  bool set_ordered(const protocol::KVTable& order_topics, std::int64_t wall_ms);

  const protocol::DataVersion& data_version() const { return data_version_; }
  std::vector<std::string> names() const;  // sorted
  // Everything; also the body of code 21.
  protocol::TopicConfigAndMappingSerializeWrapper wrapper() const;
  // An incremental registration: one topic and the version of all.
  protocol::TopicConfigAndMappingSerializeWrapper wrapper(std::string_view topic) const;

  // config/topics.json. Loading keeps system topics the file does not name; entries with a name we
  // would not accept or a negative count are left out; those with more queues than may be created,
  // which stock may have made, are kept. An error leaves everything as it was.
  std::string to_json() const;
  Result<void> load(std::string_view json);

 private:
  void create_system_topics();
  Created add(protocol::TopicConfig config, std::int64_t wall_ms);
  std::int32_t perm_of(const protocol::TopicConfig& default_topic) const;
  Result<protocol::TopicConfig> changed(protocol::TopicConfig wanted,
                                        std::string_view attributes) const;
  bool has_room_for(const protocol::TopicConfig& config) const;
  bool has_room_for(const std::map<std::string, protocol::TopicConfig>& changes) const;
  Error no_room() const;
  const protocol::TopicConfig& insert(protocol::TopicConfig config);
  void next_version(std::int64_t wall_ms);

  TopicsOptions options_;
  TextMap<protocol::TopicConfig> table_;
  std::size_t registration_bytes_ = 0;  // of all topics, about
  protocol::DataVersion data_version_;
};

}  // namespace rocketmq::broker
