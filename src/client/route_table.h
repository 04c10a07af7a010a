#pragma once

#include <rocketmq/message.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/loop.h"
#include "protocol/bodies/route_data.h"

namespace rocketmq::client {

inline constexpr std::int64_t master_id = 0;  // Java: MixAll.MASTER_ID
// The topic whose settings a broker copies for a topic it creates on first use. Java:
// TopicValidator.AUTO_CREATE_TOPIC_KEY_TOPIC.
inline constexpr std::string_view template_topic = "TBW102";

// A queue that can be written to, by the index of its broker in the route.
struct PublishQueue {
  std::uint32_t broker = 0;
  std::int32_t queue_id = 0;
  bool operator==(const PublishQueue&) const = default;
};

// Where the queues of one topic are, worked out of what a name server said. Never changes once
// made; shared by all who use it.
struct Route {
  std::string topic;
  std::vector<protocol::BrokerData> brokers;   // by name
  std::vector<protocol::QueueData> queues;     // by broker name
  std::vector<PublishQueue> publish_queues;    // writable, with a master; by broker name and id
  std::vector<MessageQueue> subscribe_queues;  // readable, in MessageQueue's order
  // The topic does not exist yet: these are the queues it will get when a broker creates it.
  bool is_template = false;

  const std::string& broker_name(const PublishQueue& queue) const {
    return brokers[queue.broker].broker_name;
  }
  const std::string& master_address(const PublishQueue& queue) const {
    return brokers[queue.broker].broker_addrs.at(master_id);
  }
};
using RoutePtr = std::shared_ptr<const Route>;

// Java: MQClientInstance.topicRouteData2TopicPublishInfo and …2TopicSubscribeInfo.
Route make_route(std::string topic, protocol::TopicRouteData data);

// For a topic that does not exist, from the route of template_topic: as many queues as the broker
// will create, `queues` at most. Java: MQClientInstance.updateTopicRouteInfoFromNameServer.
Route make_template_route(std::string topic, protocol::TopicRouteData of_template, int queues);

// Are the same queues on the same brokers? The order a name server tells them in does not count.
bool is_same_route(const Route& a, const Route& b);

struct BrokerAddress {
  std::string broker_name;
  std::int64_t broker_id = master_id;
  std::string address;
  bool operator==(const BrokerAddress&) const = default;
};

// All routes a client knows, and the addresses of their brokers. Decides, never asks.
class RouteTable {
 public:
  RoutePtr find(std::string_view topic, net::TimePoint now);  // nullptr: not known
  RoutePtr peek(std::string_view topic) const;                // the same, not counted as a use

  struct Change {
    bool route = false;    // it is another one than before, or new
    bool brokers = false;  // an address nobody knew before
  };
  Change put(Route route, net::TimePoint now);

  // What to ask for again: every topic used, or pinned, since `used_since`. The others are
  // forgotten.
  std::vector<std::string> topics_to_refresh(net::TimePoint used_since);
  // Pinned topics are refreshed whether used or not; pins are counted. Java: the subscriptions.
  void pin(const std::string& topic) { ++pins_[topic]; }
  void unpin(const std::string& topic);

  std::size_t size() const { return routes_.size(); }

  // Forgets brokers that no route names any more.
  void forget_unnamed_brokers();
  std::vector<BrokerAddress> brokers() const;  // by name and id
  // nullptr: not known.
  const std::string* address_of(std::string_view broker_name, std::int64_t broker_id) const;
  bool has_address(std::string_view address) const;

  // For reading: the broker id asked for; else, unless `only_this`, the next one, else any. Java:
  // MQClientInstance.findBrokerAddressInSubscribe.
  std::optional<BrokerAddress> address_to_read(std::string_view broker_name, std::int64_t broker_id,
                                               bool only_this) const;

 private:
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct Entry {
    RoutePtr route;
    net::TimePoint used_at;
  };

  std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> routes_;
  std::map<std::string, int> pins_;
  std::map<std::string, std::map<std::int64_t, std::string>, std::less<>> brokers_;
};

}  // namespace rocketmq::client
