#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/bodies/client_data.h"
#include "protocol/json_body.h"

// What brokers tell tools about themselves. Java: BrokerStatsData, ProducerTableInfo,
// QueryConsumeQueueResponseBody, HARuntimeInfo.

namespace rocketmq::protocol {

// `avgpt` of Java: the sum by the number of calls.
struct BrokerStatsItem {
  double average = 0;
  std::int64_t sum = 0;
  double tps = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("avgpt", &BrokerStatsItem::average);
    v("sum", &BrokerStatsItem::sum);
    v("tps", &BrokerStatsItem::tps);
  }
  bool operator==(const BrokerStatsItem&) const = default;
};

struct BrokerStatsData {
  BrokerStatsItem day;
  BrokerStatsItem hour;
  BrokerStatsItem minute;

  template <class V>
  static constexpr void fields(V&& v) {
    v("statsDay", &BrokerStatsData::day);
    v("statsHour", &BrokerStatsData::hour);
    v("statsMinute", &BrokerStatsData::minute);
  }
  bool operator==(const BrokerStatsData&) const = default;
};

struct ProducerInfo {
  std::string client_id;
  std::string language;
  std::int64_t last_update_timestamp = 0;  // Unix ms
  std::string remote_ip;                   // "ip:port"
  std::int32_t version = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clientId", &ProducerInfo::client_id);
    v("language", &ProducerInfo::language);
    v("lastUpdateTimestamp", &ProducerInfo::last_update_timestamp);
    v("remoteIP", &ProducerInfo::remote_ip);
    v("version", &ProducerInfo::version);
  }
  bool operator==(const ProducerInfo&) const = default;
};

// By group.
struct ProducerTableInfo {
  std::map<std::string, std::vector<ProducerInfo>> data;

  template <class V>
  static constexpr void fields(V&& v) {
    v("data", &ProducerTableInfo::data);
  }
  bool operator==(const ProducerTableInfo&) const = default;
};

struct ConsumeQueueData {
  std::optional<std::string> bit_map;
  bool eval = false;  // does the group's subscription take it?
  std::optional<std::string> extend_data_json;
  std::optional<std::string> msg;
  std::int64_t physic_offset = 0;
  std::int32_t physic_size = 0;
  std::int64_t tags_code = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("bitMap", &ConsumeQueueData::bit_map);
    v("eval", &ConsumeQueueData::eval);
    v("extendDataJson", &ConsumeQueueData::extend_data_json);
    v("msg", &ConsumeQueueData::msg);
    v("physicOffset", &ConsumeQueueData::physic_offset);
    v("physicSize", &ConsumeQueueData::physic_size);
    v("tagsCode", &ConsumeQueueData::tags_code);
  }
  bool operator==(const ConsumeQueueData&) const = default;
};

struct QueryConsumeQueueResponseBody {
  std::optional<std::string> filter_data;
  std::int64_t max_queue_index = 0;
  std::int64_t min_queue_index = 0;
  std::vector<ConsumeQueueData> queue_data;
  std::optional<SubscriptionData> subscription_data;

  template <class V>
  static constexpr void fields(V&& v) {
    v("filterData", &QueryConsumeQueueResponseBody::filter_data);
    v("maxQueueIndex", &QueryConsumeQueueResponseBody::max_queue_index);
    v("minQueueIndex", &QueryConsumeQueueResponseBody::min_queue_index);
    v("queueData", &QueryConsumeQueueResponseBody::queue_data);
    v("subscriptionData", &QueryConsumeQueueResponseBody::subscription_data);
  }
  bool operator==(const QueryConsumeQueueResponseBody&) const = default;
};

// A slave, as its master sees it.
struct HAConnectionInfo {
  std::string addr;
  std::int64_t diff = 0;  // bytes it is behind
  bool in_sync = false;
  std::int64_t slave_ack_offset = 0;
  std::int64_t transfer_from_where = 0;
  std::int64_t transferred_byte_in_second = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("addr", &HAConnectionInfo::addr);
    v("diff", &HAConnectionInfo::diff);
    v("inSync", &HAConnectionInfo::in_sync);
    v("slaveAckOffset", &HAConnectionInfo::slave_ack_offset);
    v("transferFromWhere", &HAConnectionInfo::transfer_from_where);
    v("transferredByteInSecond", &HAConnectionInfo::transferred_byte_in_second);
  }
  bool operator==(const HAConnectionInfo&) const = default;
};

// A master, as its slave sees it.
struct HAClientInfo {
  std::int64_t last_read_timestamp = 0;  // Unix ms
  std::int64_t last_write_timestamp = 0;
  std::optional<std::string> master_addr;
  std::int64_t master_flush_offset = 0;
  std::int64_t max_offset = 0;
  std::int64_t transferred_byte_in_second = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("lastReadTimestamp", &HAClientInfo::last_read_timestamp);
    v("lastWriteTimestamp", &HAClientInfo::last_write_timestamp);
    v("masterAddr", &HAClientInfo::master_addr);
    v("masterFlushOffset", &HAClientInfo::master_flush_offset);
    v("maxOffset", &HAClientInfo::max_offset);
    v("transferredByteInSecond", &HAClientInfo::transferred_byte_in_second);
  }
  bool operator==(const HAClientInfo&) const = default;
};

struct HARuntimeInfo {
  HAClientInfo client;
  std::vector<HAConnectionInfo> connections;
  std::int32_t in_sync_slave_nums = 0;
  bool master = false;
  std::int64_t master_commit_log_max_offset = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("haClientRuntimeInfo", &HARuntimeInfo::client);
    v("haConnectionInfo", &HARuntimeInfo::connections);
    v("inSyncSlaveNums", &HARuntimeInfo::in_sync_slave_nums);
    v("master", &HARuntimeInfo::master);
    v("masterCommitLogMaxOffset", &HARuntimeInfo::master_commit_log_max_offset);
  }
  bool operator==(const HARuntimeInfo&) const = default;
};

}  // namespace rocketmq::protocol
