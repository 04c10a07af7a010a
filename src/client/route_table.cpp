#include "client/route_table.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace rocketmq::client {
namespace {

constexpr std::int32_t perm_read = 4;  // Java: PermName
constexpr std::int32_t perm_write = 2;
// Of a topic, over all brokers: a name server's numbers are not trusted with our memory. Far more
// than anybody uses.
constexpr std::size_t queues_max = 65'536;

// The index of a broker that has a master, or nothing.
std::optional<std::uint32_t> writable_broker(const Route& route, std::string_view name) {
  for (std::uint32_t i = 0; i < route.brokers.size(); ++i) {
    if (route.brokers[i].broker_name != name) continue;
    if (route.brokers[i].broker_addrs.contains(master_id)) return i;
    break;
  }
  return std::nullopt;
}

void add_publish_queues(Route& route, std::string_view broker_name, std::int32_t count) {
  const auto broker = writable_broker(route, broker_name);
  if (!broker) return;
  for (std::int32_t id = 0; id < count && route.publish_queues.size() < queues_max; ++id) {
    route.publish_queues.push_back({*broker, id});
  }
}

// "broker-a:4;broker-b:4": an ordered topic's queues, whatever the queue data say.
void add_ordered_queues(Route& route, std::string_view conf) {
  while (!conf.empty()) {
    const std::string_view part = conf.substr(0, conf.find(';'));
    conf.remove_prefix(std::min(part.size() + 1, conf.size()));
    const std::size_t colon = part.rfind(':');
    std::int32_t count = 0;
    if (colon == part.npos) continue;
    std::from_chars(part.data() + colon + 1, part.data() + part.size(), count);
    add_publish_queues(route, part.substr(0, colon), count);
  }
}

}  // namespace

Route make_route(std::string topic, protocol::TopicRouteData data) {
  Route route;
  route.topic = std::move(topic);
  route.brokers = std::move(data.broker_datas);
  route.queues = std::move(data.queue_datas);
  std::ranges::sort(route.brokers, {}, &protocol::BrokerData::broker_name);
  std::ranges::sort(route.queues, {}, &protocol::QueueData::broker_name);

  const bool is_ordered = data.order_topic_conf && !data.order_topic_conf->empty();
  if (is_ordered) add_ordered_queues(route, *data.order_topic_conf);
  for (const protocol::QueueData& queues : route.queues) {
    if (!is_ordered && (queues.perm & perm_write) != 0) {
      add_publish_queues(route, queues.broker_name, queues.write_queue_nums);
    }
    if ((queues.perm & perm_read) == 0) continue;
    const std::int32_t count = queues.read_queue_nums;
    for (std::int32_t id = 0; id < count && route.subscribe_queues.size() < queues_max; ++id) {
      route.subscribe_queues.push_back({route.topic, queues.broker_name, id});
    }
  }
  return route;
}

Route make_template_route(std::string topic, protocol::TopicRouteData of_template, int queues) {
  for (protocol::QueueData& data : of_template.queue_datas) {
    data.read_queue_nums = std::min(queues, data.read_queue_nums);
    data.write_queue_nums = data.read_queue_nums;
  }
  Route route = make_route(std::move(topic), std::move(of_template));
  route.subscribe_queues.clear();  // there is nothing to read yet
  route.is_template = true;
  return route;
}

bool is_same_route(const Route& a, const Route& b) {
  return a.is_template == b.is_template && a.brokers == b.brokers && a.queues == b.queues &&
         a.publish_queues == b.publish_queues;
}

RoutePtr RouteTable::find(std::string_view topic, net::TimePoint now) {
  const auto found = routes_.find(topic);
  if (found == routes_.end()) return nullptr;
  found->second.used_at = now;
  return found->second.route;
}

RoutePtr RouteTable::peek(std::string_view topic) const {
  const auto found = routes_.find(topic);
  return found == routes_.end() ? nullptr : found->second.route;
}

RouteTable::Change RouteTable::put(Route route, net::TimePoint now) {
  Change change;
  for (const protocol::BrokerData& broker : route.brokers) {
    auto& known = brokers_[broker.broker_name];
    for (const auto& [id, address] : broker.broker_addrs) {
      const auto old = known.find(id);
      if (old == known.end() || old->second != address) change.brokers = true;
    }
    known = broker.broker_addrs;
  }
  auto [entry, is_new] = routes_.try_emplace(route.topic, Entry{nullptr, now});
  if (is_new || !is_same_route(*entry->second.route, route)) {
    entry->second.route = std::make_shared<const Route>(std::move(route));
    change.route = true;
  }
  return change;
}

std::vector<std::string> RouteTable::topics_to_refresh(net::TimePoint used_since) {
  std::vector<std::string> topics;
  for (const auto& [topic, pins] : pins_) topics.push_back(topic);
  for (auto entry = routes_.begin(); entry != routes_.end();) {
    if (pins_.contains(entry->first)) {
      ++entry;
    } else if (entry->second.used_at >= used_since) {
      topics.push_back((entry++)->first);
    } else {
      entry = routes_.erase(entry);
    }
  }
  return topics;
}

void RouteTable::unpin(const std::string& topic) {
  const auto pins = pins_.find(topic);
  if (pins != pins_.end() && --pins->second == 0) pins_.erase(pins);
}

void RouteTable::forget_unnamed_brokers() {
  std::set<std::string_view> named;
  for (const auto& [topic, entry] : routes_) {
    for (const protocol::BrokerData& broker : entry.route->brokers) {
      named.insert(broker.broker_name);
    }
  }
  std::erase_if(brokers_, [&](const auto& broker) { return !named.contains(broker.first); });
}

std::vector<BrokerAddress> RouteTable::brokers() const {
  std::vector<BrokerAddress> all;
  for (const auto& [name, addresses] : brokers_) {
    for (const auto& [id, address] : addresses) all.push_back({name, id, address});
  }
  return all;
}

const std::string* RouteTable::address_of(std::string_view broker_name,
                                          std::int64_t broker_id) const {
  const auto broker = brokers_.find(broker_name);
  if (broker == brokers_.end()) return nullptr;
  const auto address = broker->second.find(broker_id);
  return address == broker->second.end() ? nullptr : &address->second;
}

bool RouteTable::has_address(std::string_view address) const {
  return std::ranges::any_of(brokers_, [&](const auto& broker) {
    return std::ranges::any_of(broker.second,
                               [&](const auto& entry) { return entry.second == address; });
  });
}

std::optional<BrokerAddress> RouteTable::address_to_read(std::string_view broker_name,
                                                         std::int64_t broker_id,
                                                         bool only_this) const {
  const auto broker = brokers_.find(broker_name);
  if (broker == brokers_.end() || broker->second.empty()) return std::nullopt;
  auto address = broker->second.find(broker_id);
  if (address == broker->second.end() && !only_this) {
    address = broker->second.find(broker_id + 1);
    if (broker_id == master_id || address == broker->second.end()) address = broker->second.begin();
  }
  if (address == broker->second.end()) return std::nullopt;
  return BrokerAddress{broker->first, address->first, address->second};
}

}  // namespace rocketmq::client
