#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/client_data.h"
#include "protocol/describe.h"

// Who is there: heartbeats, group members, queue locks. Java: ClientManageProcessor.

namespace rocketmq::protocol {

struct HeartBeatResponse {
  std::optional<bool> supports_heartbeat_v2;
  std::optional<bool> subscription_changed;

  template <class V>
  static constexpr void fields(V&& v) {
    v("IS_SUPPORT_HEART_BEAT_V2", &HeartBeatResponse::supports_heartbeat_v2);
    v("IS_SUB_CHANGE", &HeartBeatResponse::subscription_changed);
  }
  bool operator==(const HeartBeatResponse&) const = default;
};

struct HeartBeat {
  static constexpr auto code = RequestCode::heart_beat;
  using Response = HeartBeatResponse;
  using Body = HeartbeatData;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const HeartBeat&) const = default;
};

struct UnregisterClient {
  static constexpr auto code = RequestCode::unregister_client;
  using Response = NoFields;

  Text client_id;
  std::optional<Text> producer_group;
  std::optional<Text> consumer_group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clientID", &UnregisterClient::client_id);
    v("producerGroup", &UnregisterClient::producer_group);
    v("consumerGroup", &UnregisterClient::consumer_group);
  }
  bool operator==(const UnregisterClient&) const = default;
};

struct GetConsumerListByGroup {
  static constexpr auto code = RequestCode::get_consumer_list_by_group;
  using Response = NoFields;
  using ResponseBody = ConsumerIdList;

  Text consumer_group;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &GetConsumerListByGroup::consumer_group);
    v("bname", &GetConsumerListByGroup::broker_name);
  }
  bool operator==(const GetConsumerListByGroup&) const = default;
};

// Broker to client, one-way: the group has other members now.
struct NotifyConsumerIdsChanged {
  static constexpr auto code = RequestCode::notify_consumer_ids_changed;
  using Response = NoFields;

  Text consumer_group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &NotifyConsumerIdsChanged::consumer_group);
  }
  bool operator==(const NotifyConsumerIdsChanged&) const = default;
};

// Is this subscription one the broker can filter by?
struct CheckClientConfig {
  static constexpr auto code = RequestCode::check_client_config;
  using Response = NoFields;
  using Body = CheckClientRequestBody;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const CheckClientConfig&) const = default;
};

struct LockBatchMq {
  static constexpr auto code = RequestCode::lock_batch_mq;
  using Response = NoFields;
  using Body = LockBatchRequestBody;
  using ResponseBody = LockBatchResponseBody;

  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("bname", &LockBatchMq::broker_name);
  }
  bool operator==(const LockBatchMq&) const = default;
};

struct UnlockBatchMq {
  static constexpr auto code = RequestCode::unlock_batch_mq;
  using Response = NoFields;
  using Body = LockBatchRequestBody;

  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("bname", &UnlockBatchMq::broker_name);
  }
  bool operator==(const UnlockBatchMq&) const = default;
};

}  // namespace rocketmq::protocol
