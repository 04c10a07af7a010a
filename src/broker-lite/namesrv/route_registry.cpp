#include "broker-lite/namesrv/route_registry.h"

#include <algorithm>

#include "protocol/str.h"

namespace rocketmq::namesrv {

using protocol::BrokerData;
using protocol::QueueData;
using protocol::TopicConfig;
using protocol::TopicRouteData;

namespace {

constexpr std::int64_t master_id = 0;
constexpr std::int32_t perm_write = 2;
constexpr std::int32_t perm_read_write = 6;
constexpr std::size_t name_length_max = 255;

QueueData queue_data(const TopicConfig& topic, std::string_view broker_name) {
  return {.broker_name = std::string(broker_name),
          .perm = topic.perm,
          .read_queue_nums = topic.read_queue_nums,
          .topic_sys_flag = topic.topic_sys_flag,
          .write_queue_nums = topic.write_queue_nums};
}

bool has_address(const BrokerData& group, std::string_view address) {
  return std::any_of(group.broker_addrs.begin(), group.broker_addrs.end(),
                     [&](const auto& entry) { return entry.second == address; });
}

// Java: isPrimeSlave. The slave that stands in for a missing master.
bool is_prime_slave(const Registration& registration, const BrokerData& group) {
  return registration.enable_acting_master.has_value() && registration.broker_id != master_id &&
         registration.broker_id == group.broker_addrs.begin()->first;
}

}  // namespace

RouteRegistry::LiveBroker* RouteRegistry::find_live(std::string_view cluster,
                                                    std::string_view broker_addr) {
  const auto found = live_.find(LiveKey(cluster, broker_addr));
  return found == live_.end() ? nullptr : &found->second;
}

const RouteRegistry::LiveBroker* RouteRegistry::find_live(std::string_view cluster,
                                                          std::string_view broker_addr) const {
  const auto found = live_.find(LiveKey(cluster, broker_addr));
  return found == live_.end() ? nullptr : &found->second;
}

Result<Registered> RouteRegistry::register_broker(const Registration& registration, TimePoint now) {
  if (auto good = check(registration); !good) return std::move(good).error();
  if (yields_to_holder(registration)) {
    live_.erase(LiveKey(registration.cluster, registration.broker_addr));
    ++revision_;
    return Registered{};
  }

  bool is_first = false;
  const BrokerData& group = join_group(registration, is_first);
  if (registration.broker_id == master_id || is_prime_slave(registration, group)) {
    update_topics(registration, group, is_first);
  }
  LiveBroker& live = live_[LiveKey(registration.cluster, registration.broker_addr)];
  if (live.filter_servers != registration.body.filter_server_list) ++revision_;
  live = {.last_update = now,
          .heartbeat_timeout =
              std::min(registration.heartbeat_timeout.value_or(options_.heartbeat_timeout),
                       options_.heartbeat_timeout_max),
          .version = registration.body.topics.data_version,
          .channel = registration.channel,
          .ha_server_addr = registration.ha_server_addr,
          .filter_servers = registration.body.filter_server_list};

  Registered registered;
  const auto master = group.broker_addrs.find(master_id);
  if (registration.broker_id != master_id && master != group.broker_addrs.end()) {
    if (const LiveBroker* of_master = find_live(registration.cluster, master->second)) {
      registered.master_addr = master->second;
      registered.ha_server_addr = of_master->ha_server_addr;
    }
  }
  return registered;
}

Result<void> RouteRegistry::check(const Registration& registration) const {
  const auto refuse = [](std::string_view why) {
    return Error{ResponseCode::system_error, str("register broker failed", why)};
  };
  for (const std::string* name :
       {&registration.cluster, &registration.broker_name, &registration.broker_addr}) {
    if (name->empty() || name->size() > name_length_max) return refuse(": a name is missing");
  }
  const auto group = groups_.find(registration.broker_name);
  const bool is_known =
      group != groups_.end() && group->second.broker_addrs.contains(registration.broker_id);
  const auto& topics = registration.body.topics.topic_config_table;
  // Word for word what stock says: brokers' operators search for it.
  if (!is_known && topics.size() == 1) return refuse("");
  // A known broker that comes with ever new addresses is many brokers until the old ones expire.
  const bool is_live = find_live(registration.cluster, registration.broker_addr) != nullptr;
  if (!is_live && live_.size() >= options_.brokers_max) return refuse(": too many brokers");
  if (topics_.size() + topics.size() > options_.topics_max) {
    const auto new_topics = std::count_if(topics.begin(), topics.end(), [this](const auto& topic) {
      return !topics_.contains(topic.first);
    });
    if (topics_.size() + static_cast<std::size_t>(new_topics) > options_.topics_max) {
      return refuse(": too many topics");
    }
  }
  return {};
}

// The id is held by another address which a controller has made the newer one.
bool RouteRegistry::yields_to_holder(const Registration& registration) const {
  const auto group = groups_.find(registration.broker_name);
  if (group == groups_.end()) return false;
  const auto holder = group->second.broker_addrs.find(registration.broker_id);
  if (holder == group->second.broker_addrs.end() || holder->second == registration.broker_addr) {
    return false;
  }
  const LiveBroker* live = find_live(registration.cluster, holder->second);
  return live != nullptr &&
         live->version.state_version > registration.body.topics.data_version.state_version;
}

BrokerData& RouteRegistry::join_group(const Registration& registration, bool& is_first) {
  BrokerData& group = groups_[registration.broker_name];
  const BrokerData before = group;
  if (group.cluster != registration.cluster) {
    live_.erase(LiveKey(group.cluster, registration.broker_addr));
    leave_cluster(group.cluster, registration.broker_name);
  }
  clusters_[registration.cluster].insert(registration.broker_name);
  group.cluster = registration.cluster;
  group.broker_name = registration.broker_name;
  group.enable_acting_master = registration.enable_acting_master.value_or(false);
  group.zone_name = registration.zone_name;

  // A slave that became the master of its host keeps its address under the new id only.
  std::erase_if(group.broker_addrs, [&](const auto& entry) {
    return entry.second == registration.broker_addr && entry.first != registration.broker_id;
  });
  is_first = !group.broker_addrs.contains(registration.broker_id);
  group.broker_addrs[registration.broker_id] = registration.broker_addr;
  if (group != before) ++revision_;
  return group;
}

// A registration that says nothing new is no more than a sign of life. Topics it does not name
// stay: it may be a change to one, and deleting is an admin's business.
void RouteRegistry::update_topics(const Registration& registration, const BrokerData& group,
                                  bool is_first) {
  const auto& body = registration.body.topics;
  if (body.topic_config_table.empty()) return;
  if (options_.delete_topic_with_broker_registration) {
    remove_topics_but(registration.broker_name, body.topic_config_table);
  }
  const LiveBroker* live = find_live(registration.cluster, registration.broker_addr);
  const bool is_changed = is_first || live == nullptr || live->version != body.data_version;
  const bool is_read_only = group.enable_acting_master && registration.broker_id != master_id;

  for (const auto& [name, config] : body.topic_config_table) {
    if (!is_changed) {
      const auto topic = topics_.find(name);
      if (topic != topics_.end() && topic->second.contains(registration.broker_name)) continue;
    }
    QueueData queues = queue_data(config, registration.broker_name);
    if (is_read_only) queues.perm &= ~perm_write;
    set_queues(name, std::move(queues));
  }
}

void RouteRegistry::set_queues(std::string_view topic, QueueData queues) {
  auto found = topics_.find(topic);
  if (found == topics_.end()) found = topics_.emplace(topic, QueuesByBroker{}).first;
  QueueData& known = found->second[queues.broker_name];
  if (known == queues) return;
  known = std::move(queues);
  ++revision_;
}

void RouteRegistry::remove_topics_but(std::string_view broker_name,
                                      const std::map<std::string, TopicConfig>& kept) {
  for (auto topic = topics_.begin(); topic != topics_.end();) {
    QueuesByBroker& queues = topic->second;
    const auto of_broker = queues.find(broker_name);
    if (of_broker != queues.end() && !kept.contains(topic->first)) {
      queues.erase(of_broker);
      ++revision_;
    }
    topic = queues.empty() ? topics_.erase(topic) : std::next(topic);
  }
}

void RouteRegistry::remove_queues(std::string_view broker_name) {
  remove_topics_but(broker_name, {});
}

void RouteRegistry::unregister_broker(std::string_view cluster, std::string_view broker_name,
                                      std::string_view broker_addr) {
  ++revision_;
  live_.erase(LiveKey(cluster, broker_addr));
  const auto found = groups_.find(broker_name);
  if (found == groups_.end()) return;
  BrokerData& group = found->second;
  std::erase_if(group.broker_addrs, [&](const auto& entry) { return entry.second == broker_addr; });
  if (group.broker_addrs.empty()) {
    remove_group(group);
  } else if (group.enable_acting_master && !group.broker_addrs.contains(master_id)) {
    wipe_write_perm(broker_name);
  }
}

void RouteRegistry::remove_group(const BrokerData& group) {
  remove_queues(group.broker_name);
  leave_cluster(group.cluster, group.broker_name);
  groups_.erase(groups_.find(group.broker_name));
}

void RouteRegistry::leave_cluster(std::string_view cluster, const std::string& broker_name) {
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end()) return;
  found->second.erase(broker_name);
  if (found->second.empty()) clusters_.erase(found);
}

std::vector<net::ChannelHandle> RouteRegistry::expire(TimePoint now) {
  std::vector<net::ChannelHandle> channels;
  for (const auto& [key, live] : live_) {
    if (now - live.last_update > live.heartbeat_timeout) channels.push_back(live.channel);
  }
  // Who registers several brokers over one connection loses them together, as when it closes.
  for (const net::ChannelHandle& channel : channels) channel_closed(channel);
  return channels;
}

void RouteRegistry::channel_closed(const net::ChannelHandle& channel) {
  std::vector<LiveKey> gone;
  for (const auto& [key, live] : live_) {
    if (live.channel == channel) gone.push_back(key);
  }
  for (const auto& [cluster, address] : gone) {
    const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const auto& entry) {
      return entry.second.cluster == cluster && has_address(entry.second, address);
    });
    if (group == groups_.end()) {
      live_.erase({cluster, address});
      ++revision_;
    } else {
      unregister_broker(cluster, std::string(group->first), address);
    }
  }
}

void RouteRegistry::refresh(std::string_view cluster, std::string_view broker_addr, TimePoint now) {
  if (LiveBroker* live = find_live(cluster, broker_addr)) live->last_update = now;
}

KnownVersion RouteRegistry::query_version(std::string_view cluster, std::string_view broker_addr,
                                          const protocol::DataVersion& version, TimePoint now) {
  refresh(cluster, broker_addr, now);
  const LiveBroker* live = find_live(cluster, broker_addr);
  if (live == nullptr) return {};
  return {.is_changed = live->version != version, .version = live->version};
}

std::optional<TopicRouteData> RouteRegistry::route(std::string_view topic) const {
  const auto queues = topics_.find(topic);
  if (queues == topics_.end()) return std::nullopt;
  TopicRouteData route;
  for (const auto& [broker_name, data] : queues->second) {
    const auto group = groups_.find(broker_name);
    if (group == groups_.end()) continue;
    route.queue_datas.push_back(data);
    route.broker_datas.push_back(group->second);
    for (const auto& [id, address] : group->second.broker_addrs) {
      const LiveBroker* live = find_live(group->second.cluster, address);
      if (live == nullptr || live->filter_servers.empty()) continue;
      route.filter_server_table.emplace(address, live->filter_servers);
    }
  }
  if (route.broker_datas.empty()) return std::nullopt;
  return route;
}

protocol::ClusterInfo RouteRegistry::cluster_info() const {
  protocol::ClusterInfo info;
  info.broker_addr_table = {groups_.begin(), groups_.end()};
  for (const auto& [cluster, names] : clusters_) {
    info.cluster_addr_table[cluster] = {names.begin(), names.end()};
  }
  return info;
}

std::optional<protocol::BrokerMemberGroup> RouteRegistry::member_group(
    std::string_view broker_name) const {
  const auto group = groups_.find(broker_name);
  if (group == groups_.end()) return std::nullopt;
  return protocol::BrokerMemberGroup{group->second.broker_addrs, group->second.broker_name,
                                     group->second.cluster};
}

std::vector<std::string> RouteRegistry::topics() const {
  std::vector<std::string> names;
  names.reserve(topics_.size());
  for (const auto& [name, queues] : topics_) names.push_back(name);
  return names;
}

std::vector<std::string> RouteRegistry::topics_of_cluster(std::string_view cluster) const {
  std::vector<std::string> names;
  const auto brokers = clusters_.find(cluster);
  if (brokers == clusters_.end()) return names;
  for (const auto& [name, queues] : topics_) {
    const bool is_there = std::any_of(queues.begin(), queues.end(), [&](const auto& entry) {
      return brokers->second.contains(entry.first);
    });
    if (is_there) names.push_back(name);
  }
  return names;
}

std::vector<std::string> RouteRegistry::topics_flagged(std::int32_t with,
                                                       std::int32_t without) const {
  std::vector<std::string> names;
  for (const auto& [name, queues] : topics_) {
    // Java: it is the same at every broker.
    const std::int32_t flag = queues.begin()->second.topic_sys_flag;
    if ((flag & with) == with && (flag & without) == 0) names.push_back(name);
  }
  return names;
}

protocol::TopicList RouteRegistry::system_topics() const {
  protocol::TopicList list;
  for (const auto& [cluster, names] : clusters_) {
    list.topic_list.push_back(cluster);
    list.topic_list.insert(list.topic_list.end(), names.begin(), names.end());
  }
  if (!groups_.empty()) list.broker_addr = groups_.begin()->second.broker_addrs.begin()->second;
  return list;
}

std::int32_t RouteRegistry::change_perms(std::string_view broker_name, std::int32_t keep,
                                         std::int32_t add) {
  ++revision_;
  std::int32_t count = 0;
  for (auto& [topic, queues] : topics_) {
    const auto of_broker = queues.find(broker_name);
    if (of_broker == queues.end()) continue;
    of_broker->second.perm = (of_broker->second.perm & keep) | add;
    ++count;
  }
  return count;
}

std::int32_t RouteRegistry::wipe_write_perm(std::string_view broker_name) {
  return change_perms(broker_name, ~perm_write, 0);
}

// Java sets exactly 6, whatever it was before.
std::int32_t RouteRegistry::add_write_perm(std::string_view broker_name) {
  return change_perms(broker_name, 0, perm_read_write);
}

void RouteRegistry::delete_topic(std::string_view topic, std::optional<std::string_view> cluster) {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return;
  ++revision_;
  if (cluster) {
    const auto brokers = clusters_.find(*cluster);
    if (brokers == clusters_.end()) return;
    std::erase_if(found->second,
                  [&](const auto& entry) { return brokers->second.contains(entry.first); });
  }
  if (!cluster || found->second.empty()) topics_.erase(found);
}

void RouteRegistry::register_topic(std::string_view topic, const std::vector<QueueData>& queues) {
  if (topics_.size() >= options_.topics_max && !topics_.contains(topic)) return;
  for (const QueueData& data : queues) {
    if (groups_.contains(data.broker_name)) set_queues(topic, data);
  }
}

void keep_zone(TopicRouteData& route, std::string_view zone) {
  const auto equals_ignoring_case = [](std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
      constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : +c; };
      return lower(x) == lower(y);
    });
  };
  std::set<std::string> kept;
  std::erase_if(route.broker_datas, [&](const BrokerData& group) {
    // A name without a master stays: its slaves are all there is to read from.
    const bool is_kept = !group.broker_addrs.contains(master_id) ||
                         equals_ignoring_case(group.zone_name.value_or(""), zone);
    if (is_kept) kept.insert(group.broker_name);
    return !is_kept;
  });
  std::erase_if(route.queue_datas,
                [&](const QueueData& queues) { return !kept.contains(queues.broker_name); });
}

}  // namespace rocketmq::namesrv
