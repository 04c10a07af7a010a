#include "broker-lite/state/offsets.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "protocol/json_body.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

// Java: ConsumerOffsetManager.TOPIC_GROUP_SEPARATOR. No name may hold it (names.h).
constexpr char separator = '@';

// Java: consumerOffsetUpdateVersionStep. Slaves compare versions, nobody else.
constexpr std::int64_t commits_a_version = 500;

// The members of config/consumerOffset.json. groupTopicMap is written for stock 5.5, which makes it
// anew where it is missing; nothing reads it here.
struct OffsetsFile {
  using Queues = Offsets::Queues;
  protocol::DataVersion data_version;
  std::optional<std::map<std::string, std::vector<std::string>>> group_topic_map;
  std::map<std::string, Queues> offset_table;
  std::map<std::string, Queues> pull_offset_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("dataVersion", &OffsetsFile::data_version);
    v("groupTopicMap", &OffsetsFile::group_topic_map);
    v("offsetTable", &OffsetsFile::offset_table);
    v("pullOffsetTable", &OffsetsFile::pull_offset_table);
  }
};

}  // namespace

std::size_t Offsets::KeyHash::operator()(const KeyView& key) const {
  const std::hash<std::string_view> hash;
  const std::size_t first = hash(key.topic);
  return first ^ (hash(key.group) + 0x9e3779b97f4a7c15 + (first << 6) + (first >> 2));
}

std::optional<std::int64_t> Offsets::find_in(const Table& table, const KeyView& key,
                                             std::int32_t queue_id) {
  const auto queues = table.find(key);
  if (queues == table.end()) return std::nullopt;
  const auto offset = queues->second.find(queue_id);
  if (offset == queues->second.end()) return std::nullopt;
  return offset->second;
}

std::int64_t& Offsets::slot(Table& table, const KeyView& key, std::int32_t queue_id) {
  auto queues = table.find(key);
  if (queues == table.end()) {
    queues = table.emplace(Key{std::string(key.topic), std::string(key.group)}, Queues{}).first;
  }
  return queues->second.try_emplace(queue_id, -1).first->second;
}

std::optional<std::int64_t> Offsets::find(std::string_view group, std::string_view topic,
                                          std::int32_t queue_id) const {
  return find_in(committed_, {topic, group}, queue_id);
}

const Offsets::Queues* Offsets::find(std::string_view group, std::string_view topic) const {
  const auto queues = committed_.find(KeyView(topic, group));
  return queues == committed_.end() ? nullptr : &queues->second;
}

bool Offsets::commit(std::string_view group, std::string_view topic, std::int32_t queue_id,
                     std::int64_t offset, std::int64_t wall_ms) {
  const KeyView key(topic, group);
  if (!resets_.empty() && find_in(resets_, key, queue_id)) return false;
  store(key, queue_id, offset, wall_ms);
  return true;
}

void Offsets::reset(std::string_view group, std::string_view topic, std::int32_t queue_id,
                    std::int64_t offset, std::int64_t wall_ms) {
  const KeyView key(topic, group);
  slot(resets_, key, queue_id) = offset;
  store(key, queue_id, offset, wall_ms);
}

std::optional<std::int64_t> Offsets::take_reset(std::string_view group, std::string_view topic,
                                                std::int32_t queue_id) {
  if (resets_.empty()) return std::nullopt;
  const auto queues = resets_.find(KeyView(topic, group));
  if (queues == resets_.end()) return std::nullopt;
  const auto taken = queues->second.extract(queue_id);
  if (queues->second.empty()) resets_.erase(queues);
  if (taken.empty()) return std::nullopt;
  return taken.mapped();
}

void Offsets::clone(std::string_view from, std::string_view to, std::string_view topic,
                    std::int64_t wall_ms) {
  const Queues* offsets = find(from, topic);
  if (offsets == nullptr) return;
  const Queues copy = *offsets;  // the table may move
  for (const auto& [queue_id, offset] : copy) store({topic, to}, queue_id, offset, wall_ms);
}

void Offsets::store(const KeyView& key, std::int32_t queue_id, std::int64_t offset,
                    std::int64_t wall_ms) {
  std::int64_t& committed = slot(committed_, key, queue_id);
  if (committed == offset) return;
  committed = offset;
  is_dirty_ = true;
  if (++commits_ % commits_a_version != 0) return;
  ++data_version_.counter;
  data_version_.timestamp = wall_ms;
}

std::optional<std::int64_t> Offsets::find_pulled(std::string_view group, std::string_view topic,
                                                 std::int32_t queue_id) const {
  return find_in(pulled_, {topic, group}, queue_id);
}

void Offsets::pulled(std::string_view group, std::string_view topic, std::int32_t queue_id,
                     std::int64_t offset) {
  slot(pulled_, {topic, group}, queue_id) = offset;
}

std::vector<std::string> Offsets::topics_of(std::string_view group) const {
  std::vector<std::string> topics;
  for (const auto& [key, queues] : committed_) {
    if (key.group == group) topics.push_back(key.topic);
  }
  std::sort(topics.begin(), topics.end());
  return topics;
}

std::vector<std::string> Offsets::groups_of(std::string_view topic) const {
  std::vector<std::string> groups;
  for (const auto& [key, queues] : committed_) {
    if (key.topic == topic) groups.push_back(key.group);
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

void Offsets::remove_topic(std::string_view topic) {
  const auto is_of_topic = [&](const auto& entry) { return entry.first.topic == topic; };
  std::erase_if(resets_, is_of_topic);
  if (std::erase_if(committed_, is_of_topic) + std::erase_if(pulled_, is_of_topic) > 0) {
    is_dirty_ = true;
  }
}

void Offsets::remove_group(std::string_view group) {
  const auto is_of_group = [&](const auto& entry) { return entry.first.group == group; };
  std::erase_if(resets_, is_of_group);
  if (std::erase_if(committed_, is_of_group) + std::erase_if(pulled_, is_of_group) > 0) {
    is_dirty_ = true;
  }
}

std::string Offsets::to_json() const {
  OffsetsFile file;
  file.data_version = data_version_;
  auto& topics_by_group = file.group_topic_map.emplace();
  for (const auto& [key, queues] : committed_) {
    file.offset_table.emplace(str(key.topic, separator, key.group), queues);
    topics_by_group[key.group].push_back(key.topic);
  }
  for (auto& [group, topics] : topics_by_group) std::sort(topics.begin(), topics.end());
  for (const auto& [key, queues] : pulled_) {
    file.pull_offset_table.emplace(str(key.topic, separator, key.group), queues);
  }
  return protocol::to_json(file, {.pretty = true});
}

Result<void> Offsets::load(std::string_view json) {
  auto file = protocol::from_json<OffsetsFile>(json, "consumerOffset.json");
  if (!file) return std::move(file).error();
  const auto load_table = [](std::map<std::string, Queues>& from, Table& to) {
    for (auto& [name, queues] : from) {
      const std::size_t at = name.find(separator);
      if (at == std::string::npos) continue;
      to.insert_or_assign(Key{name.substr(0, at), name.substr(at + 1)}, std::move(queues));
    }
  };
  load_table(file->offset_table, committed_);
  load_table(file->pull_offset_table, pulled_);
  data_version_ = file->data_version;
  return {};
}

}  // namespace rocketmq::broker
