// Looking at messages that are stored, without consuming them.

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "protocol/str.h"
#include "proxy/http/operations.h"
#include "proxy/http/time_page.h"

namespace rocketmq::gateway {
namespace {

constexpr std::int64_t found_max = 64;  // as brokers have it
constexpr std::int64_t read_max = 32;
constexpr std::int64_t offset_max = INT64_MAX - 1;
constexpr std::int64_t time_max = 253'402'300'799'999;  // the year 9999

Json items_of(const std::vector<MessageView>& messages, BodyForm form) {
  Json items = Json::array();
  for (const MessageView& message : messages) items.push_back(json_of(message, form));
  return items;
}

Reply list_reply(const std::vector<MessageView>& messages, BodyForm form) {
  return json_reply({{"items", items_of(messages, form)}});
}

// What is asked of a topic by time.
struct TimeQuery {
  std::string topic;
  Timestamp from{};
  Timestamp until{};
  int max = 0;
  std::optional<QueuePositions> positions;  // of the page before
};

Result<TimeQuery> time_query(const Parameters& parameters, const std::string& topic) {
  TimeQuery query{.topic = topic};
  const auto from = parameters.number("fromMs", {0, 0, time_max});
  if (!from) return from.error();
  const auto until = parameters.number("toMs", {time_max, 0, time_max});
  if (!until) return until.error();
  const auto max = parameters.number("max", {found_max, 1, found_max});
  if (!max) return max.error();
  query.from = Timestamp(milliseconds(*from));
  query.until = Timestamp(milliseconds(*until));
  query.max = static_cast<int>(*max);
  if (const std::string* const cursor = parameters.text("cursor")) {
    auto positions = parse_cursor(*cursor, topic);
    if (!positions) return std::move(positions).error();
    query.positions = *std::move(positions);
  }
  return query;
}

// Where to read this queue; nothing: not at all.
Result<std::optional<std::int64_t>> position_in(Admin& admin, const TimeQuery& query,
                                                const QueueStatus& status) {
  std::optional<std::int64_t> position;
  if (query.positions) {
    const auto found = query.positions->find(status.queue);
    if (found == query.positions->end()) return position;
    position = found->second;
  } else {
    const auto found = admin.offset_at(status.queue, StartAt::time(query.from));
    if (!found) return found.error();
    position = *found;
  }
  position = std::max(*position, status.min_offset);  // the rest has been deleted
  if (*position >= status.max_offset) position.reset();
  return position;
}

Result<TimePage> page_of_topic(Admin& admin, const TimeQuery& query) {
  const auto described = admin.describe_topic(query.topic);
  if (!described) return described.error();
  std::vector<QueuePart> parts;
  for (const QueueStatus& status : described->queues) {
    const auto position = position_in(admin, query, status);
    if (!position) return position.error();
    if (!*position) continue;
    auto messages = admin.read(status.queue, **position, query.max);
    if (!messages) return std::move(messages).error();
    parts.push_back({status.queue, **position, status.max_offset, *std::move(messages)});
  }
  return page_by_time(parts, query.from, query.until, static_cast<std::size_t>(query.max));
}

net::Task<Reply> find_by_time(Parts& parts, TimeQuery query, BodyForm form) {
  auto asking = parts.admin.run<TimePage>(
      [query = std::move(query)](Admin& admin) { return page_of_topic(admin, query); });
  const auto page = co_await std::move(asking);
  if (!page) co_return page.error();
  Json json = {{"items", items_of(page->messages, form)}};
  if (!page->next.empty()) json["next"] = to_cursor(page->next);
  co_return json_reply(json);
}

Json json_of(const MessageTrace& trace) {
  Json json = {{"type", trace.type},
               {"timeMs", trace.time.time_since_epoch().count()},
               {"group", trace.group},
               {"id", trace.message_id},
               {"clientHost", trace.client_host},
               {"costMs", trace.cost.count()},
               {"success", trace.success}};
  const std::pair<const char*, const std::string&> texts[] = {{"topic", trace.topic},
                                                              {"tag", trace.tag},
                                                              {"keys", trace.keys},
                                                              {"storeHost", trace.store_host},
                                                              {"messageType", trace.message_type},
                                                              {"transaction", trace.transaction}};
  for (const auto& [name, text] : texts) {
    if (!text.empty()) json[name] = text;
  }
  if (trace.type == "SubBefore") json["retryTimes"] = trace.retry_times;
  return json;
}

std::optional<std::int32_t> parse_queue_id(std::string_view text) {
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 0) return std::nullopt;
  return id;
}

}  // namespace

net::Task<Reply> operate_find_messages(Parts& parts, RequestPtr request) {
  const auto parameters =
      Parameters::parse(request->head().query, {"key", "fromMs", "toMs", "cursor", "max", "body"});
  if (!parameters) co_return parameters.error();
  const auto form = body_form(*parameters);
  if (!form) co_return form.error();
  const bool is_by_time = parameters->text("fromMs") || parameters->text("toMs");
  if (is_by_time) {
    if (parameters->text("key")) {
      co_return Error{Slug::bad_request, "parameter key goes without fromMs and toMs"};
    }
    if (auto checked = check_topic(request->part("topic")); !checked) {
      co_return std::move(checked).error();
    }
    auto query = time_query(*parameters, request->part("topic"));
    if (!query) co_return std::move(query).error();
    co_return co_await find_by_time(parts, *std::move(query), *form);
  }
  if (parameters->text("cursor")) {
    co_return Error{Slug::bad_request, "parameter cursor goes with fromMs or toMs"};
  }
  const auto max = parameters->number("max", {found_max, 1, found_max});
  if (!max) co_return max.error();
  auto key = parameters->required("key");
  if (!key) co_return std::move(key).error();
  MessageQuery query{.topic = request->part("topic"), .key = *std::move(key)};
  query.max = static_cast<int>(*max);
  if (auto checked = check_topic(query.topic); !checked) co_return std::move(checked).error();
  auto asking = parts.admin.run<std::vector<MessageView>>(
      [query](Admin& admin) { return admin.query(query); });
  const auto found = co_await std::move(asking);
  if (!found) co_return found.error();
  co_return list_reply(*found, *form);
}

net::Task<Reply> operate_message(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"body"});
  if (!parameters) co_return parameters.error();
  const auto form = body_form(*parameters);
  if (!form) co_return form.error();
  const std::string topic = request->part("topic");
  if (auto checked = check_topic(topic); !checked) co_return std::move(checked).error();
  auto asking = parts.admin.run<MessageView>(
      [topic, id = request->part("id")](Admin& admin) { return admin.message(topic, id); });
  const auto found = co_await std::move(asking);
  if (!found) co_return found.error();
  co_return json_reply(json_of(*found, *form));
}

net::Task<Reply> operate_queue_messages(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"offset", "max", "body"});
  if (!parameters) co_return parameters.error();
  const auto form = body_form(*parameters);
  if (!form) co_return form.error();
  const auto max = parameters->number("max", {read_max, 1, read_max});
  if (!max) co_return max.error();
  const auto offset = parameters->number("offset", {0, 0, offset_max});
  if (!offset) co_return offset.error();
  const auto queue_id = parse_queue_id(request->part("queue"));
  if (!queue_id) co_return Error{Slug::bad_request, "the queue is not a number"};
  const MessageQueue queue{request->part("topic"), request->part("broker"), *queue_id};
  if (auto checked = check_topic(queue.topic); !checked) co_return std::move(checked).error();
  auto asking = parts.admin.run<std::vector<MessageView>>(
      [queue, from = *offset,
       count = static_cast<int>(*max)](Admin& admin) -> Result<std::vector<MessageView>> {
        const auto route = admin.route(queue.topic);
        if (!route) return route.error();
        const auto broker =
            std::ranges::find(route->queues, queue.broker_name, &TopicBroker::broker_name);
        if (broker == route->queues.end() || queue.queue_id >= broker->read_queues) {
          return Error{Slug::not_found, str("there is no queue ", to_string(queue))};
        }
        return admin.read(queue, from, count);
      });
  const auto found = co_await std::move(asking);
  if (!found) co_return found.error();
  co_return list_reply(*found, *form);
}

net::Task<Reply> operate_trace(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"topic"});
  if (!parameters) co_return parameters.error();
  const std::string* const given = parameters->text("topic");
  const std::string topic = given == nullptr ? std::string() : *given;
  if (given != nullptr) {
    if (auto checked = check_topic(topic); !checked) co_return std::move(checked).error();
  }
  auto asking = parts.admin.run<std::vector<MessageTrace>>(
      [topic, id = request->part("id")](Admin& admin) { return admin.trace(id, topic); });
  const auto traces = co_await std::move(asking);
  if (!traces) co_return traces.error();
  Json items = Json::array();
  for (const MessageTrace& trace : *traces) items.push_back(json_of(trace));
  co_return json_reply({{"items", std::move(items)}});
}

}  // namespace rocketmq::gateway
