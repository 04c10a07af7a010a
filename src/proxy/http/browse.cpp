// Looking at messages that are stored, without consuming them.

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "protocol/str.h"
#include "proxy/http/operations.h"

namespace rocketmq::gateway {
namespace {

constexpr std::int64_t found_max = 64;  // as brokers have it
constexpr std::int64_t read_max = 32;
constexpr std::int64_t offset_max = INT64_MAX - 1;

Reply list_reply(const std::vector<MessageView>& messages, BodyForm form) {
  Json items = Json::array();
  for (const MessageView& message : messages) items.push_back(json_of(message, form));
  return json_reply({{"items", std::move(items)}});
}

std::optional<std::int32_t> parse_queue_id(std::string_view text) {
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 0) return std::nullopt;
  return id;
}

}  // namespace

net::Task<Reply> operate_find_messages(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"key", "max", "body"});
  if (!parameters) co_return parameters.error();
  const auto form = body_form(*parameters);
  if (!form) co_return form.error();
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

}  // namespace rocketmq::gateway
