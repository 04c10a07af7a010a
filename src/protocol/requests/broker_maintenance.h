#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/broker_admin_data.h"
#include "protocol/describe.h"

// Looking into a broker and cleaning it up, for tools. Java: AdminBrokerProcessor.

namespace rocketmq::protocol {

// What a broker counts, by the name of a statistic and a key: TOPIC_PUT_NUMS and a topic,
// GROUP_GET_NUMS and topic@group, …
struct ViewBrokerStatsData {
  static constexpr auto code = RequestCode::view_broker_stats_data;
  using Response = NoFields;
  using ResponseBody = BrokerStatsData;

  Text stats_name;
  Text stats_key;

  template <class V>
  static constexpr void fields(V&& v) {
    v("statsName", &ViewBrokerStatsData::stats_name);
    v("statsKey", &ViewBrokerStatsData::stats_key);
  }
  bool operator==(const ViewBrokerStatsData&) const = default;
};

struct GetAllProducerInfo {
  static constexpr auto code = RequestCode::get_all_producer_info;
  using Response = NoFields;
  using ResponseBody = ProducerTableInfo;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetAllProducerInfo&) const = default;
};

struct QueryConsumeQueue {
  static constexpr auto code = RequestCode::query_consume_queue;
  using Response = NoFields;
  using ResponseBody = QueryConsumeQueueResponseBody;

  std::optional<Text> topic;
  std::optional<std::int32_t> queue_id;
  std::optional<std::int64_t> index;  // the first
  std::optional<std::int32_t> count;
  std::optional<Text> consumer_group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &QueryConsumeQueue::topic);
    v("queueId", &QueryConsumeQueue::queue_id);
    v("index", &QueryConsumeQueue::index);
    v("count", &QueryConsumeQueue::count);
    v("consumerGroup", &QueryConsumeQueue::consumer_group);
  }
  bool operator==(const QueryConsumeQueue&) const = default;
};

struct CleanExpiredConsumeQueue {
  static constexpr auto code = RequestCode::clean_expired_consumequeue;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const CleanExpiredConsumeQueue&) const = default;
};

struct CleanUnusedTopic {
  static constexpr auto code = RequestCode::clean_unused_topic;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const CleanUnusedTopic&) const = default;
};

struct DeleteExpiredCommitLog {
  static constexpr auto code = RequestCode::delete_expired_commitlog;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const DeleteExpiredCommitLog&) const = default;
};

// The half message is to be checked again.
struct ResumeCheckHalfMessage {
  static constexpr auto code = RequestCode::resume_check_half_message;
  using Response = NoFields;

  std::optional<Text> topic;
  std::optional<Text> msg_id;  // an offset message id

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &ResumeCheckHalfMessage::topic);
    v("msgId", &ResumeCheckHalfMessage::msg_id);
  }
  bool operator==(const ResumeCheckHalfMessage&) const = default;
};

// Body: Java properties text.
struct UpdateColdDataFlowCtrConfig {
  static constexpr auto code = RequestCode::update_cold_data_flow_ctr_config;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const UpdateColdDataFlowCtrConfig&) const = default;
};

// Body: the group.
struct RemoveColdDataFlowCtrConfig {
  static constexpr auto code = RequestCode::remove_cold_data_flow_ctr_config;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const RemoveColdDataFlowCtrConfig&) const = default;
};

// Answer body: JSON text.
struct GetColdDataFlowCtrInfo {
  static constexpr auto code = RequestCode::get_cold_data_flow_ctr_info;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetColdDataFlowCtrInfo&) const = default;
};

struct SetCommitLogReadMode {
  static constexpr auto code = RequestCode::set_commitlog_read_mode;
  using Response = NoFields;

  std::int32_t read_ahead_mode = 0;  // 0 or 1

  template <class V>
  static constexpr void fields(V&& v) {
    v("READ_AHEAD_MODE", &SetCommitLogReadMode::read_ahead_mode);
  }
  bool operator==(const SetCommitLogReadMode&) const = default;
};

struct GetBrokerHaStatus {
  static constexpr auto code = RequestCode::get_broker_ha_status;
  using Response = NoFields;
  using ResponseBody = HARuntimeInfo;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetBrokerHaStatus&) const = default;
};

}  // namespace rocketmq::protocol
