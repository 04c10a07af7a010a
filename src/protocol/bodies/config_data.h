#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/json_body.h"

// Topics, groups and their versions: registrations, admin answers and the files under config/.
// Java: TopicConfig, SubscriptionGroupConfig, DataVersion.

namespace rocketmq::protocol {

struct DataVersion {
  std::int64_t counter = 0;
  std::int64_t state_version = 0;
  std::int64_t timestamp = 0;  // Unix ms of the last change

  template <class V>
  static constexpr void fields(V&& v) {
    v("counter", &DataVersion::counter);
    v("stateVersion", &DataVersion::state_version);
    v("timestamp", &DataVersion::timestamp);
  }
  bool operator==(const DataVersion&) const = default;
};

struct TopicConfig {
  std::map<std::string, std::string> attributes;
  bool order = false;
  std::int32_t perm = 6;  // 4 read, 2 write, 1 inherited by auto-created topics
  std::int32_t read_queue_nums = 16;
  std::string topic_filter_type = "SINGLE_TAG";
  std::string topic_name;
  std::int32_t topic_sys_flag = 0;
  std::int32_t write_queue_nums = 16;

  template <class V>
  static constexpr void fields(V&& v) {
    v("attributes", &TopicConfig::attributes);
    v("order", &TopicConfig::order);
    v("perm", &TopicConfig::perm);
    v("readQueueNums", &TopicConfig::read_queue_nums);
    v("topicFilterType", &TopicConfig::topic_filter_type);
    v("topicName", &TopicConfig::topic_name);
    v("topicSysFlag", &TopicConfig::topic_sys_flag);
    v("writeQueueNums", &TopicConfig::write_queue_nums);
  }
  bool operator==(const TopicConfig&) const = default;
};

// Answer of GET_TOPIC_CONFIG: a TopicConfig, with the mapping of a static topic beside it (which we
// have none of).
struct TopicConfigAndQueueMapping {
  std::map<std::string, std::string> attributes;
  bool order = false;
  std::int32_t perm = 6;
  std::int32_t read_queue_nums = 16;
  std::string topic_filter_type = "SINGLE_TAG";
  std::string topic_name;
  std::int32_t topic_sys_flag = 0;
  std::int32_t write_queue_nums = 16;

  template <class V>
  static constexpr void fields(V&& v) {
    v("attributes", &TopicConfigAndQueueMapping::attributes);
    v("order", &TopicConfigAndQueueMapping::order);
    v("perm", &TopicConfigAndQueueMapping::perm);
    v("readQueueNums", &TopicConfigAndQueueMapping::read_queue_nums);
    v("topicFilterType", &TopicConfigAndQueueMapping::topic_filter_type);
    v("topicName", &TopicConfigAndQueueMapping::topic_name);
    v("topicSysFlag", &TopicConfigAndQueueMapping::topic_sys_flag);
    v("writeQueueNums", &TopicConfigAndQueueMapping::write_queue_nums);
  }
  bool operator==(const TopicConfigAndQueueMapping&) const = default;
};

// Static topics are not served: their tables are empty objects.
struct NoMappings {
  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const NoMappings&) const = default;
};

struct TopicConfigAndMappingSerializeWrapper {
  DataVersion data_version;
  std::optional<DataVersion> mapping_data_version;
  std::map<std::string, TopicConfig> topic_config_table;
  std::optional<NoMappings> topic_queue_mapping_detail_map;
  std::optional<NoMappings> topic_queue_mapping_info_map;

  template <class V>
  static constexpr void fields(V&& v) {
    v("dataVersion", &TopicConfigAndMappingSerializeWrapper::data_version);
    v("mappingDataVersion", &TopicConfigAndMappingSerializeWrapper::mapping_data_version);
    v("topicConfigTable", &TopicConfigAndMappingSerializeWrapper::topic_config_table);
    v("topicQueueMappingDetailMap",
      &TopicConfigAndMappingSerializeWrapper::topic_queue_mapping_detail_map);
    v("topicQueueMappingInfoMap",
      &TopicConfigAndMappingSerializeWrapper::topic_queue_mapping_info_map);
  }
  bool operator==(const TopicConfigAndMappingSerializeWrapper&) const = default;
};

struct RegisterBrokerBody {
  std::vector<std::string> filter_server_list;
  TopicConfigAndMappingSerializeWrapper topics;

  template <class V>
  static constexpr void fields(V&& v) {
    v("filterServerList", &RegisterBrokerBody::filter_server_list);
    v("topicConfigSerializeWrapper", &RegisterBrokerBody::topics);
  }
  bool operator==(const RegisterBrokerBody&) const = default;
};

// Delay of attempt n: `next`[n + 2] ms, or `initial` * `multiplier`^n ms up to `max`.
struct CustomizedRetryPolicy {
  std::vector<std::int64_t> next;

  template <class V>
  static constexpr void fields(V&& v) {
    v("next", &CustomizedRetryPolicy::next);
  }
  bool operator==(const CustomizedRetryPolicy&) const = default;
};
struct ExponentialRetryPolicy {
  std::int64_t initial = 5'000;
  std::int64_t max = 7'200'000;
  std::int64_t multiplier = 2;

  template <class V>
  static constexpr void fields(V&& v) {
    v("initial", &ExponentialRetryPolicy::initial);
    v("max", &ExponentialRetryPolicy::max);
    v("multiplier", &ExponentialRetryPolicy::multiplier);
  }
  bool operator==(const ExponentialRetryPolicy&) const = default;
};

// Used by POP consumers; kept for them.
struct GroupRetryPolicy {
  std::optional<CustomizedRetryPolicy> customized_retry_policy;
  std::optional<ExponentialRetryPolicy> exponential_retry_policy;
  std::string type = "CUSTOMIZED";  // or EXPONENTIAL

  template <class V>
  static constexpr void fields(V&& v) {
    v("customizedRetryPolicy", &GroupRetryPolicy::customized_retry_policy);
    v("exponentialRetryPolicy", &GroupRetryPolicy::exponential_retry_policy);
    v("type", &GroupRetryPolicy::type);
  }
  bool operator==(const GroupRetryPolicy&) const = default;
};

struct SimpleSubscriptionData {
  std::string expression;
  std::string expression_type;
  std::string topic;
  std::int64_t version = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("expression", &SimpleSubscriptionData::expression);
    v("expressionType", &SimpleSubscriptionData::expression_type);
    v("topic", &SimpleSubscriptionData::topic);
    v("version", &SimpleSubscriptionData::version);
  }
  bool operator==(const SimpleSubscriptionData&) const = default;
};

struct SubscriptionGroupConfig {
  std::map<std::string, std::string> attributes;
  std::int64_t broker_id = 0;
  bool consume_broadcast_enable = true;
  bool consume_enable = true;
  bool consume_from_min_enable = true;
  bool consume_message_orderly = false;
  std::int32_t consume_timeout_minute = 15;
  std::string group_name;
  GroupRetryPolicy group_retry_policy;
  std::int32_t group_sys_flag = 0;
  bool notify_consumer_ids_changed_enable = true;
  std::int32_t retry_max_times = 16;
  std::int32_t retry_queue_nums = 1;
  std::optional<std::vector<SimpleSubscriptionData>> subscription_data_set;
  std::int64_t which_broker_when_consume_slowly = 1;

  template <class V>
  static constexpr void fields(V&& v) {
    v("attributes", &SubscriptionGroupConfig::attributes);
    v("brokerId", &SubscriptionGroupConfig::broker_id);
    v("consumeBroadcastEnable", &SubscriptionGroupConfig::consume_broadcast_enable);
    v("consumeEnable", &SubscriptionGroupConfig::consume_enable);
    v("consumeFromMinEnable", &SubscriptionGroupConfig::consume_from_min_enable);
    v("consumeMessageOrderly", &SubscriptionGroupConfig::consume_message_orderly);
    v("consumeTimeoutMinute", &SubscriptionGroupConfig::consume_timeout_minute);
    v("groupName", &SubscriptionGroupConfig::group_name);
    v("groupRetryPolicy", &SubscriptionGroupConfig::group_retry_policy);
    v("groupSysFlag", &SubscriptionGroupConfig::group_sys_flag);
    v("notifyConsumerIdsChangedEnable",
      &SubscriptionGroupConfig::notify_consumer_ids_changed_enable);
    v("retryMaxTimes", &SubscriptionGroupConfig::retry_max_times);
    v("retryQueueNums", &SubscriptionGroupConfig::retry_queue_nums);
    v("subscriptionDataSet", &SubscriptionGroupConfig::subscription_data_set);
    v("whichBrokerWhenConsumeSlowly", &SubscriptionGroupConfig::which_broker_when_consume_slowly);
  }
  bool operator==(const SubscriptionGroupConfig&) const = default;
};

// Also the file subscriptionGroup.json.
struct SubscriptionGroupWrapper {
  DataVersion data_version;
  std::optional<std::map<std::string, std::map<std::string, std::int32_t>>> forbidden_table;
  std::map<std::string, SubscriptionGroupConfig> subscription_group_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("dataVersion", &SubscriptionGroupWrapper::data_version);
    v("forbiddenTable", &SubscriptionGroupWrapper::forbidden_table);
    v("subscriptionGroupTable", &SubscriptionGroupWrapper::subscription_group_table);
  }
  bool operator==(const SubscriptionGroupWrapper&) const = default;
};

struct CreateTopicListRequestBody {
  std::vector<TopicConfig> topic_config_list;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topicConfigList", &CreateTopicListRequestBody::topic_config_list);
  }
  bool operator==(const CreateTopicListRequestBody&) const = default;
};

struct SubscriptionGroupList {
  std::vector<SubscriptionGroupConfig> group_config_list;

  template <class V>
  static constexpr void fields(V&& v) {
    v("groupConfigList", &SubscriptionGroupList::group_config_list);
  }
  bool operator==(const SubscriptionGroupList&) const = default;
};

struct KVTable {
  std::map<std::string, std::string> table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("table", &KVTable::table);
  }
  bool operator==(const KVTable&) const = default;
};

}  // namespace rocketmq::protocol
