#include <algorithm>
#include <set>

#include "client/admin_calls.h"
#include "client/names.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/namesrv_admin.h"
#include "protocol/requests/topic_group_admin.h"

namespace rocketmq {
namespace {

using client::AdminCalls;
using client::MasterBroker;

constexpr int perm_read = 4;  // Java: PermName
constexpr int perm_write = 2;
constexpr int queues_max = 65'536;

Result<void> check(const TopicOptions& options) {
  if (auto topic = client::check_topic(options.name); !topic) return topic;
  if (options.queues < 1 || options.queues > queues_max) {
    return Error{Errc::invalid_argument, str(options.queues, " queues, not 1 to ", queues_max)};
  }
  return {};
}

// "+key=value,-key". Java: AttributeParser.
std::string attributes_text(const std::map<std::string, std::string>& attributes) {
  std::string text;
  for (const auto& [name, value] : attributes) {
    if (!text.empty()) text += ',';
    text += value.empty() ? str("-", name) : str("+", name, "=", value);
  }
  return text;
}

std::vector<TopicBroker> brokers_of(const protocol::TopicRouteData& route) {
  std::vector<TopicBroker> brokers;
  for (const protocol::QueueData& queues : route.queue_datas) {
    TopicBroker& broker = brokers.emplace_back();
    broker.broker_name = queues.broker_name;
    broker.read_queues = queues.read_queue_nums;
    broker.write_queues = queues.write_queue_nums;
    broker.readable = (queues.perm & perm_read) != 0;
    broker.writable = (queues.perm & perm_write) != 0;
    const auto data = std::ranges::find(route.broker_datas, broker.broker_name,
                                        &protocol::BrokerData::broker_name);
    if (data == route.broker_datas.end()) continue;
    const auto master = data->broker_addrs.find(client::master_id);
    if (master != data->broker_addrs.end()) broker.address = master->second;
  }
  std::ranges::sort(brokers, {}, &TopicBroker::broker_name);
  return brokers;
}

void add_queues(const protocol::TopicStatsTable& table, TopicDescription& description) {
  for (const auto& [queue, offsets] : table.offset_table) {
    description.queues.push_back(
        {.queue = {queue.topic, queue.broker_name, queue.queue_id},
         .min_offset = offsets.min_offset,
         .max_offset = offsets.max_offset,
         .last_store_time = client::time_of(offsets.last_update_timestamp)});
  }
}

net::Task<Result<protocol::TopicRouteData>> ask_for_route(AdminCalls& calls, std::string topic) {
  auto route = co_await calls.core().ask_for_route(topic);
  if (!route && route.error().code == ResponseCode::topic_not_exist) {
    co_return Error{Errc::no_route, str("topic ", topic, " does not exist")};
  }
  co_return route;
}

net::Task<Result<std::vector<std::string>>> topics(AdminCalls& calls) {
  auto list = co_await calls.ask_name_server(protocol::GetAllTopicListFromNameserver{});
  if (!list) co_return std::move(list).error();
  std::ranges::sort(list->topic_list);
  co_return std::move(list->topic_list);
}

net::Task<Result<std::vector<std::string>>> topics_of_cluster(AdminCalls& calls,
                                                              std::string cluster) {
  auto list = co_await calls.ask_name_server(protocol::GetTopicsByCluster{.cluster = cluster});
  if (!list) co_return std::move(list).error();
  std::ranges::sort(list->topic_list);
  co_return std::move(list->topic_list);
}

net::Task<Result<void>> create_topic(AdminCalls& calls, TopicOptions options) {
  if (auto checked = check(options); !checked) co_return checked;
  const auto addresses = co_await calls.addresses(options.cluster, options.broker_address);
  if (!addresses) co_return addresses.error();
  const std::string attributes = attributes_text(options.attributes);
  protocol::UpdateAndCreateTopic request;
  request.topic = options.name;
  request.default_topic = client::template_topic;
  request.read_queue_nums = request.write_queue_nums = options.queues;
  request.perm = (options.readable ? perm_read : 0) | (options.writable ? perm_write : 0);
  request.topic_filter_type = "SINGLE_TAG";
  request.topic_sys_flag = 0;
  request.order = options.ordered;
  if (!attributes.empty()) request.attributes = attributes;
  co_return co_await calls.tell(*addresses, request);
}

// Brokers first: a name server that forgets a topic learns it again from a broker that has it.
net::Task<Result<void>> delete_topic(AdminCalls& calls, std::string topic, std::string cluster) {
  if (auto checked = client::check_topic(topic); !checked) co_return checked;
  const auto addresses = co_await calls.addresses(cluster, "");
  if (!addresses) co_return addresses.error();
  auto done = co_await calls.tell(*addresses, protocol::DeleteTopicInBroker{.topic = topic});
  if (!done) co_return done;
  co_return co_await calls.tell(calls.core().name_servers().all(),
                                protocol::DeleteTopicInNamesrv{.topic = topic});
}

net::Task<Result<TopicDescription>> describe_topic(AdminCalls& calls, std::string topic) {
  const auto route = co_await ask_for_route(calls, topic);
  if (!route) co_return route.error();
  TopicDescription description{.name = topic, .brokers = brokers_of(*route), .queues = {}};
  for (const TopicBroker& broker : description.brokers) {
    if (broker.address.empty()) continue;
    const auto table =
        co_await calls.ask_body(broker.address, protocol::GetTopicStatsInfo{.topic = topic});
    if (!table) co_return table.error();
    add_queues(*table, description);
  }
  std::sort(description.queues.begin(), description.queues.end(),
            [](const QueueStatus& a, const QueueStatus& b) { return a.queue < b.queue; });
  co_return description;
}

net::Task<Result<TopicRoute>> route_of(AdminCalls& calls, std::string topic) {
  const auto data = co_await ask_for_route(calls, topic);
  if (!data) co_return data.error();
  TopicRoute route{.queues = brokers_of(*data), .brokers = {}};
  for (const protocol::BrokerData& broker : data->broker_datas) {
    route.brokers.push_back({.cluster = broker.cluster,
                             .broker_name = broker.broker_name,
                             .addresses = broker.broker_addrs});
  }
  co_return route;
}

net::Task<Result<std::vector<std::string>>> groups_of_topic(AdminCalls& calls, std::string topic) {
  const auto masters = co_await calls.masters_of_topic(topic);
  if (!masters) co_return masters.error();
  std::set<std::string> groups;
  for (const MasterBroker& master : *masters) {
    auto list =
        co_await calls.ask_body(master.address, protocol::QueryTopicConsumeByWho{.topic = topic});
    if (!list) co_return std::move(list).error();
    groups.insert(list->group_list.begin(), list->group_list.end());
  }
  co_return std::vector<std::string>(groups.begin(), groups.end());
}

}  // namespace

Result<std::vector<std::string>> Admin::topics() {
  return impl_->run<std::vector<std::string>>(rocketmq::topics);
}

Result<std::vector<std::string>> Admin::topics_of_cluster(const std::string& cluster) {
  return impl_->run<std::vector<std::string>>(
      [&](AdminCalls& calls) { return rocketmq::topics_of_cluster(calls, cluster); });
}

Result<void> Admin::create_topic(const TopicOptions& options) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::create_topic(calls, options); });
}

Result<void> Admin::delete_topic(const std::string& topic, const std::string& cluster) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::delete_topic(calls, topic, cluster); });
}

Result<TopicDescription> Admin::describe_topic(const std::string& topic) {
  return impl_->run<TopicDescription>(
      [&](AdminCalls& calls) { return rocketmq::describe_topic(calls, topic); });
}

Result<TopicRoute> Admin::route(const std::string& topic) {
  return impl_->run<TopicRoute>([&](AdminCalls& calls) { return route_of(calls, topic); });
}

Result<std::vector<std::string>> Admin::groups_of_topic(const std::string& topic) {
  return impl_->run<std::vector<std::string>>(
      [&](AdminCalls& calls) { return rocketmq::groups_of_topic(calls, topic); });
}

}  // namespace rocketmq
