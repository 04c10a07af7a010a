#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/config_data.h"
#include "protocol/bodies/stats_data.h"
#include "protocol/describe.h"

// What tools ask a broker. Java: AdminBrokerProcessor.

namespace rocketmq::protocol {

struct GetBrokerConfigResponse {
  Text version;  // DataVersion as JSON

  template <class V>
  static constexpr void fields(V&& v) {
    v("version", &GetBrokerConfigResponse::version);
  }
  bool operator==(const GetBrokerConfigResponse&) const = default;
};

// Answer body: Java properties text, UTF-8.
struct GetBrokerConfig {
  static constexpr auto code = RequestCode::get_broker_config;
  using Response = GetBrokerConfigResponse;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetBrokerConfig&) const = default;
};

struct UpdateBrokerConfigResponse {
  std::optional<Text> version;  // DataVersion as JSON

  template <class V>
  static constexpr void fields(V&& v) {
    v("version", &UpdateBrokerConfigResponse::version);
  }
  bool operator==(const UpdateBrokerConfigResponse&) const = default;
};

// Body: Java properties text, UTF-8.
struct UpdateBrokerConfig {
  static constexpr auto code = RequestCode::update_broker_config;
  using Response = UpdateBrokerConfigResponse;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const UpdateBrokerConfig&) const = default;
};

struct GetBrokerRuntimeInfo {
  static constexpr auto code = RequestCode::get_broker_runtime_info;
  using Response = NoFields;
  using ResponseBody = KVTable;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetBrokerRuntimeInfo&) const = default;
};

struct GetTopicStatsInfo {
  static constexpr auto code = RequestCode::get_topic_stats_info;
  using Response = NoFields;
  using ResponseBody = TopicStatsTable;

  Text topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &GetTopicStatsInfo::topic);
  }
  bool operator==(const GetTopicStatsInfo&) const = default;
};

struct GetConsumerConnectionList {
  static constexpr auto code = RequestCode::get_consumer_connection_list;
  using Response = NoFields;
  using ResponseBody = ConsumerConnection;

  Text consumer_group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &GetConsumerConnectionList::consumer_group);
  }
  bool operator==(const GetConsumerConnectionList&) const = default;
};

struct GetProducerConnectionList {
  static constexpr auto code = RequestCode::get_producer_connection_list;
  using Response = NoFields;
  using ResponseBody = ProducerConnection;

  Text producer_group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("producerGroup", &GetProducerConnectionList::producer_group);
  }
  bool operator==(const GetProducerConnectionList&) const = default;
};

struct GetConsumeStats {
  static constexpr auto code = RequestCode::get_consume_stats;
  using Response = NoFields;
  using ResponseBody = ConsumeStats;

  Text consumer_group;
  std::optional<Text> topic;
  std::optional<Text> topic_list;  // joined by ;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &GetConsumeStats::consumer_group);
    v("topic", &GetConsumeStats::topic);
    v("topicList", &GetConsumeStats::topic_list);
  }
  bool operator==(const GetConsumeStats&) const = default;
};

}  // namespace rocketmq::protocol
