#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/bodies/client_data.h"
#include "protocol/json_body.h"

// What tools print about queues, groups and connections. Java: TopicStatsTable, ConsumeStats,
// ConsumerConnection.

namespace rocketmq::protocol {

struct TopicOffset {
  std::int64_t last_update_timestamp = 0;
  std::int64_t max_offset = 0;
  std::int64_t min_offset = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("lastUpdateTimestamp", &TopicOffset::last_update_timestamp);
    v("maxOffset", &TopicOffset::max_offset);
    v("minOffset", &TopicOffset::min_offset);
  }
  bool operator==(const TopicOffset&) const = default;
};

struct TopicStatsTable {
  ObjectMap<MessageQueueData, TopicOffset> offset_table;
  double topic_put_tps = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("offsetTable", &TopicStatsTable::offset_table);
    v("topicPutTps", &TopicStatsTable::topic_put_tps);
  }
  bool operator==(const TopicStatsTable&) const = default;
};

struct OffsetWrapper {
  std::int64_t broker_offset = 0;
  std::int64_t consumer_offset = 0;
  std::int64_t last_timestamp = 0;
  std::int64_t pull_offset = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerOffset", &OffsetWrapper::broker_offset);
    v("consumerOffset", &OffsetWrapper::consumer_offset);
    v("lastTimestamp", &OffsetWrapper::last_timestamp);
    v("pullOffset", &OffsetWrapper::pull_offset);
  }
  bool operator==(const OffsetWrapper&) const = default;
};

struct ConsumeStats {
  double consume_tps = 0;
  ObjectMap<MessageQueueData, OffsetWrapper> offset_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumeTps", &ConsumeStats::consume_tps);
    v("offsetTable", &ConsumeStats::offset_table);
  }
  bool operator==(const ConsumeStats&) const = default;
};

struct Connection {
  std::string client_addr;
  std::string client_id;
  std::string language;
  std::int32_t version = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clientAddr", &Connection::client_addr);
    v("clientId", &Connection::client_id);
    v("language", &Connection::language);
    v("version", &Connection::version);
  }
  bool operator==(const Connection&) const = default;
};

struct ConsumerConnection {
  std::vector<Connection> connection_set;
  ConsumeFromWhere consume_from_where = ConsumeFromWhere::last_offset;
  ConsumeType consume_type = ConsumeType::consume_passively;
  MessageModel message_model = MessageModel::clustering;
  std::map<std::string, SubscriptionData> subscription_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("connectionSet", &ConsumerConnection::connection_set);
    v("consumeFromWhere", &ConsumerConnection::consume_from_where);
    v("consumeType", &ConsumerConnection::consume_type);
    v("messageModel", &ConsumerConnection::message_model);
    v("subscriptionTable", &ConsumerConnection::subscription_table);
  }
  bool operator==(const ConsumerConnection&) const = default;
};

struct GroupList {
  std::vector<std::string> group_list;

  template <class V>
  static constexpr void fields(V&& v) {
    v("groupList", &GroupList::group_list);
  }
  bool operator==(const GroupList&) const = default;
};

struct ProducerConnection {
  std::vector<Connection> connection_set;

  template <class V>
  static constexpr void fields(V&& v) {
    v("connectionSet", &ProducerConnection::connection_set);
  }
  bool operator==(const ProducerConnection&) const = default;
};

}  // namespace rocketmq::protocol
