#include "broker-lite/state/topics.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "broker-lite/state/names.h"
#include "broker-lite/state/topic_attributes.h"
#include "protocol/str.h"

namespace rocketmq::broker {

using protocol::TopicConfig;
using protocol::TopicConfigAndMappingSerializeWrapper;

namespace {

// Java: TopicFilterType.
constexpr std::string_view single_tag = "SINGLE_TAG";
constexpr std::string_view multi_tag = "MULTI_TAG";
constexpr std::string_view reply_topic_suffix = "_REPLY_TOPIC";
constexpr std::array<std::string_view, 11> always_system{
    auto_create_topic, schedule_topic, half_topic, op_half_topic, trace_topic, "SELF_TEST_TOPIC",
    "OFFSET_MOVED_EVENT", "BenchmarkTest", "TRANS_CHECK_MAX_TIME_TOPIC", "CHECKPOINT_TOPIC",
    // Java: the reply topic of the cluster a broker has by default is reserved in any cluster.
    "DefaultCluster_REPLY_TOPIC"};
constexpr std::int32_t all_perms = perm_priority | perm_read | perm_write | perm_inherit;

Error invalid(std::string remark) {
  return Error{ResponseCode::invalid_parameter, std::move(remark)};
}

Error conflict_with_system(std::string_view topic) {
  return invalid(str("The topic[", topic, "] is conflict with system topic."));
}

TopicConfig topic_config(std::string_view name, std::int32_t queue_nums,
                         std::int32_t perm = perm_read | perm_write) {
  TopicConfig config;
  config.topic_name = name;
  config.read_queue_nums = queue_nums;
  config.write_queue_nums = queue_nums;
  config.perm = perm;
  return config;
}

TopicConfig wanted_config(const protocol::UpdateAndCreateTopic& request) {
  TopicConfig config = topic_config(request.topic, request.write_queue_nums, request.perm);
  config.read_queue_nums = request.read_queue_nums;
  config.topic_filter_type = request.topic_filter_type;
  config.topic_sys_flag = request.topic_sys_flag.value_or(0);
  config.order = request.order.value_or(false);
  return config;
}

// {"+message.type":"FIFO","-reserve.time":""}, as code 18 has them, in the form of code 17.
std::string attribute_changes(const Attributes& signed_attributes) {
  std::string changes;
  for (const auto& [key, value] : signed_attributes) {
    changes += str(changes.empty() ? "" : ",", key);
    if (!key.starts_with('-')) changes += str('=', value);
  }
  return changes;
}

// What a topic adds to a registration, in JSON: its name comes twice.
std::size_t registration_bytes(const TopicConfig& config) {
  constexpr std::size_t all_but_names = 144;
  constexpr std::size_t quotes_and_commas = 6;
  std::size_t bytes = all_but_names + 2 * config.topic_name.size();
  for (const auto& [key, value] : config.attributes) {
    bytes += key.size() + value.size() + quotes_and_commas;
  }
  return bytes;
}

TopicConfigAndMappingSerializeWrapper empty_wrapper(const protocol::DataVersion& version) {
  TopicConfigAndMappingSerializeWrapper wrapper;
  wrapper.data_version = version;
  wrapper.mapping_data_version = protocol::DataVersion{0, 0, version.timestamp};
  wrapper.topic_queue_mapping_detail_map.emplace();
  wrapper.topic_queue_mapping_info_map.emplace();
  return wrapper;
}

// The members of config/topics.json.
struct TopicsFile {
  protocol::DataVersion data_version;
  std::map<std::string, TopicConfig> topic_config_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("dataVersion", &TopicsFile::data_version);
    v("topicConfigTable", &TopicsFile::topic_config_table);
  }
};

}  // namespace

Topics::Topics(TopicsOptions options, std::int64_t wall_ms) : options_(std::move(options)) {
  create_system_topics();
  next_version(wall_ms);
}

// Java: TopicConfigManager.init().
void Topics::create_system_topics() {
  const auto create = [this](std::string_view name, std::int32_t queue_nums,
                             std::int32_t perm = perm_read | perm_write) {
    insert(topic_config(name, queue_nums, perm));
  };
  const auto open = [](bool is_enabled) {
    return is_enabled ? perm_inherit | perm_read | perm_write : perm_inherit;
  };
  const std::string& cluster = options_.broker_cluster_name;
  const std::string& broker = options_.broker_name;

  create("SELF_TEST_TOPIC", 1);
  create("OFFSET_MOVED_EVENT", 1);
  create("BenchmarkTest", 1024);
  create(schedule_topic, 18);
  create(half_topic, 1);
  create(op_half_topic, 1);
  create(str(cluster, reply_topic_suffix), 1);
  create(revive_topic(cluster), options_.revive_queue_num);
  create(str("rmq_sys_SYNC_BROKER_MEMBER_", broker), 1, perm_inherit);
  if (options_.auto_create_topic_enable) {
    create(auto_create_topic, options_.default_topic_queue_nums, open(true));
  }
  if (options_.trace_topic_enable) create(trace_topic, 1);
  if (options_.timer_wheel_enable) create(timer_topic, 1);
  // Clients find a broker by these: createTopic(clusterName, …) asks for the route of the first.
  create(broker, 1, open(options_.broker_topic_enable));
  create(cluster, 16, open(options_.cluster_topic_enable));
}

bool Topics::set_auto_create(bool enabled, std::int64_t wall_ms) {
  options_.auto_create_topic_enable = enabled;
  if (!enabled || find(auto_create_topic) != nullptr) return false;
  insert(topic_config(auto_create_topic, options_.default_topic_queue_nums,
                      perm_inherit | perm_read | perm_write));
  next_version(wall_ms);
  return true;
}

const TopicConfig* Topics::find(std::string_view topic) const {
  const auto found = table_.find(topic);
  return found == table_.end() ? nullptr : &found->second;
}

bool Topics::is_system(std::string_view topic) const {
  return topic.starts_with(system_topic_prefix) ||
         std::ranges::find(always_system, topic) != always_system.end() ||
         topic == options_.broker_cluster_name || topic == options_.broker_name ||
         topic == str(options_.broker_cluster_name, reply_topic_suffix);
}

std::vector<std::string> Topics::system_topics() const {
  std::set<std::string> names(always_system.begin(), always_system.end());
  names.insert(options_.broker_cluster_name);
  names.insert(options_.broker_name);
  names.insert(str(options_.broker_cluster_name, reply_topic_suffix));
  for (const auto& [name, config] : table_) {
    if (name.starts_with(system_topic_prefix)) names.insert(name);
  }
  return {names.begin(), names.end()};
}

// A TBW102 left in topics.json from a time when it was used must not be inherited from now.
std::int32_t Topics::perm_of(const TopicConfig& default_topic) const {
  const bool is_switched_off =
      default_topic.topic_name == auto_create_topic && !options_.auto_create_topic_enable;
  return is_switched_off ? perm_read | perm_write : default_topic.perm;
}

Topics::Created Topics::find_or_create(std::string_view topic, std::string_view default_topic,
                                       std::int32_t default_topic_queue_nums,
                                       std::int32_t topic_sys_flag, std::int64_t wall_ms) {
  if (const TopicConfig* there = find(topic)) return {there, false};

  if (const TopicConfig* model = find(default_topic)) {
    if (const std::int32_t perm = perm_of(*model); (perm & perm_inherit) != 0) {
      const std::int32_t queue_nums =
          std::max(0, std::min(default_topic_queue_nums, model->write_queue_nums));
      TopicConfig config = topic_config(topic, queue_nums, perm & ~perm_inherit);
      config.topic_sys_flag = topic_sys_flag;
      config.topic_filter_type = model->topic_filter_type;
      return add(std::move(config), wall_ms);
    }
  }
  if (!is_retry_topic(topic)) return {};
  TopicConfig config = topic_config(topic, 1);
  config.topic_sys_flag = topic_sys_flag;
  return add(std::move(config), wall_ms);
}

Topics::Created Topics::find_or_create(const TopicConfig& config, std::int64_t wall_ms) {
  if (const TopicConfig* there = find(config.topic_name)) return {there, false};
  return add(config, wall_ms);
}

Topics::Created Topics::add(TopicConfig config, std::int64_t wall_ms) {
  if (!has_room_for(config)) return {};
  const TopicConfig& added = insert(std::move(config));
  next_version(wall_ms);
  return {&added, true};
}

bool Topics::has_room_for(const TopicConfig& config) const {
  return table_.size() < options_.topics_max &&
         registration_bytes_ + registration_bytes(config) <= options_.registration_bytes_max;
}

bool Topics::has_room_for(const std::map<std::string, TopicConfig>& changes) const {
  std::size_t topics = table_.size();
  std::size_t bytes = registration_bytes_;
  for (const auto& [name, config] : changes) {
    if (find(name) != nullptr) continue;
    ++topics;
    bytes += registration_bytes(config);
  }
  return topics <= options_.topics_max && bytes <= options_.registration_bytes_max;
}

// Adds or replaces.
const TopicConfig& Topics::insert(TopicConfig config) {
  if (const TopicConfig* there = find(config.topic_name)) {
    registration_bytes_ -= registration_bytes(*there);
  }
  registration_bytes_ += registration_bytes(config);
  std::string name = config.topic_name;
  return table_.insert_or_assign(std::move(name), std::move(config)).first->second;
}

Result<bool> Topics::update(const protocol::UpdateAndCreateTopic& request, std::int64_t wall_ms) {
  Result<TopicConfig> config = changed(wanted_config(request), request.attributes.value_or(""));
  if (!config) return std::move(config).error();
  const TopicConfig* there = find(request.topic);
  // Tools repeat their requests; a new version each time would be a storm of registrations.
  if (there != nullptr && *there == *config) return false;
  if (there == nullptr && !has_room_for(*config)) return no_room();
  insert(*std::move(config));
  next_version(wall_ms);
  return true;
}

// An entry that changes nothing is passed over. Stock ends there and forgets those behind it.
Result<std::vector<std::string>> Topics::update(const std::vector<TopicConfig>& wanted,
                                                std::int64_t wall_ms) {
  std::map<std::string, TopicConfig> changes;  // of a name that comes twice the last
  for (const TopicConfig& each : wanted) {
    Result<TopicConfig> config = changed(each, attribute_changes(each.attributes));
    if (!config) return std::move(config).error();
    changes.insert_or_assign(each.topic_name, *std::move(config));
  }
  std::erase_if(changes, [this](const auto& change) {
    const TopicConfig* there = find(change.first);
    return there != nullptr && *there == change.second;
  });
  if (!has_room_for(changes)) return no_room();

  std::vector<std::string> names;
  for (auto& [name, config] : changes) {
    names.push_back(name);
    insert(std::move(config));
  }
  if (!names.empty()) next_version(wall_ms);
  return names;
}

Error Topics::no_room() const {
  return {ResponseCode::system_error,
          str("this broker has ", table_.size(), " topics and no room for more")};
}

// What the topic becomes. The attributes of `wanted` do not count.
Result<TopicConfig> Topics::changed(TopicConfig wanted, std::string_view attributes) const {
  const std::string& topic = wanted.topic_name;
  if (auto good = check_topic_name(topic); !good) return std::move(good).error();
  if (is_system(topic)) return conflict_with_system(topic);
  if (wanted.topic_filter_type != single_tag && wanted.topic_filter_type != multi_tag) {
    return Error{ResponseCode::system_error,
                 str("topicFilterType = [", wanted.topic_filter_type, "] value invalid")};
  }
  // Stock takes any number here and breaks later.
  for (const std::int32_t queue_nums : {wanted.read_queue_nums, wanted.write_queue_nums}) {
    if (queue_nums < 0 || queue_nums > options_.queue_nums_max) {
      return invalid(
          str("the queue count ", queue_nums, " is not within 0 and ", options_.queue_nums_max));
    }
  }
  if ((wanted.perm & ~all_perms) != 0) return invalid(str("the perm ", wanted.perm, " is none"));

  const TopicConfig* there = find(topic);
  Result<Attributes> altered = alter_attributes(there != nullptr ? there->attributes : Attributes{},
                                                attributes, there == nullptr);
  if (!altered) return std::move(altered).error();
  wanted.attributes = *std::move(altered);
  if (const auto type = wanted.attributes.find("message.type");
      type != wanted.attributes.end() && type->second == "MIXED" &&
      !options_.enable_mixed_message_type) {
    return invalid("MIXED message type is not supported.");
  }
  return wanted;
}

Result<void> Topics::check_may_delete(std::string_view topic) const {
  if (topic.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return invalid("The specified topic is blank.");
  }
  if (is_system(topic)) return conflict_with_system(topic);
  return {};
}

bool Topics::remove(std::string_view topic, std::int64_t wall_ms) {
  const auto found = table_.find(topic);
  if (found == table_.end()) return false;
  registration_bytes_ -= registration_bytes(found->second);
  table_.erase(found);
  next_version(wall_ms);
  return true;
}

bool Topics::set_ordered(const protocol::KVTable& order_topics, std::int64_t wall_ms) {
  bool is_changed = false;
  for (const auto& [name, conf] : order_topics.table) {
    const auto found = table_.find(name);
    if (found == table_.end() || found->second.order) continue;
    found->second.order = true;
    is_changed = true;
  }
  if (is_changed) next_version(wall_ms);
  return is_changed;
}

void Topics::next_version(std::int64_t wall_ms) {
  ++data_version_.counter;
  data_version_.timestamp = wall_ms;
}

std::vector<std::string> Topics::names() const {
  std::vector<std::string> names;
  names.reserve(table_.size());
  for (const auto& [name, config] : table_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

TopicConfigAndMappingSerializeWrapper Topics::wrapper() const {
  TopicConfigAndMappingSerializeWrapper all = empty_wrapper(data_version_);
  all.topic_config_table = {table_.begin(), table_.end()};
  return all;
}

TopicConfigAndMappingSerializeWrapper Topics::wrapper(std::string_view topic) const {
  TopicConfigAndMappingSerializeWrapper one = empty_wrapper(data_version_);
  if (const TopicConfig* config = find(topic)) one.topic_config_table.emplace(topic, *config);
  return one;
}

std::string Topics::to_json() const {
  const TopicsFile file{data_version_, {table_.begin(), table_.end()}};
  return protocol::to_json(file, {.pretty = true});
}

Result<void> Topics::load(std::string_view json) {
  auto file = protocol::from_json<TopicsFile>(json, "topics.json");
  if (!file) return std::move(file).error();
  for (auto& [name, config] : file->topic_config_table) {
    const bool is_usable =
        check_topic_name(name) && config.read_queue_nums >= 0 && config.write_queue_nums >= 0;
    if (!is_usable || table_.size() >= options_.topics_max) continue;
    config.topic_name = name;
    insert(std::move(config));
  }
  // Our own boot topics may be new to the file, so the version moves on from where it was.
  const std::int64_t boot_ms = data_version_.timestamp;
  data_version_ = file->data_version;
  next_version(boot_ms);
  return {};
}

}  // namespace rocketmq::broker
