// Consumer groups: what they are, how far they are, and going elsewhere.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/str.h"
#include "proxy/http/operations.h"
#include "proxy/http/paging.h"

namespace rocketmq::gateway {
namespace {

constexpr std::int64_t retry_queues_max = 64;
constexpr std::int64_t reconsume_times_max = 1000;
constexpr std::int64_t time_ms_max = 253'402'300'799'000;  // the year 9999

Json json_of(const GroupOptions& group) {
  return {{"name", group.name},
          {"consumeEnabled", group.consume_enabled},
          {"broadcastEnabled", group.consume_broadcast_enabled},
          {"ordered", group.ordered},
          {"retryQueues", group.retry_queues},
          {"maxReconsumeTimes", group.reconsume_times_max}};
}

Json json_of(const MessageQueue& queue) {
  return {{"topic", queue.topic}, {"broker", queue.broker_name}, {"id", queue.queue_id}};
}

Json json_of(const QueueLag& lag) {
  Json json = {{"queue", json_of(lag.queue)},
               {"consumerOffset", lag.consumer_offset},
               {"brokerOffset", lag.broker_offset},
               {"behind", lag.behind},
               {"inFlight", lag.in_flight},
               {"lastConsumedMs", lag.last_consumed.time_since_epoch().count()}};
  if (!lag.client_id.empty()) json["clientId"] = lag.client_id;
  return json;
}

Json json_of(const ClientConnection& connection) {
  return {{"clientId", connection.client_id},
          {"address", connection.address},
          {"language", connection.language},
          {"version", connection.version_name}};
}

Result<GroupOptions> group_options(const Members& members, const std::string& name) {
  GroupOptions group{.name = name};
  const auto enabled = members.flag("consumeEnabled", true);
  if (!enabled) return enabled.error();
  const auto broadcast = members.flag("broadcastEnabled", true);
  if (!broadcast) return broadcast.error();
  const auto ordered = members.flag("ordered", false);
  if (!ordered) return ordered.error();
  const auto queues = members.number("retryQueues", {1, 1, retry_queues_max});
  if (!queues) return queues.error();
  const auto times = members.number("maxReconsumeTimes", {16, 0, reconsume_times_max});
  if (!times) return times.error();
  group.consume_enabled = *enabled;
  group.consume_broadcast_enabled = *broadcast;
  group.ordered = *ordered;
  group.retry_queues = static_cast<int>(*queues);
  group.reconsume_times_max = static_cast<int>(*times);
  return group;
}

// "earliest", "latest" or {"timeMs":…}.
Result<StartAt> start_of(const Members& members) {
  const Json* const to = members.find("to");
  if (to == nullptr) return members.invalid_member("to", "is missing");
  if (to->is_string() && *to == "earliest") return StartAt::earliest;
  if (to->is_string() && *to == "latest") return StartAt::latest;
  if (!to->is_object()) {
    return members.invalid_member("to", "is none of \"earliest\", \"latest\" and {\"timeMs\":…}");
  }
  const auto inner = Members::of(*to, "/to", {"timeMs"});
  if (!inner) return inner.error();
  const auto time = inner->number("timeMs", {-1, 0, time_ms_max});
  if (!time) return time.error();
  if (*time < 0) return inner->invalid_member("timeMs", "is missing");
  return StartAt::time(Timestamp(milliseconds(*time)));
}

struct Move {
  MessageQueue queue;
  std::int64_t from = 0;
  std::int64_t to = 0;
};

Result<std::vector<Move>> planned(Admin& admin, const std::string& group, const std::string& topic,
                                  StartAt where) {
  const auto described = admin.describe_topic(topic);
  if (!described) return described.error();
  const auto lag = admin.lag(group, topic);
  std::vector<Move> moves;
  for (const QueueStatus& status : described->queues) {
    const auto to = admin.offset_at(status.queue, where);
    if (!to) return to.error();
    Move move{.queue = status.queue, .to = *to};
    if (lag) {  // a group that has not consumed yet has none
      const auto known = std::ranges::find(*lag, status.queue, &QueueLag::queue);
      if (known != lag->end()) move.from = known->consumer_offset;
    }
    moves.push_back(std::move(move));
  }
  return moves;
}

Result<std::vector<Move>> reset(Admin& admin, const std::string& group, const std::string& topic,
                                StartAt where, bool is_dry_run) {
  auto moves = planned(admin, group, topic, where);
  if (!moves || is_dry_run) return moves;
  auto offsets = admin.reset_offsets(group, topic, where);
  // A 4.x broker moves groups that have members only.
  if (!offsets && offsets.error().code == ResponseCode::consumer_not_online) {
    offsets = admin.reset_offline(group, topic, where);
  }
  if (!offsets) return std::move(offsets).error();
  for (Move& move : *moves) {
    const auto now = offsets->find(move.queue);
    if (now != offsets->end()) move.to = now->second;
  }
  return moves;
}

// What those about one group do first.
Result<Parameters> check_request(const Request& request, Names known = {}) {
  if (auto checked = check_group(request.part("group")); !checked) {
    return std::move(checked).error();
  }
  return Parameters::parse(request.head().query, std::move(known));
}

Error missing(Error error, const std::string& group) {
  if (error.code != ResponseCode::subscription_group_not_exist) return error;
  return {Slug::group_not_found, str("there is no group ", group)};
}

}  // namespace

net::Task<Reply> operate_groups(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"limit", "cursor"});
  if (!parameters) co_return parameters.error();
  auto asking =
      parts.admin.run<std::vector<GroupSummary>>([](Admin& admin) { return admin.groups(); });
  const auto groups = co_await std::move(asking);
  if (!groups) co_return groups.error();
  std::vector<std::string> names;
  for (const GroupSummary& group : *groups) names.push_back(group.name);
  std::ranges::sort(names);
  const auto page = page_of(names, *parameters);
  if (!page) co_return page.error();
  Json json = {{"items", Json::array()}};
  for (const std::string& name : page->names) {
    const GroupSummary& group = *std::ranges::find(*groups, name, &GroupSummary::name);
    json["items"].push_back({{"name", group.name},
                             {"members", group.members},
                             {"consumeType", group.consume_type},
                             {"messageModel", group.message_model},
                             {"behind", group.behind}});
  }
  if (page->next) json["next"] = *page->next;
  co_return json_reply(json);
}

net::Task<Reply> operate_group(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  const std::string name = request->part("group");
  auto asking =
      parts.admin.run<GroupOptions>([name](Admin& admin) { return admin.describe_group(name); });
  const auto group = co_await std::move(asking);
  if (!group) co_return missing(group.error(), name);
  co_return json_reply(json_of(*group));
}

net::Task<Reply> operate_put_group(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  const auto body = co_await read_body(parts, request);
  if (!body) co_return body.error();
  const auto members = Members::parse(
      *body, {"consumeEnabled", "broadcastEnabled", "ordered", "retryQueues", "maxReconsumeTimes"});
  if (!members) co_return members.error();
  const auto group = group_options(*members, request->part("group"));
  if (!group) co_return group.error();
  auto asking = parts.admin.run<bool>([wanted = *group](Admin& admin) -> Result<bool> {
    const bool was_there = admin.describe_group(wanted.name).has_value();
    if (auto created = admin.create_group(wanted); !created) return std::move(created).error();
    return !was_there;
  });
  const auto is_new = co_await std::move(asking);
  if (!is_new) co_return is_new.error();
  co_return json_reply(json_of(*group), *is_new ? 201 : 200);
}

net::Task<Reply> operate_delete_group(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  const std::string name = request->part("group");
  auto asking = parts.admin.run<void>([name](Admin& admin) -> Result<void> {
    if (auto group = admin.describe_group(name); !group) return std::move(group).error();
    return admin.delete_group(name);
  });
  const auto deleted = co_await std::move(asking);
  if (!deleted) co_return missing(deleted.error(), name);
  co_return empty_reply();
}

net::Task<Reply> operate_group_clients(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  auto asking = parts.admin.run<GroupConnections>(
      [name = request->part("group")](Admin& admin) { return admin.consumers(name); });
  auto found = co_await std::move(asking);
  if (!found && found.error().code == ResponseCode::consumer_not_online) {
    found = GroupConnections();
  }
  if (!found) co_return missing(found.error(), request->part("group"));
  Json items = Json::array();
  for (const ClientConnection& each : found->connections) items.push_back(json_of(each));
  co_return json_reply({{"items", std::move(items)}});
}

net::Task<Reply> operate_group_lag(Parts& parts, RequestPtr request) {
  const auto parameters = check_request(*request, {"topic"});
  if (!parameters) co_return parameters.error();
  const std::string* const topic = parameters->text("topic");
  const std::string name = request->part("group");
  auto asking = parts.admin.run<std::vector<QueueLag>>(
      [name, only = topic == nullptr ? std::string() : *topic](Admin& admin) {
        return admin.lag(name, only);
      });
  const auto lag = co_await std::move(asking);
  if (!lag) co_return missing(lag.error(), name);
  std::int64_t behind = 0;
  Json queues = Json::array();
  for (const QueueLag& each : *lag) {
    behind += each.behind;
    queues.push_back(json_of(each));
  }
  co_return json_reply({{"behind", behind}, {"queues", std::move(queues)}});
}

net::Task<Reply> operate_reset_offsets(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  const auto body = co_await read_body(parts, request);
  if (!body) co_return body.error();
  const auto members = Members::parse(*body, {"topic", "to", "dryRun"});
  if (!members) co_return members.error();
  const auto topic = members->required("topic");
  if (!topic) co_return topic.error();
  if (auto checked = check_topic(*topic); !checked) co_return std::move(checked).error();
  const auto where = start_of(*members);
  if (!where) co_return where.error();
  const auto dry_run = members->flag("dryRun", false);
  if (!dry_run) co_return dry_run.error();
  const std::string name = request->part("group");
  auto asking = parts.admin.run<std::vector<Move>>(
      [name, from = *topic, to = *where, only = *dry_run](Admin& admin) {
        return reset(admin, name, from, to, only);
      });
  const auto moves = co_await std::move(asking);
  if (!moves) co_return missing(moves.error(), name);
  Json queues = Json::array();
  for (const Move& move : *moves) {
    queues.push_back({{"queue", json_of(move.queue)}, {"from", move.from}, {"to", move.to}});
  }
  co_return json_reply({{"dryRun", *dry_run}, {"queues", std::move(queues)}});
}

}  // namespace rocketmq::gateway
