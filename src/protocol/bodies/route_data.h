#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/json_body.h"

// Routes and clusters, as a name server tells them. Java: TopicRouteData, ClusterInfo.

namespace rocketmq::protocol {

struct QueueData {
  std::string broker_name;
  std::int32_t perm = 0;
  std::int32_t read_queue_nums = 0;
  std::int32_t topic_sys_flag = 0;
  std::int32_t write_queue_nums = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerName", &QueueData::broker_name);
    v("perm", &QueueData::perm);
    v("readQueueNums", &QueueData::read_queue_nums);
    v("topicSysFlag", &QueueData::topic_sys_flag);
    v("writeQueueNums", &QueueData::write_queue_nums);
  }
  bool operator==(const QueueData&) const = default;
};

struct BrokerData {
  std::map<std::int64_t, std::string> broker_addrs;  // broker id -> "host:port"; 0 is the master
  std::string broker_name;
  std::string cluster;
  bool enable_acting_master = false;
  std::optional<std::string> zone_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerAddrs", &BrokerData::broker_addrs);
    v("brokerName", &BrokerData::broker_name);
    v("cluster", &BrokerData::cluster);
    v("enableActingMaster", &BrokerData::enable_acting_master);
    v("zoneName", &BrokerData::zone_name);
  }
  bool operator==(const BrokerData&) const = default;
};

struct TopicRouteData {
  std::vector<BrokerData> broker_datas;
  std::map<std::string, std::vector<std::string>> filter_server_table;
  std::optional<std::string> order_topic_conf;
  std::vector<QueueData> queue_datas;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerDatas", &TopicRouteData::broker_datas);
    v("filterServerTable", &TopicRouteData::filter_server_table);
    v("orderTopicConf", &TopicRouteData::order_topic_conf);
    v("queueDatas", &TopicRouteData::queue_datas);
  }
  bool operator==(const TopicRouteData&) const = default;
};

struct ClusterInfo {
  std::map<std::string, BrokerData> broker_addr_table;              // by broker name
  std::map<std::string, std::set<std::string>> cluster_addr_table;  // cluster -> broker names

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerAddrTable", &ClusterInfo::broker_addr_table);
    v("clusterAddrTable", &ClusterInfo::cluster_addr_table);
  }
  bool operator==(const ClusterInfo&) const = default;
};

// The brokers of one name. Java: BrokerMemberGroup.
struct BrokerMemberGroup {
  std::map<std::int64_t, std::string> broker_addrs;
  std::string broker_name;
  std::string cluster;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerAddrs", &BrokerMemberGroup::broker_addrs);
    v("brokerName", &BrokerMemberGroup::broker_name);
    v("cluster", &BrokerMemberGroup::cluster);
  }
  bool operator==(const BrokerMemberGroup&) const = default;
};

// Java: GetBrokerMemberGroupResponseBody.
struct BrokerMemberGroupBody {
  std::optional<BrokerMemberGroup> broker_member_group;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerMemberGroup", &BrokerMemberGroupBody::broker_member_group);
  }
  bool operator==(const BrokerMemberGroupBody&) const = default;
};

struct TopicList {
  std::optional<std::string> broker_addr;
  std::vector<std::string> topic_list;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerAddr", &TopicList::broker_addr);
    v("topicList", &TopicList::topic_list);
  }
  bool operator==(const TopicList&) const = default;
};

}  // namespace rocketmq::protocol
