#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/config_data.h"
#include "protocol/bodies/route_data.h"
#include "protocol/bodies/stats_data.h"
#include "protocol/describe.h"

// Topics and groups on a broker. Java: AdminBrokerProcessor.

namespace rocketmq::protocol {

// Java: CreateTopicRequestHeader.
struct UpdateAndCreateTopic {
  static constexpr auto code = RequestCode::update_and_create_topic;
  using Response = NoFields;

  Text topic;
  Text default_topic;
  std::int32_t read_queue_nums = 0;
  std::int32_t write_queue_nums = 0;
  std::int32_t perm = 0;
  Text topic_filter_type;  // SINGLE_TAG or MULTI_TAG
  std::optional<std::int32_t> topic_sys_flag;
  std::optional<bool> order;
  std::optional<Text> attributes;  // "+key=value,-key"
  std::optional<bool> force;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &UpdateAndCreateTopic::topic);
    v("defaultTopic", &UpdateAndCreateTopic::default_topic);
    v("readQueueNums", &UpdateAndCreateTopic::read_queue_nums);
    v("writeQueueNums", &UpdateAndCreateTopic::write_queue_nums);
    v("perm", &UpdateAndCreateTopic::perm);
    v("topicFilterType", &UpdateAndCreateTopic::topic_filter_type);
    v("topicSysFlag", &UpdateAndCreateTopic::topic_sys_flag);
    v("order", &UpdateAndCreateTopic::order);
    v("attributes", &UpdateAndCreateTopic::attributes);
    v("force", &UpdateAndCreateTopic::force);
  }
  bool operator==(const UpdateAndCreateTopic&) const = default;
};

struct TotalTopicNumResponse {
  std::optional<std::int32_t> total_topic_num;

  template <class V>
  static constexpr void fields(V&& v) {
    v("totalTopicNum", &TotalTopicNumResponse::total_topic_num);
  }
  bool operator==(const TotalTopicNumResponse&) const = default;
};

struct GetAllTopicConfig {
  static constexpr auto code = RequestCode::get_all_topic_config;
  using Response = TotalTopicNumResponse;
  using ResponseBody = TopicConfigAndMappingSerializeWrapper;

  std::optional<std::int32_t> topic_seq;  // paging, since 5.4
  std::optional<Text> data_version;
  std::optional<std::int32_t> max_topic_num;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topicSeq", &GetAllTopicConfig::topic_seq);
    v("dataVersion", &GetAllTopicConfig::data_version);
    v("maxTopicNum", &GetAllTopicConfig::max_topic_num);
  }
  bool operator==(const GetAllTopicConfig&) const = default;
};

struct GetTopicConfig {
  static constexpr auto code = RequestCode::get_topic_config;
  using Response = NoFields;
  using ResponseBody = TopicConfigAndQueueMapping;

  Text topic;
  std::optional<bool> logical;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &GetTopicConfig::topic);
    v("lo", &GetTopicConfig::logical);
  }
  bool operator==(const GetTopicConfig&) const = default;
};

struct UpdateAndCreateSubscriptionGroup {
  static constexpr auto code = RequestCode::update_and_create_subscriptiongroup;
  using Response = NoFields;
  using Body = SubscriptionGroupConfig;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const UpdateAndCreateSubscriptionGroup&) const = default;
};

struct TotalGroupNumResponse {
  std::optional<std::int32_t> total_group_num;

  template <class V>
  static constexpr void fields(V&& v) {
    v("totalGroupNum", &TotalGroupNumResponse::total_group_num);
  }
  bool operator==(const TotalGroupNumResponse&) const = default;
};

struct GetAllSubscriptionGroupConfig {
  static constexpr auto code = RequestCode::get_all_subscriptiongroup_config;
  using Response = TotalGroupNumResponse;
  using ResponseBody = SubscriptionGroupWrapper;

  std::optional<std::int32_t> group_seq;  // paging, since 5.4
  std::optional<Text> data_version;
  std::optional<std::int32_t> max_group_num;

  template <class V>
  static constexpr void fields(V&& v) {
    v("groupSeq", &GetAllSubscriptionGroupConfig::group_seq);
    v("dataVersion", &GetAllSubscriptionGroupConfig::data_version);
    v("maxGroupNum", &GetAllSubscriptionGroupConfig::max_group_num);
  }
  bool operator==(const GetAllSubscriptionGroupConfig&) const = default;
};

struct DeleteTopicInBroker {
  static constexpr auto code = RequestCode::delete_topic_in_broker;
  using Response = NoFields;

  Text topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &DeleteTopicInBroker::topic);
  }
  bool operator==(const DeleteTopicInBroker&) const = default;
};

struct DeleteSubscriptionGroup {
  static constexpr auto code = RequestCode::delete_subscriptiongroup;
  using Response = NoFields;

  Text group_name;
  std::optional<bool> clean_offset;

  template <class V>
  static constexpr void fields(V&& v) {
    v("groupName", &DeleteSubscriptionGroup::group_name);
    v("cleanOffset", &DeleteSubscriptionGroup::clean_offset);
  }
  bool operator==(const DeleteSubscriptionGroup&) const = default;
};

struct GetSubscriptionGroupConfig {
  static constexpr auto code = RequestCode::get_subscriptiongroup_config;
  using Response = NoFields;
  using ResponseBody = SubscriptionGroupConfig;

  Text group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("group", &GetSubscriptionGroupConfig::group);
  }
  bool operator==(const GetSubscriptionGroupConfig&) const = default;
};

// The groups that subscribe to a topic or have consumed it.
struct QueryTopicConsumeByWho {
  static constexpr auto code = RequestCode::query_topic_consume_by_who;
  using Response = NoFields;
  using ResponseBody = GroupList;

  Text topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &QueryTopicConsumeByWho::topic);
  }
  bool operator==(const QueryTopicConsumeByWho&) const = default;
};

// The topics a group has consumed.
struct QueryTopicsByConsumer {
  static constexpr auto code = RequestCode::query_topics_by_consumer;
  using Response = NoFields;
  using ResponseBody = TopicList;

  Text group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("group", &QueryTopicsByConsumer::group);
  }
  bool operator==(const QueryTopicsByConsumer&) const = default;
};

// Since 5.3.
struct UpdateAndCreateTopicList {
  static constexpr auto code = RequestCode::update_and_create_topic_list;
  using Response = NoFields;
  using Body = CreateTopicListRequestBody;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const UpdateAndCreateTopicList&) const = default;
};

// Since 5.3.
struct UpdateAndCreateSubscriptionGroupList {
  static constexpr auto code = RequestCode::update_and_create_subscriptiongroup_list;
  using Response = NoFields;
  using Body = SubscriptionGroupList;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const UpdateAndCreateSubscriptionGroupList&) const = default;
};

struct GetSystemTopicListFromBroker {
  static constexpr auto code = RequestCode::get_system_topic_list_from_broker;
  using Response = NoFields;
  using ResponseBody = TopicList;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetSystemTopicListFromBroker&) const = default;
};

}  // namespace rocketmq::protocol
