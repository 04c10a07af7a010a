#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/group_admin_data.h"
#include "protocol/describe.h"

// Groups and their offsets, for tools. Java: AdminBrokerProcessor.

namespace rocketmq::protocol {

struct QueryConsumeTimeSpan {
  static constexpr auto code = RequestCode::query_consume_time_span;
  using Response = NoFields;
  using ResponseBody = QueryConsumeTimeSpanBody;

  Text topic;
  Text group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &QueryConsumeTimeSpan::topic);
    v("group", &QueryConsumeTimeSpan::group);
  }
  bool operator==(const QueryConsumeTimeSpan&) const = default;
};

// Java: QueryCorrectionOffsetHeader.
struct QueryCorrectionOffset {
  static constexpr auto code = RequestCode::query_correction_offset;
  using Response = NoFields;
  using ResponseBody = QueryCorrectionOffsetBody;

  std::optional<Text> filter_groups;  // joined by commas
  Text compare_group;
  Text topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("filterGroups", &QueryCorrectionOffset::filter_groups);
    v("compareGroup", &QueryCorrectionOffset::compare_group);
    v("topic", &QueryCorrectionOffset::topic);
  }
  bool operator==(const QueryCorrectionOffset&) const = default;
};

struct CloneGroupOffset {
  static constexpr auto code = RequestCode::clone_group_offset;
  using Response = NoFields;

  Text src_group;
  Text dest_group;
  std::optional<Text> topic;  // absent: all
  std::optional<bool> offline;

  template <class V>
  static constexpr void fields(V&& v) {
    v("srcGroup", &CloneGroupOffset::src_group);
    v("destGroup", &CloneGroupOffset::dest_group);
    v("topic", &CloneGroupOffset::topic);
    v("offline", &CloneGroupOffset::offline);
  }
  bool operator==(const CloneGroupOffset&) const = default;
};

// Java: GetConsumeStatsInBrokerHeader.
struct GetBrokerConsumeStats {
  static constexpr auto code = RequestCode::get_broker_consume_stats;
  using Response = NoFields;
  using ResponseBody = ConsumeStatsList;

  bool is_order = false;

  template <class V>
  static constexpr void fields(V&& v) {
    v("isOrder", &GetBrokerConsumeStats::is_order);
  }
  bool operator==(const GetBrokerConsumeStats&) const = default;
};

struct QuerySubscriptionByConsumer {
  static constexpr auto code = RequestCode::query_subscription_by_consumer;
  using Response = NoFields;
  using ResponseBody = QuerySubscriptionResponseBody;

  Text group;
  std::optional<Text> topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("group", &QuerySubscriptionByConsumer::group);
    v("topic", &QuerySubscriptionByConsumer::topic);
  }
  bool operator==(const QuerySubscriptionByConsumer&) const = default;
};

// Java: UpdateGroupForbiddenRequestHeader.
struct UpdateAndGetGroupForbidden {
  static constexpr auto code = RequestCode::update_and_get_group_forbidden;
  using Response = NoFields;
  using ResponseBody = GroupForbidden;

  Text group;
  Text topic;
  std::optional<bool> readable;  // absent: only tell

  template <class V>
  static constexpr void fields(V&& v) {
    v("group", &UpdateAndGetGroupForbidden::group);
    v("topic", &UpdateAndGetGroupForbidden::topic);
    v("readable", &UpdateAndGetGroupForbidden::readable);
  }
  bool operator==(const UpdateAndGetGroupForbidden&) const = default;
};

struct GetAllConsumerOffset {
  static constexpr auto code = RequestCode::get_all_consumer_offset;
  using Response = NoFields;
  using ResponseBody = ConsumerOffsetSerializeWrapper;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetAllConsumerOffset&) const = default;
};

}  // namespace rocketmq::protocol
