#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/route_data.h"
#include "protocol/describe.h"

// What tools and stock brokers ask a name server beside namesrv.h. Java: DefaultRequestProcessor.

namespace rocketmq::protocol {

struct WipeWritePermOfBrokerResponse {
  std::int32_t wipe_topic_count = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("wipeTopicCount", &WipeWritePermOfBrokerResponse::wipe_topic_count);
  }
  bool operator==(const WipeWritePermOfBrokerResponse&) const = default;
};

struct WipeWritePermOfBroker {
  static constexpr auto code = RequestCode::wipe_write_perm_of_broker;
  using Response = WipeWritePermOfBrokerResponse;

  Text broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerName", &WipeWritePermOfBroker::broker_name);
  }
  bool operator==(const WipeWritePermOfBroker&) const = default;
};

struct AddWritePermOfBrokerResponse {
  std::int32_t add_topic_count = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("addTopicCount", &AddWritePermOfBrokerResponse::add_topic_count);
  }
  bool operator==(const AddWritePermOfBrokerResponse&) const = default;
};

struct AddWritePermOfBroker {
  static constexpr auto code = RequestCode::add_write_perm_of_broker;
  using Response = AddWritePermOfBrokerResponse;

  Text broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerName", &AddWritePermOfBroker::broker_name);
  }
  bool operator==(const AddWritePermOfBroker&) const = default;
};

struct GetTopicsByCluster {
  static constexpr auto code = RequestCode::get_topics_by_cluster;
  using Response = NoFields;
  using ResponseBody = TopicList;

  Text cluster;

  template <class V>
  static constexpr void fields(V&& v) {
    v("cluster", &GetTopicsByCluster::cluster);
  }
  bool operator==(const GetTopicsByCluster&) const = default;
};

// The names of clusters and brokers, each of which is a topic too, and the address of any broker.
struct GetSystemTopicListFromNs {
  static constexpr auto code = RequestCode::get_system_topic_list_from_ns;
  using Response = NoFields;
  using ResponseBody = TopicList;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetSystemTopicListFromNs&) const = default;
};

struct DeleteTopicInNamesrv {
  static constexpr auto code = RequestCode::delete_topic_in_namesrv;
  using Response = NoFields;

  Text topic;
  std::optional<Text> cluster_name;  // absent: in all clusters

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &DeleteTopicInNamesrv::topic);
    v("clusterName", &DeleteTopicInNamesrv::cluster_name);
  }
  bool operator==(const DeleteTopicInNamesrv&) const = default;
};

struct RegisterTopicInNamesrv {
  static constexpr auto code = RequestCode::register_topic_in_namesrv;
  using Response = NoFields;
  using Body = TopicRouteData;  // its queueDatas count

  Text topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &RegisterTopicInNamesrv::topic);
  }
  bool operator==(const RegisterTopicInNamesrv&) const = default;
};

struct GetBrokerMemberGroup {
  static constexpr auto code = RequestCode::get_broker_member_group;
  using Response = NoFields;
  using ResponseBody = BrokerMemberGroupBody;

  Text cluster_name;
  Text broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clusterName", &GetBrokerMemberGroup::cluster_name);
    v("brokerName", &GetBrokerMemberGroup::broker_name);
  }
  bool operator==(const GetBrokerMemberGroup&) const = default;
};

// A sign of life that registers nothing. A controller reads the other fields it may have.
struct BrokerHeartbeat {
  static constexpr auto code = RequestCode::broker_heartbeat;
  using Response = NoFields;

  Text cluster_name;
  Text broker_addr;
  Text broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clusterName", &BrokerHeartbeat::cluster_name);
    v("brokerAddr", &BrokerHeartbeat::broker_addr);
    v("brokerName", &BrokerHeartbeat::broker_name);
  }
  bool operator==(const BrokerHeartbeat&) const = default;
};

// Topics by their flags. Java: TopicSysFlag.
struct GetUnitTopicList {
  static constexpr auto code = RequestCode::get_unit_topic_list;
  using Response = NoFields;
  using ResponseBody = TopicList;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetUnitTopicList&) const = default;
};

struct GetHasUnitSubTopicList {
  static constexpr auto code = RequestCode::get_has_unit_sub_topic_list;
  using Response = NoFields;
  using ResponseBody = TopicList;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetHasUnitSubTopicList&) const = default;
};

struct GetHasUnitSubUnunitTopicList {
  static constexpr auto code = RequestCode::get_has_unit_sub_ununit_topic_list;
  using Response = NoFields;
  using ResponseBody = TopicList;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetHasUnitSubUnunitTopicList&) const = default;
};

// Body: Java properties text, UTF-8.
struct UpdateNamesrvConfig {
  static constexpr auto code = RequestCode::update_namesrv_config;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const UpdateNamesrvConfig&) const = default;
};

// Answer body: Java properties text, UTF-8.
struct GetNamesrvConfig {
  static constexpr auto code = RequestCode::get_namesrv_config;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetNamesrvConfig&) const = default;
};

}  // namespace rocketmq::protocol
