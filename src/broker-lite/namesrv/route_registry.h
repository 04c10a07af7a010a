#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/channel_handle.h"
#include "protocol/bodies/config_data.h"
#include "protocol/bodies/route_data.h"

namespace rocketmq::namesrv {

using TimePoint = std::chrono::steady_clock::time_point;

// The first three are named as in namesrv.conf, with stock's defaults.
struct RouteRegistryOptions {
  bool delete_topic_with_broker_registration = false;
  // Brokers say how long they may be silent; those that do not may for this long.
  std::chrono::milliseconds heartbeat_timeout = std::chrono::seconds(120);
  // For no longer, whatever they say.
  std::chrono::milliseconds heartbeat_timeout_max = std::chrono::hours(24);
  // What brokers can make us keep: about 500 bytes an address, 300 a topic and broker.
  std::size_t brokers_max = 10'000;
  std::size_t topics_max = 200'000;
};

// What a REGISTER_BROKER says.
struct Registration {
  std::string cluster;
  std::string broker_name;
  std::string broker_addr;
  std::int64_t broker_id = 0;  // 0 is the master
  std::string ha_server_addr;
  std::optional<std::chrono::milliseconds> heartbeat_timeout;
  std::optional<bool> enable_acting_master;  // absent: a broker older than 5.0
  std::optional<std::string> zone_name;
  protocol::RegisterBrokerBody body;
  net::ChannelHandle channel;  // the broker is gone when this closes
};

struct Registered {
  // Where the master of a slave is; empty where there is none.
  std::string ha_server_addr;
  std::string master_addr;
};

struct KnownVersion {
  bool is_changed = true;  // not what the broker has now, or the broker is unknown
  std::optional<protocol::DataVersion> version;
};

// Which broker has which topics, from what brokers register; nothing is kept on disk.
// Java: RouteInfoManager. A broker is known by its cluster and address; brokers of one name, with
// different ids, have the same topics.
class RouteRegistry {
 public:
  explicit RouteRegistry(RouteRegistryOptions options = {}) : options_(options) {}
  void set_delete_topic_with_broker_registration(bool deletes) {
    options_.delete_topic_with_broker_registration = deletes;
  }

  // Adds a broker, or refreshes it. A body of one topic is a change to what is already registered;
  // one from a broker we do not know is refused, because it would hide that the rest is missing.
  Result<Registered> register_broker(const Registration& registration, TimePoint now);
  void unregister_broker(std::string_view cluster, std::string_view broker_name,
                         std::string_view broker_addr);

  // Forgets brokers that were silent too long. Their channels, to be closed.
  std::vector<net::ChannelHandle> expire(TimePoint now);
  // Forgets the brokers that last registered over it.
  void channel_closed(const net::ChannelHandle& channel);

  // A sign of life. BROKER_HEARTBEAT
  void refresh(std::string_view cluster, std::string_view broker_addr, TimePoint now);
  // Also a sign of life. QUERY_DATA_VERSION
  KnownVersion query_version(std::string_view cluster, std::string_view broker_addr,
                             const protocol::DataVersion& version, TimePoint now);

  // Nothing: no broker has the topic.
  std::optional<protocol::TopicRouteData> route(std::string_view topic) const;
  // Another one when a route may be another one: what was made of them may be kept until then.
  std::uint64_t revision() const { return revision_; }
  protocol::ClusterInfo cluster_info() const;
  std::optional<protocol::BrokerMemberGroup> member_group(std::string_view broker_name) const;

  std::vector<std::string> topics() const;
  std::vector<std::string> topics_of_cluster(std::string_view cluster) const;
  // Those whose flag has all bits of the first and none of the second.
  std::vector<std::string> topics_flagged(std::int32_t with, std::int32_t without = 0) const;
  // The names of clusters and brokers, and the address of any broker.
  protocol::TopicList system_topics() const;

  // Of the broker's queues, in every topic. How many topics that were.
  std::int32_t wipe_write_perm(std::string_view broker_name);
  std::int32_t add_write_perm(std::string_view broker_name);

  void delete_topic(std::string_view topic, std::optional<std::string_view> cluster);
  // Adds queues of brokers that are known.
  void register_topic(std::string_view topic, const std::vector<protocol::QueueData>& queues);

 private:
  struct LiveBroker {
    TimePoint last_update{};
    std::chrono::milliseconds heartbeat_timeout{};
    protocol::DataVersion version;
    net::ChannelHandle channel;
    std::string ha_server_addr;
    std::vector<std::string> filter_servers;
  };
  using LiveKey = std::pair<std::string, std::string>;  // cluster, address
  using QueuesByBroker = std::map<std::string, protocol::QueueData, std::less<>>;

  LiveBroker* find_live(std::string_view cluster, std::string_view broker_addr);
  const LiveBroker* find_live(std::string_view cluster, std::string_view broker_addr) const;
  Result<void> check(const Registration& registration) const;
  bool yields_to_holder(const Registration& registration) const;
  protocol::BrokerData& join_group(const Registration& registration, bool& is_first);
  void update_topics(const Registration& registration, const protocol::BrokerData& group,
                     bool is_first);
  void remove_topics_but(std::string_view broker_name,
                         const std::map<std::string, protocol::TopicConfig>& kept);
  void set_queues(std::string_view topic, protocol::QueueData queues);
  void remove_queues(std::string_view broker_name);
  void remove_group(const protocol::BrokerData& group);
  void leave_cluster(std::string_view cluster, const std::string& broker_name);
  std::int32_t change_perms(std::string_view broker_name, std::int32_t keep, std::int32_t add);

  RouteRegistryOptions options_;
  std::map<std::string, QueuesByBroker, std::less<>> topics_;
  std::map<std::string, protocol::BrokerData, std::less<>> groups_;  // by broker name
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> clusters_;
  std::map<LiveKey, LiveBroker> live_;
  std::uint64_t revision_ = 0;
};

// What a client that wants brokers of its own zone gets. Java: ZoneRouteRPCHook.
void keep_zone(protocol::TopicRouteData& route, std::string_view zone);

}  // namespace rocketmq::namesrv
