// What sends: messages in every form, transactions, requests that wait for a reply, recalls.

#include <strings.h>

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/producer_impl.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "proxy/http/cloud_events.h"
#include "proxy/http/message_json.h"
#include "proxy/http/operations.h"
#include "proxy/http/parameters.h"
#include "proxy/http/sending.h"
#include "proxy/http/together.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view property_header = "Rmq-Property-";

Result<Message> one_message(std::string_view body, const std::string& topic) {
  auto json = parse_json(body);
  if (!json) return std::move(json).error();
  return message_of(*json, topic, "");
}

// A message whose body is the request's, and the rest in headers.
Result<Message> raw_message(const net::HttpRequest& head, const std::string& topic,
                            std::string body) {
  Message message{.topic = topic, .body = std::move(body)};
  const auto text = [&head](std::string_view name) {
    const std::string* const value = head.header(name);
    return value == nullptr ? std::string() : *value;
  };
  message.tag = text("Rmq-Tag");
  message.sharding_key = text("Rmq-Group");
  const std::string keys = text("Rmq-Keys");
  for (std::string_view rest = keys; !rest.empty();) {
    const std::string_view key = protocol::take_until(rest, ' ');
    if (!key.empty()) message.keys.emplace_back(key);
  }
  for (const net::HttpHeader& header : head.headers) {
    const bool is_property =
        strncasecmp(header.name.data(), property_header.data(), property_header.size()) == 0;
    if (!is_property) continue;
    message.properties.insert_or_assign(header.name.substr(property_header.size()), header.value);
  }
  if (const std::string at = text("Rmq-Deliver-At-Ms"); !at.empty()) {
    const auto time = parse_duration(at);
    if (!time) return Error{Slug::bad_request, "Rmq-Deliver-At-Ms is no time in milliseconds"};
    message.deliver_at = Timestamp(*time);
  }
  return message;
}

Result<std::vector<Result<Message>>> messages_in(
    const Json& list, const std::string& topic, std::string_view pointer,
    Result<Message> (*read)(const Json&, std::string_view, const std::string&)) {
  if (!list.is_array()) return invalid(pointer, "is no list");
  if (list.empty() || list.size() > messages_max) {
    return invalid(pointer, str("has ", list.size(), " messages, not 1 to ", messages_max));
  }
  std::vector<Result<Message>> messages;
  for (std::size_t i = 0; i < list.size(); ++i) {
    messages.push_back(read(list[i], topic, str(pointer, "/", i)));
  }
  return messages;
}

// Of several messages.
Result<void> refuse_key(const net::HttpRequest& head) {
  if (head.header("Idempotency-Key") == nullptr) return {};
  return Error{Slug::bad_request, "Idempotency-Key goes with a single message"};
}

net::Task<Reply> send_json(Parts& parts, RequestPtr request, std::string body) {
  const std::string& topic = request->part("topic");
  auto json = parse_json(body);
  if (!json) co_return std::move(json).error();
  if (!json->is_object() || !json->contains("messages")) {
    co_return co_await send_single(parts, request, message_of(*json, topic, ""));
  }
  if (auto single = refuse_key(request->head()); !single) co_return std::move(single).error();
  if (json->size() > 1) co_return invalid("/messages", "stands alone where it is given");
  auto messages = messages_in((*json)["messages"], topic, "/messages", message_of);
  if (!messages) co_return std::move(messages).error();
  co_return co_await send_all(parts, request, *std::move(messages));
}

net::Task<Reply> send_event(Parts& parts, RequestPtr request, std::string body) {
  auto json = parse_json(body);
  if (!json) co_return std::move(json).error();
  co_return co_await send_one(parts, request, message_of_event(*json, request->part("topic"), ""));
}

net::Task<Reply> send_events(Parts& parts, RequestPtr request, std::string body) {
  auto json = parse_json(body);
  if (!json) co_return std::move(json).error();
  auto messages = messages_in(*json, request->part("topic"), "", message_of_event);
  if (!messages) co_return std::move(messages).error();
  co_return co_await send_all(parts, request, *std::move(messages));
}

enum class Form { json, raw, lines, event_headers, event, events, unknown };

bool is_single(Form form) { return form != Form::lines && form != Form::events; }

Form form_of(const net::HttpRequest& head) {
  const std::string type = content_type(head);
  if (is_binary_event(head)) return Form::event_headers;
  if (type == "application/json") return Form::json;
  if (type == "application/octet-stream" || type.starts_with("text/")) return Form::raw;
  if (type == "application/x-ndjson") return Form::lines;
  if (type == "application/cloudevents+json") return Form::event;
  if (type == "application/cloudevents-batch+json") return Form::events;
  return Form::unknown;
}

Error unknown_form(const net::HttpRequest& head) {
  const std::string type = content_type(head);
  return {Slug::unsupported_media_type,
          str("Content-Type is ", type.empty() ? "missing" : type,
              "; messages come as application/json, application/octet-stream, text/plain, "
              "application/x-ndjson or as CloudEvents")};
}

}  // namespace

net::Task<Reply> operate_send(Parts& parts, RequestPtr request) {
  const std::string& topic = request->part("topic");
  if (auto checked = check_topic(topic); !checked) co_return std::move(checked).error();
  const Form form = form_of(request->head());
  if (form == Form::unknown) co_return unknown_form(request->head());
  if (!is_single(form)) {
    if (auto single = refuse_key(request->head()); !single) co_return std::move(single).error();
  }
  if (form == Form::lines) co_return co_await send_lines(parts, request);
  auto body = co_await read_body(parts, request);
  if (!body) co_return std::move(body).error();
  switch (form) {
    case Form::json:
      co_return co_await send_json(parts, request, *std::move(body));
    case Form::event:
      co_return co_await send_event(parts, request, *std::move(body));
    case Form::events:
      co_return co_await send_events(parts, request, *std::move(body));
    case Form::event_headers:
      co_return co_await send_one(parts, request,
                                  message_of_event(request->head(), topic, *std::move(body)));
    default:
      co_return co_await send_one(parts, request,
                                  raw_message(request->head(), topic, *std::move(body)));
  }
}

net::Task<Reply> operate_recall(Parts& parts, RequestPtr request) {
  auto recalled = co_await parts.producer->recall_task(request->part("topic"), request->part("id"));
  if (!recalled) co_return std::move(recalled).error();
  co_return empty_reply();
}

net::Task<Reply> operate_request(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"timeout", "body"});
  if (!parameters) co_return parameters.error();
  const auto timeout = parameters->duration("timeout", {3s, 1ms, 60s});
  if (!timeout) co_return timeout.error();
  const auto form = body_form(*parameters);
  if (!form) co_return form.error();
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  auto body = co_await read_body(parts, request);
  if (!body) co_return std::move(body).error();
  auto message = one_message(*body, request->part("topic"));
  if (!message) co_return std::move(message).error();
  if (auto may = count_message(parts, message->topic); !may) co_return std::move(may).error();
  auto waiting = once<MessageView>([producer = parts.producer, message = *std::move(message),
                                    wait = *timeout](ReplyCallback done) {
    producer->request_async(message, wait, std::move(done));
  });
  const auto reply = co_await std::move(waiting);
  if (!reply) co_return reply.error();
  co_return json_reply(json_of(*reply, *form));
}

net::Task<Reply> operate_send_transaction(Parts& parts, RequestPtr request) {
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  auto body = co_await read_body(parts, request);
  if (!body) co_return std::move(body).error();
  auto message = one_message(*body, request->part("topic"));
  if (!message) co_return std::move(message).error();
  if (auto may = count_message(parts, message->topic); !may) co_return std::move(may).error();
  const auto opened = co_await parts.transactions.open(*std::move(message));
  if (!opened) co_return opened.error();
  co_return json_reply({{"transactionId", opened->id}, {"expiresMs", opened->expires_ms}}, 202);
}

net::Task<Reply> operate_commit(Parts& parts, RequestPtr request) {
  auto ended = co_await parts.transactions.end(request->part("id"), TransactionResolution::commit);
  if (!ended) co_return std::move(ended).error();
  co_return empty_reply();
}

net::Task<Reply> operate_rollback(Parts& parts, RequestPtr request) {
  auto ended =
      co_await parts.transactions.end(request->part("id"), TransactionResolution::rollback);
  if (!ended) co_return std::move(ended).error();
  co_return empty_reply();
}

}  // namespace rocketmq::gateway
