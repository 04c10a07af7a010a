#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/describe.h"

// Offsets of queues and groups. Java: ConsumerManageProcessor, AdminBrokerProcessor.

namespace rocketmq::protocol {

struct OffsetResponse {
  std::int64_t offset = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("offset", &OffsetResponse::offset);
  }
  bool operator==(const OffsetResponse&) const = default;
};

struct QueryConsumerOffset {
  static constexpr auto code = RequestCode::query_consumer_offset;
  using Response = OffsetResponse;

  Text consumer_group;
  Text topic;
  std::int32_t queue_id = 0;
  std::optional<bool> set_zero_if_not_found;  // since 5.0
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &QueryConsumerOffset::consumer_group);
    v("topic", &QueryConsumerOffset::topic);
    v("queueId", &QueryConsumerOffset::queue_id);
    v("setZeroIfNotFound", &QueryConsumerOffset::set_zero_if_not_found);
    v("bname", &QueryConsumerOffset::broker_name);
  }
  bool operator==(const QueryConsumerOffset&) const = default;
};

// Normally one-way.
struct UpdateConsumerOffset {
  static constexpr auto code = RequestCode::update_consumer_offset;
  using Response = NoFields;

  Text consumer_group;
  Text topic;
  std::int32_t queue_id = 0;
  std::int64_t commit_offset = 0;  // the next offset to consume
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &UpdateConsumerOffset::consumer_group);
    v("topic", &UpdateConsumerOffset::topic);
    v("queueId", &UpdateConsumerOffset::queue_id);
    v("commitOffset", &UpdateConsumerOffset::commit_offset);
    v("bname", &UpdateConsumerOffset::broker_name);
  }
  bool operator==(const UpdateConsumerOffset&) const = default;
};

struct SearchOffsetByTimestamp {
  static constexpr auto code = RequestCode::search_offset_by_timestamp;
  using Response = OffsetResponse;

  Text topic;
  std::int32_t queue_id = 0;
  std::int64_t timestamp = 0;         // Unix ms
  std::optional<Text> boundary_type;  // LOWER (when absent) or UPPER
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &SearchOffsetByTimestamp::topic);
    v("queueId", &SearchOffsetByTimestamp::queue_id);
    v("timestamp", &SearchOffsetByTimestamp::timestamp);
    v("boundaryType", &SearchOffsetByTimestamp::boundary_type);
    v("bname", &SearchOffsetByTimestamp::broker_name);
  }
  bool operator==(const SearchOffsetByTimestamp&) const = default;
};

// The offset the next message will get.
struct GetMaxOffset {
  static constexpr auto code = RequestCode::get_max_offset;
  using Response = OffsetResponse;

  Text topic;
  std::int32_t queue_id = 0;
  std::optional<bool> committed;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &GetMaxOffset::topic);
    v("queueId", &GetMaxOffset::queue_id);
    v("committed", &GetMaxOffset::committed);
    v("bname", &GetMaxOffset::broker_name);
  }
  bool operator==(const GetMaxOffset&) const = default;
};

struct GetMinOffset {
  static constexpr auto code = RequestCode::get_min_offset;
  using Response = OffsetResponse;

  Text topic;
  std::int32_t queue_id = 0;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &GetMinOffset::topic);
    v("queueId", &GetMinOffset::queue_id);
    v("bname", &GetMinOffset::broker_name);
  }
  bool operator==(const GetMinOffset&) const = default;
};

struct TimestampResponse {
  std::int64_t timestamp = 0;  // Unix ms; -1 when there is none

  template <class V>
  static constexpr void fields(V&& v) {
    v("timestamp", &TimestampResponse::timestamp);
  }
  bool operator==(const TimestampResponse&) const = default;
};

struct GetEarliestMsgStoretime {
  static constexpr auto code = RequestCode::get_earliest_msg_storetime;
  using Response = TimestampResponse;

  Text topic;
  std::int32_t queue_id = 0;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &GetEarliestMsgStoretime::topic);
    v("queueId", &GetEarliestMsgStoretime::queue_id);
    v("bname", &GetEarliestMsgStoretime::broker_name);
  }
  bool operator==(const GetEarliestMsgStoretime&) const = default;
};

}  // namespace rocketmq::protocol
