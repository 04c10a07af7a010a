#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/bodies/client_data.h"
#include "protocol/bodies/config_data.h"
#include "protocol/bodies/stats_data.h"
#include "protocol/json_body.h"

// What brokers tell tools about a group and its offsets. Java: QueryConsumeTimeSpanBody,
// QueryCorrectionOffsetBody, QuerySubscriptionResponseBody, GroupForbidden, ConsumeStatsList.

namespace rocketmq::protocol {

// Times are Unix ms. The texts say the same for people; a writer may leave them out.
struct QueueTimeSpan {
  std::int64_t consume_timestamp = 0;  // of the last message consumed
  std::optional<std::string> consume_timestamp_text;
  std::int64_t delay_time = 0;  // ms the group is behind
  std::int64_t max_timestamp = 0;
  std::optional<std::string> max_timestamp_text;
  MessageQueueData message_queue;
  std::int64_t min_timestamp = 0;
  std::optional<std::string> min_timestamp_text;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumeTimeStamp", &QueueTimeSpan::consume_timestamp);
    v("consumeTimeStampStr", &QueueTimeSpan::consume_timestamp_text);
    v("delayTime", &QueueTimeSpan::delay_time);
    v("maxTimeStamp", &QueueTimeSpan::max_timestamp);
    v("maxTimeStampStr", &QueueTimeSpan::max_timestamp_text);
    v("messageQueue", &QueueTimeSpan::message_queue);
    v("minTimeStamp", &QueueTimeSpan::min_timestamp);
    v("minTimeStampStr", &QueueTimeSpan::min_timestamp_text);
  }
  bool operator==(const QueueTimeSpan&) const = default;
};

struct QueryConsumeTimeSpanBody {
  std::vector<QueueTimeSpan> consume_time_span_set;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumeTimeSpanSet", &QueryConsumeTimeSpanBody::consume_time_span_set);
  }
  bool operator==(const QueryConsumeTimeSpanBody&) const = default;
};

// By queue id.
struct QueryCorrectionOffsetBody {
  std::map<std::int64_t, std::int64_t> correction_offsets;

  template <class V>
  static constexpr void fields(V&& v) {
    v("correctionOffsets", &QueryCorrectionOffsetBody::correction_offsets);
  }
  bool operator==(const QueryCorrectionOffsetBody&) const = default;
};

struct QuerySubscriptionResponseBody {
  std::string group;
  std::optional<SubscriptionData> subscription_data;  // absent: nobody is there
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("group", &QuerySubscriptionResponseBody::group);
    v("subscriptionData", &QuerySubscriptionResponseBody::subscription_data);
    v("topic", &QuerySubscriptionResponseBody::topic);
  }
  bool operator==(const QuerySubscriptionResponseBody&) const = default;
};

struct GroupForbidden {
  std::string group;
  std::optional<bool> readable;
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("group", &GroupForbidden::group);
    v("readable", &GroupForbidden::readable);
    v("topic", &GroupForbidden::topic);
  }
  bool operator==(const GroupForbidden&) const = default;
};

// Also the file consumerOffset.json: "topic@group", then queue id.
struct ConsumerOffsetSerializeWrapper {
  std::optional<DataVersion> data_version;
  std::map<std::string, std::map<std::int64_t, std::int64_t>> offset_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("dataVersion", &ConsumerOffsetSerializeWrapper::data_version);
    v("offsetTable", &ConsumerOffsetSerializeWrapper::offset_table);
  }
  bool operator==(const ConsumerOffsetSerializeWrapper&) const = default;
};

// By group.
struct ConsumeStatsList {
  std::optional<std::string> broker_addr;
  std::vector<std::map<std::string, std::vector<ConsumeStats>>> consume_stats_list;
  std::int64_t total_diff = 0;
  std::int64_t total_inflight_diff = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerAddr", &ConsumeStatsList::broker_addr);
    v("consumeStatsList", &ConsumeStatsList::consume_stats_list);
    v("totalDiff", &ConsumeStatsList::total_diff);
    v("totalInflightDiff", &ConsumeStatsList::total_inflight_diff);
  }
  bool operator==(const ConsumeStatsList&) const = default;
};

}  // namespace rocketmq::protocol
