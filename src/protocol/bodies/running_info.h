#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bodies/client_data.h"
#include "protocol/json_body.h"

// What a consumer tells of itself when a broker asks on behalf of a tool. Java:
// ConsumerRunningInfo, ConsumeMessageDirectlyResult, GetConsumerStatusBody.

namespace rocketmq::protocol {

// Java: ProcessQueueInfo.
struct ProcessQueueInfo {
  std::int32_t cached_msg_count = 0;
  std::int64_t cached_msg_max_offset = 0;
  std::int64_t cached_msg_min_offset = 0;
  std::int32_t cached_msg_size_mib = 0;
  std::int64_t commit_offset = 0;
  bool dropped = false;                     // spelled so on the wire
  std::int64_t last_consume_timestamp = 0;  // Unix ms, as the others
  std::int64_t last_lock_timestamp = 0;
  std::int64_t last_pull_timestamp = 0;
  bool locked = false;
  std::int32_t transaction_msg_count = 0;
  std::int64_t transaction_msg_max_offset = 0;
  std::int64_t transaction_msg_min_offset = 0;
  std::int64_t try_unlock_times = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("cachedMsgCount", &ProcessQueueInfo::cached_msg_count);
    v("cachedMsgMaxOffset", &ProcessQueueInfo::cached_msg_max_offset);
    v("cachedMsgMinOffset", &ProcessQueueInfo::cached_msg_min_offset);
    v("cachedMsgSizeInMiB", &ProcessQueueInfo::cached_msg_size_mib);
    v("commitOffset", &ProcessQueueInfo::commit_offset);
    v("droped", &ProcessQueueInfo::dropped);
    v("lastConsumeTimestamp", &ProcessQueueInfo::last_consume_timestamp);
    v("lastLockTimestamp", &ProcessQueueInfo::last_lock_timestamp);
    v("lastPullTimestamp", &ProcessQueueInfo::last_pull_timestamp);
    v("locked", &ProcessQueueInfo::locked);
    v("transactionMsgCount", &ProcessQueueInfo::transaction_msg_count);
    v("transactionMsgMaxOffset", &ProcessQueueInfo::transaction_msg_max_offset);
    v("transactionMsgMinOffset", &ProcessQueueInfo::transaction_msg_min_offset);
    v("tryUnlockTimes", &ProcessQueueInfo::try_unlock_times);
  }
  bool operator==(const ProcessQueueInfo&) const = default;
};

struct PopProcessQueueInfo {
  bool dropped = false;                 // spelled so on the wire
  std::int64_t last_pop_timestamp = 0;  // Unix ms
  std::int32_t wait_ack_count = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("droped", &PopProcessQueueInfo::dropped);
    v("lastPopTimestamp", &PopProcessQueueInfo::last_pop_timestamp);
    v("waitAckCount", &PopProcessQueueInfo::wait_ack_count);
  }
  bool operator==(const PopProcessQueueInfo&) const = default;
};

// Rates are per second, times milliseconds. Java: ConsumeStatus.
struct ConsumeStatus {
  std::int64_t consume_failed_msgs = 0;  // of the last hour
  double consume_failed_tps = 0;
  double consume_ok_tps = 0;
  double consume_rt = 0;
  double pull_rt = 0;
  double pull_tps = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumeFailedMsgs", &ConsumeStatus::consume_failed_msgs);
    v("consumeFailedTPS", &ConsumeStatus::consume_failed_tps);
    v("consumeOKTPS", &ConsumeStatus::consume_ok_tps);
    v("consumeRT", &ConsumeStatus::consume_rt);
    v("pullRT", &ConsumeStatus::pull_rt);
    v("pullTPS", &ConsumeStatus::pull_tps);
  }
  bool operator==(const ConsumeStatus&) const = default;
};

// Tools read of `properties`: PROP_CONSUME_TYPE, PROP_CONSUMEORDERLY, PROP_CLIENT_VERSION,
// PROP_CONSUMER_START_TIMESTAMP, PROP_NAMESERVER_ADDR, PROP_THREADPOOL_CORE_SIZE.
struct ConsumerRunningInfo {
  std::optional<std::string> jstack;  // the stacks of all threads, if asked for
  ObjectMap<MessageQueueData, PopProcessQueueInfo> mq_pop_table;
  ObjectMap<MessageQueueData, ProcessQueueInfo> mq_table;
  std::map<std::string, std::string> properties;
  std::map<std::string, ConsumeStatus> status_table;  // by topic
  std::vector<SubscriptionData> subscription_set;
  std::map<std::string, std::string> user_consumer_info;

  template <class V>
  static constexpr void fields(V&& v) {
    v("jstack", &ConsumerRunningInfo::jstack);
    v("mqPopTable", &ConsumerRunningInfo::mq_pop_table);
    v("mqTable", &ConsumerRunningInfo::mq_table);
    v("properties", &ConsumerRunningInfo::properties);
    v("statusTable", &ConsumerRunningInfo::status_table);
    v("subscriptionSet", &ConsumerRunningInfo::subscription_set);
    v("userConsumerInfo", &ConsumerRunningInfo::user_consumer_info);
  }
  bool operator==(const ConsumerRunningInfo&) const = default;
};

enum class CMResult { success, later, rollback, commit, threw, returned_null };
template <>
struct EnumNames<CMResult> {
  static constexpr std::array<std::string_view, 6> names{
      "CR_SUCCESS", "CR_LATER", "CR_ROLLBACK", "CR_COMMIT", "CR_THROW_EXCEPTION", "CR_RETURN_NULL"};
};

struct ConsumeMessageDirectlyResult {
  bool auto_commit = true;
  std::optional<CMResult> consume_result;  // absent: a name we do not know
  bool order = false;                      // of an orderly consumer
  std::optional<std::string> remark;
  std::int64_t spent_time_millis = 0;  // spelled so on the wire

  template <class V>
  static constexpr void fields(V&& v) {
    v("autoCommit", &ConsumeMessageDirectlyResult::auto_commit);
    v("consumeResult", &ConsumeMessageDirectlyResult::consume_result);
    v("order", &ConsumeMessageDirectlyResult::order);
    v("remark", &ConsumeMessageDirectlyResult::remark);
    v("spentTimeMills", &ConsumeMessageDirectlyResult::spent_time_millis);
  }
  bool operator==(const ConsumeMessageDirectlyResult&) const = default;
};

// `message_queue_table` from a client to its broker, `consumer_table` (by client id) from there to
// a tool.
struct GetConsumerStatusBody {
  std::map<std::string, ObjectMap<MessageQueueData, std::int64_t>> consumer_table;
  ObjectMap<MessageQueueData, std::int64_t> message_queue_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerTable", &GetConsumerStatusBody::consumer_table);
    v("messageQueueTable", &GetConsumerStatusBody::message_queue_table);
  }
  bool operator==(const GetConsumerStatusBody&) const = default;
};

struct ResetOffsetBody {
  ObjectMap<MessageQueueData, std::int64_t> offset_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("offsetTable", &ResetOffsetBody::offset_table);
  }
  bool operator==(const ResetOffsetBody&) const = default;
};

// Java: MessageQueueForC.
struct MessageQueueOffset {
  std::string broker_name;
  std::int64_t offset = 0;
  std::int32_t queue_id = 0;
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerName", &MessageQueueOffset::broker_name);
    v("offset", &MessageQueueOffset::offset);
    v("queueId", &MessageQueueOffset::queue_id);
    v("topic", &MessageQueueOffset::topic);
  }
  bool operator==(const MessageQueueOffset&) const = default;
};

// The same as ResetOffsetBody in standard JSON: what a broker pushes when a tool that says it is
// C++ asked for the reset.
struct ResetOffsetBodyForC {
  std::vector<MessageQueueOffset> offset_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("offsetTable", &ResetOffsetBodyForC::offset_table);
  }
  bool operator==(const ResetOffsetBodyForC&) const = default;
};

}  // namespace rocketmq::protocol
