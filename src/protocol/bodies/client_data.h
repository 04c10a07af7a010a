#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/json_body.h"

// What clients tell brokers about themselves. Java: HeartbeatData, LockBatchRequestBody.

namespace rocketmq::protocol {

enum class ConsumeType { consume_actively, consume_passively, consume_pop };
template <>
struct EnumNames<ConsumeType> {
  static constexpr std::array<std::string_view, 3> names{"CONSUME_ACTIVELY", "CONSUME_PASSIVELY",
                                                         "CONSUME_POP"};
};

enum class MessageModel { broadcasting, clustering, lite_selective };
template <>
struct EnumNames<MessageModel> {
  static constexpr std::array<std::string_view, 3> names{"BROADCASTING", "CLUSTERING",
                                                         "LITE_SELECTIVE"};
};

enum class ConsumeFromWhere {
  last_offset,
  first_offset,
  timestamp,
  last_offset_and_from_min,
  min_offset,
  max_offset
};
template <>
struct EnumNames<ConsumeFromWhere> {
  static constexpr std::array<std::string_view, 6> names{
      "CONSUME_FROM_LAST_OFFSET", "CONSUME_FROM_FIRST_OFFSET",
      "CONSUME_FROM_TIMESTAMP",   "CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST",
      "CONSUME_FROM_MIN_OFFSET",  "CONSUME_FROM_MAX_OFFSET"};
};

struct SubscriptionData {
  bool class_filter_mode = false;
  std::vector<std::int32_t> code_set;  // Java hash of each tag
  std::string expression_type = "TAG";
  std::string sub_string;        // "*" or "a || b" or an SQL expression
  std::int64_t sub_version = 0;  // Unix ms of the last change
  std::vector<std::string> tags_set;
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("classFilterMode", &SubscriptionData::class_filter_mode);
    v("codeSet", &SubscriptionData::code_set);
    v("expressionType", &SubscriptionData::expression_type);
    v("subString", &SubscriptionData::sub_string);
    v("subVersion", &SubscriptionData::sub_version);
    v("tagsSet", &SubscriptionData::tags_set);
    v("topic", &SubscriptionData::topic);
  }
  bool operator==(const SubscriptionData&) const = default;
};

struct ConsumerData {
  ConsumeFromWhere consume_from_where = ConsumeFromWhere::last_offset;
  ConsumeType consume_type = ConsumeType::consume_passively;
  std::string group_name;
  MessageModel message_model = MessageModel::clustering;
  std::vector<SubscriptionData> subscription_data_set;
  bool unit_mode = false;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumeFromWhere", &ConsumerData::consume_from_where);
    v("consumeType", &ConsumerData::consume_type);
    v("groupName", &ConsumerData::group_name);
    v("messageModel", &ConsumerData::message_model);
    v("subscriptionDataSet", &ConsumerData::subscription_data_set);
    v("unitMode", &ConsumerData::unit_mode);
  }
  bool operator==(const ConsumerData&) const = default;
};

struct ProducerData {
  std::string group_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("groupName", &ProducerData::group_name);
  }
  bool operator==(const ProducerData&) const = default;
};

struct HeartbeatData {
  std::string client_id;
  std::vector<ConsumerData> consumer_data_set;
  std::int32_t heartbeat_fingerprint = 0;
  std::vector<ProducerData> producer_data_set;
  bool without_sub = false;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clientID", &HeartbeatData::client_id);
    v("consumerDataSet", &HeartbeatData::consumer_data_set);
    v("heartbeatFingerprint", &HeartbeatData::heartbeat_fingerprint);
    v("producerDataSet", &HeartbeatData::producer_data_set);
    v("withoutSub", &HeartbeatData::without_sub);
  }
  bool operator==(const HeartbeatData&) const = default;
};

// Java: GetConsumerListByGroupResponseBody.
struct ConsumerIdList {
  std::vector<std::string> consumer_id_list;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerIdList", &ConsumerIdList::consumer_id_list);
  }
  bool operator==(const ConsumerIdList&) const = default;
};

// Java: MessageQueue.
struct MessageQueueData {
  std::string broker_name;
  std::int32_t queue_id = 0;
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerName", &MessageQueueData::broker_name);
    v("queueId", &MessageQueueData::queue_id);
    v("topic", &MessageQueueData::topic);
  }
  bool operator==(const MessageQueueData&) const = default;
  auto operator<=>(const MessageQueueData&) const = default;
};

// Also the body of an unlock.
struct LockBatchRequestBody {
  std::string client_id;
  std::string consumer_group;
  std::vector<MessageQueueData> mq_set;
  std::optional<bool> only_this_broker;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clientId", &LockBatchRequestBody::client_id);
    v("consumerGroup", &LockBatchRequestBody::consumer_group);
    v("mqSet", &LockBatchRequestBody::mq_set);
    v("onlyThisBroker", &LockBatchRequestBody::only_this_broker);
  }
  bool operator==(const LockBatchRequestBody&) const = default;
};

// The queues now owned by the caller.
struct LockBatchResponseBody {
  std::vector<MessageQueueData> locked_queues;

  template <class V>
  static constexpr void fields(V&& v) {
    v("lockOKMQSet", &LockBatchResponseBody::locked_queues);
  }
  bool operator==(const LockBatchResponseBody&) const = default;
};

struct CheckClientRequestBody {
  std::string client_id;
  std::string group;
  std::optional<std::string> ns;
  std::optional<SubscriptionData> subscription_data;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clientId", &CheckClientRequestBody::client_id);
    v("group", &CheckClientRequestBody::group);
    v("namespace", &CheckClientRequestBody::ns);
    v("subscriptionData", &CheckClientRequestBody::subscription_data);
  }
  bool operator==(const CheckClientRequestBody&) const = default;
};

}  // namespace rocketmq::protocol
