#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/bodies/config_data.h"

namespace rocketmq::broker {

// How far each group has consumed each queue: the offset of the next message to consume.
// Java: ConsumerOffsetManager. The caller has checked that topic and group exist and that the queue
// id is one of the topic's, which is what keeps the table small.
class Offsets {
 public:
  using Queues = std::map<std::int32_t, std::int64_t>;  // queue id -> offset

  std::optional<std::int64_t> find(std::string_view group, std::string_view topic,
                                   std::int32_t queue_id) const;
  // Going backwards is allowed. False: a reset is on its way to the consumer, and what it says
  // until it knows does not count.
  bool commit(std::string_view group, std::string_view topic, std::int32_t queue_id,
              std::int64_t offset, std::int64_t wall_ms);

  // The group goes on at `offset`, whatever it commits, until the reset is taken: by its next pull.
  // Java: assignResetOffset, queryThenEraseResetOffset.
  void reset(std::string_view group, std::string_view topic, std::int32_t queue_id,
             std::int64_t offset, std::int64_t wall_ms);
  std::optional<std::int64_t> take_reset(std::string_view group, std::string_view topic,
                                         std::int32_t queue_id);

  // What `from` has committed becomes what `to` has. Java: cloneOffset.
  void clone(std::string_view from, std::string_view to, std::string_view topic,
             std::int64_t wall_ms);

  // How far the group has pulled, which is ahead of what it has committed. For statistics only.
  std::optional<std::int64_t> find_pulled(std::string_view group, std::string_view topic,
                                          std::int32_t queue_id) const;
  void pulled(std::string_view group, std::string_view topic, std::int32_t queue_id,
              std::int64_t offset);

  // All queues of the topic the group has an offset in; nullptr: none.
  const Queues* find(std::string_view group, std::string_view topic) const;

  // Calls visit(topic, group) for all that have an offset, in any order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [key, queues] : committed_) visit(key.topic, key.group);
  }
  std::vector<std::string> topics_of(std::string_view group) const;  // sorted
  std::vector<std::string> groups_of(std::string_view topic) const;  // sorted
  void remove_topic(std::string_view topic);
  void remove_group(std::string_view group);

  // Whether to_json() differs from what was saved last.
  bool is_dirty() const { return is_dirty_; }
  void saved() { is_dirty_ = false; }

  // config/consumerOffset.json. An error leaves everything as it was.
  std::string to_json() const;
  Result<void> load(std::string_view json);

 private:
  struct Key {
    std::string topic;
    std::string group;
  };
  struct KeyView {
    std::string_view topic;
    std::string_view group;
    KeyView(std::string_view t, std::string_view g) : topic(t), group(g) {}
    KeyView(const Key& key) : topic(key.topic), group(key.group) {}
    bool operator==(const KeyView&) const = default;
  };
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(const KeyView& key) const;
  };
  struct KeyEqual {
    using is_transparent = void;
    bool operator()(const KeyView& a, const KeyView& b) const { return a == b; }
  };
  using Table = std::unordered_map<Key, Queues, KeyHash, KeyEqual>;

  static std::optional<std::int64_t> find_in(const Table& table, const KeyView& key,
                                             std::int32_t queue_id);
  static std::int64_t& slot(Table& table, const KeyView& key, std::int32_t queue_id);

  void store(const KeyView& key, std::int32_t queue_id, std::int64_t offset, std::int64_t wall_ms);

  Table committed_;
  Table pulled_;
  Table resets_;  // not yet known to the consumer
  protocol::DataVersion data_version_;
  std::int64_t commits_ = 0;
  bool is_dirty_ = false;
};

}  // namespace rocketmq::broker
