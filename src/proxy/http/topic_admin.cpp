// The cluster and its topics.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "client/admin_calls.h"
#include "protocol/str.h"
#include "proxy/http/operations.h"
#include "proxy/http/paging.h"

namespace rocketmq::gateway {
namespace {

constexpr std::int64_t queues_max = 1024;
constexpr std::string_view retry_prefix = "%RETRY%";
constexpr std::string_view dead_letters_prefix = "%DLQ%";

using SystemNames = std::set<std::string, std::less<>>;

// Java: TopicValidator, and the topics that a broker makes for its cluster and itself.
net::Task<Result<SystemNames>> system_topics(Parts& parts) {
  client::AdminCalls calls(*parts.core);
  const auto cluster = co_await calls.cluster_info();
  if (!cluster) co_return cluster.error();
  SystemNames names{"TBW102",
                    "SCHEDULE_TOPIC_XXXX",
                    "BenchmarkTest",
                    "RMQ_SYS_TRANS_HALF_TOPIC",
                    "RMQ_SYS_TRACE_TOPIC",
                    "RMQ_SYS_TRANS_OP_HALF_TOPIC",
                    "TRANS_CHECK_MAX_TIME_TOPIC",
                    "SELF_TEST_TOPIC",
                    "OFFSET_MOVED_EVENT"};
  for (const auto& [name, brokers] : cluster->cluster_addr_table) names.insert(name);
  for (const auto& [name, broker] : cluster->broker_addr_table) names.insert(name);
  co_return names;
}

std::string_view kind_of(std::string_view topic, const SystemNames& system) {
  if (topic.starts_with(retry_prefix)) return "retry";
  if (topic.starts_with(dead_letters_prefix)) return "dlq";
  const bool is_system = topic.starts_with("rmq_sys_") || topic.starts_with("CID_RMQ_SYS_") ||
                         topic.ends_with("_REPLY_TOPIC") || system.contains(topic);
  return is_system ? "system" : "normal";
}

std::string perm_of(const TopicBroker& broker) {
  return str(broker.readable ? "r" : "", broker.writable ? "w" : "");
}

Json json_of(const TopicBroker& broker) {
  return {{"broker", broker.broker_name},
          {"address", broker.address},
          {"readQueues", broker.read_queues},
          {"writeQueues", broker.write_queues},
          {"perm", perm_of(broker)}};
}

Json json_of(const std::vector<TopicBroker>& brokers) {
  Json list = Json::array();
  for (const TopicBroker& broker : brokers) list.push_back(json_of(broker));
  return list;
}

Json json_of(const TopicRoute& route) {
  Json brokers = Json::array();
  for (const TopicRoute::Broker& broker : route.brokers) {
    Json addresses = Json::object();
    for (const auto& [id, address] : broker.addresses) addresses[std::to_string(id)] = address;
    brokers.push_back({{"cluster", broker.cluster},
                       {"broker", broker.broker_name},
                       {"addresses", std::move(addresses)}});
  }
  return {{"queues", json_of(route.queues)}, {"brokers", std::move(brokers)}};
}

Json json_of(const QueueStatus& status) {
  return {{"queue", {{"broker", status.queue.broker_name}, {"id", status.queue.queue_id}}},
          {"minOffset", status.min_offset},
          {"maxOffset", status.max_offset},
          {"lastStoreMs", status.last_store_time.time_since_epoch().count()}};
}

Json json_of(const BrokerStatus& broker) {
  Json json = {{"cluster", broker.cluster},
               {"broker", broker.broker_name},
               {"id", broker.broker_id},
               {"address", broker.address}};
  const auto version = broker.runtime.find("brokerVersionDesc");
  if (version != broker.runtime.end()) json["version"] = version->second;
  if (!broker.problem.empty()) json["problem"] = broker.problem;
  return json;
}

Result<TopicOptions> topic_options(const Members& members, const std::string& name) {
  TopicOptions options{.name = name};
  const auto queues = members.number("queues", {8, 1, queues_max});
  if (!queues) return queues.error();
  const auto perm = members.text("perm", "rw");
  if (!perm) return perm.error();
  if (*perm != "rw" && *perm != "r" && *perm != "w") {
    return members.invalid_member("perm", "is none of rw, r and w");
  }
  const auto type = members.text("type", "");
  if (!type) return type.error();
  const auto types = {"", "NORMAL", "FIFO", "DELAY", "TRANSACTION", "MIXED"};
  if (std::ranges::find(types, *type) == types.end()) {
    return members.invalid_member("type", "is none of NORMAL, FIFO, DELAY, TRANSACTION and MIXED");
  }
  options.queues = static_cast<int>(*queues);
  options.readable = perm->find('r') != perm->npos;
  options.writable = perm->find('w') != perm->npos;
  if (!type->empty()) options.attributes.emplace("message.type", *type);
  return options;
}

// What those about one topic do first.
Result<void> check_request(const Request& request) {
  const auto parameters = Parameters::parse(request.head().query, {});
  if (!parameters) return parameters.error();
  return check_topic(request.part("topic"));
}

}  // namespace

net::Task<Reply> operate_cluster(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {});
  if (!parameters) co_return parameters.error();
  auto asking =
      parts.admin.run<std::vector<BrokerStatus>>([](Admin& admin) { return admin.cluster(); });
  const auto brokers = co_await std::move(asking);
  if (!brokers) co_return brokers.error();
  Json list = Json::array();
  for (const BrokerStatus& broker : *brokers) list.push_back(json_of(broker));
  co_return json_reply({{"brokers", std::move(list)}});
}

net::Task<Reply> operate_topics(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"kind", "limit", "cursor"});
  if (!parameters) co_return parameters.error();
  const std::string* const kinds = parameters->text("kind");
  auto asking =
      parts.admin.run<std::vector<std::string>>([](Admin& admin) { return admin.topics(); });
  auto topics = co_await std::move(asking);
  if (!topics) co_return std::move(topics).error();
  const auto system = co_await system_topics(parts);
  if (!system) co_return system.error();
  if (kinds != nullptr) {
    const std::string wanted = str(',', *kinds, ',');
    std::erase_if(*topics, [&wanted, &system](const std::string& topic) {
      return wanted.find(str(',', kind_of(topic, *system), ',')) == wanted.npos;
    });
  }
  const auto page = page_of(*topics, *parameters);
  if (!page) co_return page.error();
  Json json = {{"items", Json::array()}};
  for (const std::string& topic : page->names) {
    json["items"].push_back({{"name", topic}, {"kind", kind_of(topic, *system)}});
  }
  if (page->next) json["next"] = *page->next;
  co_return json_reply(json);
}

net::Task<Reply> operate_topic(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  const std::string topic = request->part("topic");
  auto asking = parts.admin.run<TopicRoute>([topic](Admin& admin) { return admin.route(topic); });
  const auto route = co_await std::move(asking);
  if (!route) co_return route.error();
  const auto system = co_await system_topics(parts);
  if (!system) co_return system.error();
  co_return json_reply(
      {{"name", topic}, {"kind", kind_of(topic, *system)}, {"brokers", json_of(route->queues)}});
}

net::Task<Reply> operate_put_topic(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  const auto body = co_await read_body(parts, request);
  if (!body) co_return body.error();
  const auto members = Members::parse(*body, {"queues", "perm", "type"});
  if (!members) co_return members.error();
  const auto options = topic_options(*members, request->part("topic"));
  if (!options) co_return options.error();
  auto asking = parts.admin.run<bool>([wanted = *options](Admin& admin) -> Result<bool> {
    const bool was_there = admin.route(wanted.name).has_value();
    if (auto created = admin.create_topic(wanted); !created) return std::move(created).error();
    return !was_there;
  });
  const auto is_new = co_await std::move(asking);
  if (!is_new) co_return is_new.error();
  co_return json_reply({{"name", options->name}, {"queues", options->queues}}, *is_new ? 201 : 200);
}

net::Task<Reply> operate_delete_topic(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  auto asking =
      parts.admin.run<void>([topic = request->part("topic")](Admin& admin) -> Result<void> {
        if (auto route = admin.route(topic); !route) return std::move(route).error();
        return admin.delete_topic(topic);
      });
  const auto deleted = co_await std::move(asking);
  if (!deleted) co_return deleted.error();
  co_return empty_reply();
}

net::Task<Reply> operate_topic_route(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  auto asking = parts.admin.run<TopicRoute>(
      [topic = request->part("topic")](Admin& admin) { return admin.route(topic); });
  const auto route = co_await std::move(asking);
  if (!route) co_return route.error();
  co_return json_reply(json_of(*route));
}

net::Task<Reply> operate_topic_stats(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  auto asking = parts.admin.run<TopicDescription>(
      [topic = request->part("topic")](Admin& admin) { return admin.describe_topic(topic); });
  const auto described = co_await std::move(asking);
  if (!described) co_return described.error();
  Json queues = Json::array();
  for (const QueueStatus& status : described->queues) queues.push_back(json_of(status));
  co_return json_reply({{"queues", std::move(queues)}});
}

net::Task<Reply> operate_topic_groups(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  auto asking = parts.admin.run<std::vector<std::string>>(
      [topic = request->part("topic")](Admin& admin) { return admin.groups_of_topic(topic); });
  const auto groups = co_await std::move(asking);
  if (!groups) co_return groups.error();
  Json items = Json::array();
  for (const std::string& group : *groups) items.push_back({{"name", group}});
  co_return json_reply({{"items", std::move(items)}});
}

}  // namespace rocketmq::gateway
