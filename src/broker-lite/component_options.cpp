#include "broker-lite/component_options.h"

#include <algorithm>

namespace rocketmq::broker {

StoreOptions store_options(const BrokerOptions& options, const DelayLevels& levels) {
  StoreOptions store;
  store.tags_code = [levels](const protocol::RecordView& record, std::int64_t store_timestamp) {
    return levels.tags_code(record, store_timestamp);
  };
  store.flush_mode =
      options.flush_disk_type == FlushDiskType::sync_flush ? FlushMode::sync : FlushMode::async;
  store.mapped_file_size_commit_log = options.mapped_file_size_commit_log;
  store.mapped_file_size_consume_queue = options.mapped_file_size_consume_queue;
  store.max_message_size = static_cast<std::size_t>(options.max_message_size);
  store.flush_interval_commit_log_ms = options.flush_interval_commit_log_ms;
  store.max_transfer_count_in_memory = options.max_transfer_count_on_message_in_memory;
  store.max_transfer_bytes_in_memory = options.max_transfer_bytes_on_message_in_memory;
  store.max_filter_message_size = options.max_filter_message_size;
  store.message_index_enable = options.message_index_enable;
  store.index_geometry = {options.max_hash_slot_num, options.max_index_num};
  store.max_msgs_num_batch = options.max_msgs_num_batch;
  if (options.store_path_root_dir == memory_store) {
    // Nobody else will read it, and slots all over many megabytes would all be in memory.
    constexpr std::int32_t slots_in_memory = 1 << 16;
    store.index_geometry.slots = std::min(store.index_geometry.slots, slots_in_memory);
  }
  return store;
}

RetentionOptions retention_options(const BrokerOptions& options) {
  RetentionOptions retention;
  retention.delete_when = parse_delete_when(options.delete_when).value();  // it was checked
  retention.file_reserved_time_ms = options.file_reserved_time * 3'600'000;
  retention.clean_file_forcibly_enable = options.clean_file_forcibly_enable;
  // Java: DefaultMessageStore.CleanCommitLogService, which also takes no warning level above 90.
  retention.disk_max_used_space_ratio = std::clamp(options.disk_max_used_space_ratio, 10, 95);
  retention.disk_space_clean_forcibly_ratio =
      std::clamp(options.disk_space_clean_forcibly_ratio, 30, 100);
  retention.disk_space_warning_level_ratio =
      std::clamp(options.disk_space_warning_level_ratio, 35, 100);
  retention.clean_resource_interval_ms = options.clean_resource_interval_ms;
  retention.delete_commit_log_files_interval_ms = options.delete_commit_log_files_interval_ms;
  retention.delete_consume_queue_files_interval_ms = options.delete_consume_queue_files_interval_ms;
  retention.delete_file_batch_max = options.delete_file_batch_max;
  return retention;
}

TopicsOptions topics_options(const BrokerOptions& options) {
  TopicsOptions topics;
  topics.broker_cluster_name = options.broker_cluster_name;
  topics.broker_name = options.broker_name;
  topics.auto_create_topic_enable = options.auto_create_topic_enable;
  topics.default_topic_queue_nums = options.default_topic_queue_nums;
  topics.cluster_topic_enable = options.cluster_topic_enable;
  topics.broker_topic_enable = options.broker_topic_enable;
  topics.trace_topic_enable = options.trace_topic_enable;
  topics.revive_queue_num = options.revive_queue_num;
  return topics;
}

SqlLimits sql_limits(const BrokerOptions& options) {
  return {.length_max = static_cast<std::size_t>(options.sql_filter_length_max),
          .depth_max = options.sql_filter_depth_max};
}

}  // namespace rocketmq::broker
