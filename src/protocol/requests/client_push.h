#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/running_info.h"
#include "protocol/describe.h"

// What brokers ask their clients on behalf of tools, and the tools of brokers. Java:
// ClientRemotingProcessor, AdminBrokerProcessor.

namespace rocketmq::protocol {

// Java: ResetOffsetRequestHeader.
struct InvokeBrokerToResetOffset {
  static constexpr auto code = RequestCode::invoke_broker_to_reset_offset;
  using Response = NoFields;
  using ResponseBody = ResetOffsetBody;

  Text topic;
  Text group;
  std::optional<std::int32_t> queue_id;  // negative or absent: all
  std::optional<std::int64_t> offset;    // with a queue only; -1: by the time
  std::int64_t timestamp = 0;            // Unix ms; negative: the end of the queue
  bool is_force = false;                 // also forwards

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &InvokeBrokerToResetOffset::topic);
    v("group", &InvokeBrokerToResetOffset::group);
    v("queueId", &InvokeBrokerToResetOffset::queue_id);
    v("offset", &InvokeBrokerToResetOffset::offset);
    v("timestamp", &InvokeBrokerToResetOffset::timestamp);
    v("isForce", &InvokeBrokerToResetOffset::is_force);
  }
  bool operator==(const InvokeBrokerToResetOffset&) const = default;
};

// Broker to client, one-way. Body: ResetOffsetBody or ResetOffsetBodyForC.
struct ResetConsumerClientOffset : InvokeBrokerToResetOffset {
  static constexpr auto code = RequestCode::reset_consumer_client_offset;
  bool operator==(const ResetConsumerClientOffset&) const = default;
};

// Java: GetConsumerStatusRequestHeader.
struct InvokeBrokerToGetConsumerStatus {
  static constexpr auto code = RequestCode::invoke_broker_to_get_consumer_status;
  using Response = NoFields;
  using ResponseBody = GetConsumerStatusBody;

  Text topic;
  Text group;
  std::optional<Text> client_addr;  // a client id; absent or empty: all

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &InvokeBrokerToGetConsumerStatus::topic);
    v("group", &InvokeBrokerToGetConsumerStatus::group);
    v("clientAddr", &InvokeBrokerToGetConsumerStatus::client_addr);
  }
  bool operator==(const InvokeBrokerToGetConsumerStatus&) const = default;
};

// Broker to client.
struct GetConsumerStatusFromClient : InvokeBrokerToGetConsumerStatus {
  static constexpr auto code = RequestCode::get_consumer_status_from_client;
  bool operator==(const GetConsumerStatusFromClient&) const = default;
};

// Tool to broker, which asks the client the same.
struct GetConsumerRunningInfo {
  static constexpr auto code = RequestCode::get_consumer_running_info;
  using Response = NoFields;
  using ResponseBody = ConsumerRunningInfo;

  Text consumer_group;
  Text client_id;
  std::optional<bool> jstack_enable;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &GetConsumerRunningInfo::consumer_group);
    v("clientId", &GetConsumerRunningInfo::client_id);
    v("jstackEnable", &GetConsumerRunningInfo::jstack_enable);
  }
  bool operator==(const GetConsumerRunningInfo&) const = default;
};

// Tool to broker, which adds the message as body and asks the client the same. Java:
// ConsumeMessageDirectlyResultRequestHeader.
struct ConsumeMessageDirectly {
  static constexpr auto code = RequestCode::consume_message_directly;
  using Response = NoFields;
  using ResponseBody = ConsumeMessageDirectlyResult;

  Text consumer_group;
  std::optional<Text> client_id;
  std::optional<Text> msg_id;  // an offset message id
  std::optional<Text> broker_name;
  std::optional<Text> topic;
  std::optional<std::int32_t> topic_sys_flag;
  std::optional<std::int32_t> group_sys_flag;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &ConsumeMessageDirectly::consumer_group);
    v("clientId", &ConsumeMessageDirectly::client_id);
    v("msgId", &ConsumeMessageDirectly::msg_id);
    v("brokerName", &ConsumeMessageDirectly::broker_name);
    v("topic", &ConsumeMessageDirectly::topic);
    v("topicSysFlag", &ConsumeMessageDirectly::topic_sys_flag);
    v("groupSysFlag", &ConsumeMessageDirectly::group_sys_flag);
  }
  bool operator==(const ConsumeMessageDirectly&) const = default;
};

}  // namespace rocketmq::protocol
