#include <algorithm>
#include <set>

#include "client/admin_calls.h"
#include "client/names.h"
#include "client/offset_store.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/topic_group_admin.h"

namespace rocketmq {
namespace {

using client::AdminCalls;
using client::MasterBroker;

MessageQueue queue_of(const protocol::MessageQueueData& data) {
  return {data.topic, data.broker_name, data.queue_id};
}

// Java: MQVersion.getVersionDesc; from 4.0.0 on, a release and its snapshot take turns.
std::string version_name(int ordinal) {
  const int first = protocol::version_ordinal(4, 0, 0);
  if (ordinal < first - 1) return str("version ", ordinal);
  const int release = ordinal + (ordinal - first) % 2;
  const int since = release - first;
  return str("V", 4 + since / 200, "_", since % 200 / 20, "_", since % 20 / 2,
             release == ordinal ? "" : "_SNAPSHOT");
}

ClientConnection connection_of(const protocol::Connection& data) {
  return {.client_id = data.client_id,
          .address = data.client_addr,
          .language = data.language,
          .version = data.version,
          .version_name = version_name(data.version)};
}

Subscription subscription_of(const protocol::SubscriptionData& data) {
  return {data.topic,
          data.expression_type == "SQL92" ? sql(data.sub_string) : tags(data.sub_string)};
}

// What a broker says about an absence that other brokers may not share.
bool is_nobody_there(const Error& error) {
  return error.code == ResponseCode::consumer_not_online ||
         error.code == ResponseCode::subscription_group_not_exist;
}

// The brokers where the group's messages are given back, which are all that know it; else those of
// the only cluster.
net::Task<Result<std::vector<MasterBroker>>> masters_of_group(AdminCalls& calls,
                                                              std::string group) {
  auto masters = co_await calls.masters_of_topic(str(client::retry_topic_prefix, group));
  if (masters || masters.error().code != Errc::no_route) co_return masters;
  co_return co_await calls.masters_of_cluster("");
}

net::Task<Result<void>> create_group(AdminCalls& calls, GroupOptions options) {
  if (auto checked = client::check_group("consumer", options.name); !checked) co_return checked;
  if (options.retry_queues < 0 || options.reconsume_times_max < -1) {
    co_return Error{Errc::invalid_argument, "a number of a group is negative"};
  }
  const auto addresses = co_await calls.addresses(options.cluster, options.broker_address);
  if (!addresses) co_return addresses.error();
  protocol::SubscriptionGroupConfig config;
  config.group_name = options.name;
  config.consume_enable = options.consume_enabled;
  config.consume_broadcast_enable = options.consume_broadcast_enabled;
  config.consume_message_orderly = options.ordered;
  config.retry_queue_nums = options.retry_queues;
  config.retry_max_times = options.reconsume_times_max;
  const std::string body = protocol::to_json(config);
  co_return co_await calls.tell(*addresses, protocol::UpdateAndCreateSubscriptionGroup{}, body);
}

// All groups of a broker, for brokers that cannot be asked about one.
net::Task<Result<protocol::SubscriptionGroupWrapper>> all_groups(AdminCalls& calls,
                                                                 std::string address) {
  co_return co_await calls.ask_body(address, protocol::GetAllSubscriptionGroupConfig{});
}

net::Task<Result<GroupOptions>> describe_group(AdminCalls& calls, std::string group) {
  const auto masters = co_await masters_of_group(calls, group);
  if (!masters) co_return masters.error();
  const auto groups = co_await all_groups(calls, masters->front().address);
  if (!groups) co_return groups.error();
  const auto found = groups->subscription_group_table.find(group);
  if (found == groups->subscription_group_table.end()) {
    co_return Error{ResponseCode::subscription_group_not_exist, str("there is no group ", group)};
  }
  const protocol::SubscriptionGroupConfig& config = found->second;
  co_return GroupOptions{.name = group,
                         .consume_enabled = config.consume_enable,
                         .consume_broadcast_enabled = config.consume_broadcast_enable,
                         .ordered = config.consume_message_orderly,
                         .retry_queues = config.retry_queue_nums,
                         .reconsume_times_max = config.retry_max_times,
                         .cluster = "",
                         .broker_address = masters->front().address};
}

net::Task<Result<void>> delete_group(AdminCalls& calls, std::string group, bool with_offsets,
                                     std::string cluster) {
  const auto addresses = co_await calls.addresses(cluster, "");
  if (!addresses) co_return addresses.error();
  co_return co_await calls.tell(*addresses, protocol::DeleteSubscriptionGroup{
                                                .group_name = group, .clean_offset = with_offsets});
}

net::Task<Result<GroupConnections>> consumers(AdminCalls& calls, std::string group) {
  const auto masters = co_await masters_of_group(calls, group);
  if (!masters) co_return masters.error();
  GroupConnections connections;
  std::set<std::string> seen;
  Error last{ResponseCode::consumer_not_online, str("no consumer of group ", group, " is there")};
  bool is_any_there = false;
  for (const MasterBroker& master : *masters) {
    const auto data = co_await calls.ask_body(
        master.address, protocol::GetConsumerConnectionList{.consumer_group = group});
    if (!data && is_nobody_there(data.error())) continue;
    if (!data) co_return data.error();
    is_any_there = true;
    for (const protocol::Connection& each : data->connection_set) {
      if (seen.insert(each.client_id).second) {
        connections.connections.push_back(connection_of(each));
      }
    }
    connections.subscriptions.clear();
    for (const auto& [topic, subscription] : data->subscription_table) {
      connections.subscriptions.push_back(subscription_of(subscription));
    }
    connections.consume_type = protocol::name_of(data->consume_type);
    connections.message_model = protocol::name_of(data->message_model);
    connections.consume_from_where = protocol::name_of(data->consume_from_where);
  }
  if (!is_any_there) co_return last;
  co_return connections;
}

net::Task<Result<std::vector<ClientConnection>>> producers(AdminCalls& calls, std::string group,
                                                           std::string topic) {
  const auto masters = co_await calls.masters_of_topic(topic);
  if (!masters) co_return masters.error();
  std::vector<ClientConnection> connections;
  std::set<std::string> seen;
  Error last;
  for (const MasterBroker& master : *masters) {
    const auto data = co_await calls.ask_body(
        master.address, protocol::GetProducerConnectionList{.producer_group = group});
    if (!data) {
      last = data.error();
      continue;
    }
    for (const protocol::Connection& each : data->connection_set) {
      if (seen.insert(each.client_id).second) connections.push_back(connection_of(each));
    }
  }
  if (connections.empty() && last.code) co_return last;
  co_return connections;
}

// Whom each queue belongs to, as the members say themselves.
net::Task<std::map<MessageQueue, std::string>> owners(AdminCalls& calls, std::string group,
                                                      std::string address) {
  std::map<MessageQueue, std::string> owners;
  const auto connections = co_await calls.ask_body(
      address, protocol::GetConsumerConnectionList{.consumer_group = group});
  if (!connections) co_return owners;
  for (const protocol::Connection& each : connections->connection_set) {
    const auto info = co_await calls.ask_body(
        address,
        protocol::GetConsumerRunningInfo{.consumer_group = group, .client_id = each.client_id});
    if (!info) continue;
    for (const auto& [queue, state] : info->mq_table) owners[queue_of(queue)] = each.client_id;
  }
  co_return owners;
}

net::Task<Result<std::vector<MasterBroker>>> masters_with(AdminCalls& calls, std::string group,
                                                          std::string topic) {
  return topic.empty() ? masters_of_group(calls, std::move(group))
                       : calls.masters_of_topic(std::move(topic));
}

net::Task<Result<std::vector<QueueLag>>> lag(AdminCalls& calls, std::string group,
                                             std::string topic) {
  const auto masters = co_await masters_with(calls, group, topic);
  if (!masters) co_return masters.error();
  std::vector<QueueLag> lags;
  for (const MasterBroker& master : *masters) {
    protocol::GetConsumeStats request{.consumer_group = group};
    if (!topic.empty()) request.topic = topic;
    const auto stats = co_await calls.ask_body(master.address, request);
    if (!stats && is_nobody_there(stats.error())) continue;
    if (!stats) co_return stats.error();
    const auto holders = co_await owners(calls, group, master.address);
    for (const auto& [data, offsets] : stats->offset_table) {
      QueueLag& each = lags.emplace_back();
      each.queue = queue_of(data);
      each.consumer_offset = offsets.consumer_offset;
      each.broker_offset = offsets.broker_offset;
      each.behind = offsets.broker_offset - offsets.consumer_offset;
      each.in_flight = std::max<std::int64_t>(offsets.pull_offset - offsets.consumer_offset, 0);
      each.last_consumed = client::time_of(offsets.last_timestamp);
      const auto holder = holders.find(each.queue);
      if (holder != holders.end()) each.client_id = holder->second;
    }
  }
  std::sort(lags.begin(), lags.end(),
            [](const QueueLag& a, const QueueLag& b) { return a.queue < b.queue; });
  co_return lags;
}

net::Task<Result<std::vector<GroupSummary>>> groups(AdminCalls& calls) {
  const auto masters = co_await calls.masters_of_cluster("");
  if (!masters) co_return masters.error();
  std::map<std::string, GroupSummary> all;
  for (const MasterBroker& master : *masters) {
    const auto configured = co_await all_groups(calls, master.address);
    if (!configured) co_return configured.error();
    for (const auto& [name, config] : configured->subscription_group_table) {
      GroupSummary& summary = all[name];
      summary.name = name;
      const auto stats = co_await calls.ask_body(master.address,
                                                 protocol::GetConsumeStats{.consumer_group = name});
      if (stats) {
        summary.consume_tps += stats->consume_tps;
        for (const auto& [queue, offsets] : stats->offset_table) {
          summary.behind += offsets.broker_offset - offsets.consumer_offset;
        }
      }
      const auto connections = co_await calls.ask_body(
          master.address, protocol::GetConsumerConnectionList{.consumer_group = name});
      if (!connections) continue;
      summary.members =
          std::max(summary.members, static_cast<int>(connections->connection_set.size()));
      for (const protocol::Connection& each : connections->connection_set) {
        summary.version =
            summary.version == 0 ? each.version : std::min(summary.version, each.version);
      }
      summary.consume_type = protocol::name_of(connections->consume_type);
      summary.message_model = protocol::name_of(connections->message_model);
    }
  }
  std::vector<GroupSummary> summaries;
  for (auto& [name, summary] : all) summaries.push_back(std::move(summary));
  co_return summaries;
}

// Any broker that has the client's connection relays the question.
net::Task<Result<ConsumerState>> consumer_state(AdminCalls& calls, std::string group,
                                                std::string client_id, bool with_stack) {
  const auto masters = co_await masters_of_group(calls, group);
  if (!masters) co_return masters.error();
  Error last;
  for (const MasterBroker& master : *masters) {
    const auto info = co_await calls.ask_body(
        master.address,
        protocol::GetConsumerRunningInfo{
            .consumer_group = group, .client_id = client_id, .jstack_enable = with_stack});
    if (!info) {
      last = info.error();
      continue;
    }
    ConsumerState state{.properties = info->properties,
                        .subscriptions = {},
                        .queues = {},
                        .topics = {},
                        .stack = info->jstack.value_or("")};
    for (const auto& each : info->subscription_set) {
      state.subscriptions.push_back(subscription_of(each));
    }
    for (const auto& [queue, held] : info->mq_table) {
      state.queues[queue_of(queue)] = {
          {"commitOffset", std::to_string(held.commit_offset)},
          {"cachedMsgCount", std::to_string(held.cached_msg_count)},
          {"cachedMsgMinOffset", std::to_string(held.cached_msg_min_offset)},
          {"cachedMsgMaxOffset", std::to_string(held.cached_msg_max_offset)},
          {"locked", held.locked ? "true" : "false"},
          {"lastPullTimestamp", std::to_string(held.last_pull_timestamp)},
          {"lastConsumeTimestamp", std::to_string(held.last_consume_timestamp)}};
    }
    for (const auto& [queue, popped] : info->mq_pop_table) {
      state.queues[queue_of(queue)] = {
          {"waitAckCount", std::to_string(popped.wait_ack_count)},
          {"lastPopTimestamp", std::to_string(popped.last_pop_timestamp)}};
    }
    for (const auto& [topic, rates] : info->status_table) {
      state.topics[topic] = {{"pullRT", rates.pull_rt},
                             {"pullTPS", rates.pull_tps},
                             {"consumeRT", rates.consume_rt},
                             {"consumeOKTPS", rates.consume_ok_tps},
                             {"consumeFailedTPS", rates.consume_failed_tps},
                             {"consumeFailedMsgs", static_cast<double>(rates.consume_failed_msgs)}};
    }
    co_return state;
  }
  co_return last;
}

using OffsetsByClient = std::map<std::string, std::map<MessageQueue, std::int64_t>>;

net::Task<Result<OffsetsByClient>> consumer_offsets(AdminCalls& calls, std::string group,
                                                    std::string topic, std::string client_id) {
  const auto masters = co_await calls.masters_of_topic(topic);
  if (!masters) co_return masters.error();
  OffsetsByClient offsets;
  for (const MasterBroker& master : *masters) {
    const auto body = co_await calls.ask_body(
        master.address, protocol::InvokeBrokerToGetConsumerStatus{
                            .topic = topic, .group = group, .client_addr = client_id});
    if (!body) co_return body.error();
    for (const auto& [client, queues] : body->consumer_table) {
      for (const auto& [queue, offset] : queues) offsets[client][queue_of(queue)] = offset;
    }
  }
  co_return offsets;
}

}  // namespace

Result<std::vector<GroupSummary>> Admin::groups() {
  return impl_->run<std::vector<GroupSummary>>(rocketmq::groups);
}

Result<void> Admin::create_group(const GroupOptions& options) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::create_group(calls, options); });
}

Result<GroupOptions> Admin::describe_group(const std::string& group) {
  return impl_->run<GroupOptions>(
      [&](AdminCalls& calls) { return rocketmq::describe_group(calls, group); });
}

Result<void> Admin::delete_group(const std::string& group, bool with_offsets,
                                 const std::string& cluster) {
  return impl_->run<void>([&](AdminCalls& calls) {
    return rocketmq::delete_group(calls, group, with_offsets, cluster);
  });
}

Result<std::vector<QueueLag>> Admin::lag(const std::string& group, const std::string& topic) {
  return impl_->run<std::vector<QueueLag>>(
      [&](AdminCalls& calls) { return rocketmq::lag(calls, group, topic); });
}

Result<GroupConnections> Admin::consumers(const std::string& group) {
  return impl_->run<GroupConnections>(
      [&](AdminCalls& calls) { return rocketmq::consumers(calls, group); });
}

Result<std::vector<ClientConnection>> Admin::producers(const std::string& group,
                                                       const std::string& topic) {
  return impl_->run<std::vector<ClientConnection>>(
      [&](AdminCalls& calls) { return rocketmq::producers(calls, group, topic); });
}

Result<ConsumerState> Admin::consumer_state(const std::string& group, const std::string& client_id,
                                            bool with_stack) {
  return impl_->run<ConsumerState>([&](AdminCalls& calls) {
    return rocketmq::consumer_state(calls, group, client_id, with_stack);
  });
}

Result<OffsetsByClient> Admin::consumer_offsets(const std::string& group, const std::string& topic,
                                                const std::string& client_id) {
  return impl_->run<OffsetsByClient>([&](AdminCalls& calls) {
    return rocketmq::consumer_offsets(calls, group, topic, client_id);
  });
}

}  // namespace rocketmq
