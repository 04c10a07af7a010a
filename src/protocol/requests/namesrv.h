#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/config_data.h"
#include "protocol/bodies/route_data.h"
#include "protocol/describe.h"

// What a name server is asked. Java: DefaultRequestProcessor, ClientRequestProcessor.

namespace rocketmq::protocol {

struct PutKVConfig {
  static constexpr auto code = RequestCode::put_kv_config;
  using Response = NoFields;

  Text ns;
  Text key;
  Text value;

  template <class V>
  static constexpr void fields(V&& v) {
    v("namespace", &PutKVConfig::ns);
    v("key", &PutKVConfig::key);
    v("value", &PutKVConfig::value);
  }
  bool operator==(const PutKVConfig&) const = default;
};

struct GetKVConfigResponse {
  std::optional<Text> value;

  template <class V>
  static constexpr void fields(V&& v) {
    v("value", &GetKVConfigResponse::value);
  }
  bool operator==(const GetKVConfigResponse&) const = default;
};

struct GetKVConfig {
  static constexpr auto code = RequestCode::get_kv_config;
  using Response = GetKVConfigResponse;

  Text ns;
  Text key;

  template <class V>
  static constexpr void fields(V&& v) {
    v("namespace", &GetKVConfig::ns);
    v("key", &GetKVConfig::key);
  }
  bool operator==(const GetKVConfig&) const = default;
};

struct DeleteKVConfig {
  static constexpr auto code = RequestCode::delete_kv_config;
  using Response = NoFields;

  Text ns;
  Text key;

  template <class V>
  static constexpr void fields(V&& v) {
    v("namespace", &DeleteKVConfig::ns);
    v("key", &DeleteKVConfig::key);
  }
  bool operator==(const DeleteKVConfig&) const = default;
};

struct GetKVListByNamespace {
  static constexpr auto code = RequestCode::get_kvlist_by_namespace;
  using Response = NoFields;
  using ResponseBody = KVTable;

  Text ns;

  template <class V>
  static constexpr void fields(V&& v) {
    v("namespace", &GetKVListByNamespace::ns);
  }
  bool operator==(const GetKVListByNamespace&) const = default;
};

struct RegisterBrokerResponse {
  std::optional<Text> ha_server_addr;
  std::optional<Text> master_addr;

  template <class V>
  static constexpr void fields(V&& v) {
    v("haServerAddr", &RegisterBrokerResponse::ha_server_addr);
    v("masterAddr", &RegisterBrokerResponse::master_addr);
  }
  bool operator==(const RegisterBrokerResponse&) const = default;
};

struct RegisterBroker {
  static constexpr auto code = RequestCode::register_broker;
  using Response = RegisterBrokerResponse;
  using Body = RegisterBrokerBody;
  using ResponseBody = KVTable;

  Text broker_name;
  Text broker_addr;
  Text cluster_name;
  Text ha_server_addr;
  std::int64_t broker_id = 0;
  std::optional<std::int64_t> heartbeat_timeout_millis;  // since 5.0
  std::optional<bool> enable_acting_master;              // since 5.0
  std::optional<bool> compressed;
  std::optional<std::int32_t> body_crc32;  // 0: not to be checked

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerName", &RegisterBroker::broker_name);
    v("brokerAddr", &RegisterBroker::broker_addr);
    v("clusterName", &RegisterBroker::cluster_name);
    v("haServerAddr", &RegisterBroker::ha_server_addr);
    v("brokerId", &RegisterBroker::broker_id);
    v("heartbeatTimeoutMillis", &RegisterBroker::heartbeat_timeout_millis);
    v("enableActingMaster", &RegisterBroker::enable_acting_master);
    v("compressed", &RegisterBroker::compressed);
    v("bodyCrc32", &RegisterBroker::body_crc32);
  }
  bool operator==(const RegisterBroker&) const = default;
};

struct UnregisterBroker {
  static constexpr auto code = RequestCode::unregister_broker;
  using Response = NoFields;

  Text broker_name;
  Text broker_addr;
  Text cluster_name;
  std::int64_t broker_id = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerName", &UnregisterBroker::broker_name);
    v("brokerAddr", &UnregisterBroker::broker_addr);
    v("clusterName", &UnregisterBroker::cluster_name);
    v("brokerId", &UnregisterBroker::broker_id);
  }
  bool operator==(const UnregisterBroker&) const = default;
};

struct GetRouteInfoByTopic {
  static constexpr auto code = RequestCode::get_routeinfo_by_topic;
  using Response = NoFields;
  using ResponseBody = TopicRouteData;

  Text topic;
  std::optional<bool> accept_standard_json_only;  // since 4.9.4

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &GetRouteInfoByTopic::topic);
    v("acceptStandardJsonOnly", &GetRouteInfoByTopic::accept_standard_json_only);
  }
  bool operator==(const GetRouteInfoByTopic&) const = default;
};

struct GetBrokerClusterInfo {
  static constexpr auto code = RequestCode::get_broker_cluster_info;
  using Response = NoFields;
  using ResponseBody = ClusterInfo;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetBrokerClusterInfo&) const = default;
};

struct GetAllTopicListFromNameserver {
  static constexpr auto code = RequestCode::get_all_topic_list_from_nameserver;
  using Response = NoFields;
  using ResponseBody = TopicList;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetAllTopicListFromNameserver&) const = default;
};

struct QueryDataVersionResponse {
  bool changed = false;

  template <class V>
  static constexpr void fields(V&& v) {
    v("changed", &QueryDataVersionResponse::changed);
  }
  bool operator==(const QueryDataVersionResponse&) const = default;
};

struct QueryDataVersion {
  static constexpr auto code = RequestCode::query_data_version;
  using Response = QueryDataVersionResponse;
  using Body = DataVersion;
  using ResponseBody = DataVersion;

  Text broker_name;
  Text broker_addr;
  Text cluster_name;
  std::int64_t broker_id = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("brokerName", &QueryDataVersion::broker_name);
    v("brokerAddr", &QueryDataVersion::broker_addr);
    v("clusterName", &QueryDataVersion::cluster_name);
    v("brokerId", &QueryDataVersion::broker_id);
  }
  bool operator==(const QueryDataVersion&) const = default;
};

}  // namespace rocketmq::protocol
