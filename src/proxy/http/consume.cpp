// What hands messages out: once, and as a stream of events.

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "net/wait.h"
#include "protocol/str.h"
#include "proxy/http/operations.h"
#include "proxy/http/receiving.h"
#include "proxy/http/wanted.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds heartbeat_interval = 15s;
constexpr milliseconds full_interval = 100ms;

std::function<bool()> gone_test(RequestPtr request) {
  return [request = std::move(request)] { return request->call.is_gone(); };
}

Reply messages_reply(const Receiving& receiving, const Receiving::Messages& messages, BodyForm form,
                     bool with_receipts) {
  Json list = Json::array();
  for (const MessageView& message : messages) {
    list.push_back(receiving.json_of(message, form, with_receipts));
  }
  return json_reply({{"messages", std::move(list)}});
}

std::string event_text(std::string_view event, std::string_view id, std::string_view data) {
  std::string text;
  if (!id.empty()) text += str("id: ", id, '\n');
  text += str("event: ", event, "\ndata: ", data, "\n\n");
  return text;
}

// Ends when the peer goes, or does not read, or the cluster says no.
net::Task<> stream_events(Parts& parts, RequestPtr request, Receiving& receiving, BodyForm form) {
  net::HttpCall& call = request->call;
  net::TimePoint spoke_at = parts.loop().now();
  net::TimePoint room_at = spoke_at;
  while (!call.is_gone() && !parts.is_draining) {
    if (call.pending_output() > parts.options.stream_bytes_max) {
      if (parts.loop().now() - room_at > parts.options.slow_peer_timeout) co_return;
      co_await net::sleep_for(parts.loop(), full_interval);
      continue;
    }
    room_at = parts.loop().now();
    const auto messages = co_await receiving.receive();
    if (!messages) {
      call.write(
          event_text("error", "", to_text(json_of(problem_of(messages.error()), request->id))));
      co_return call.end();
    }
    for (const MessageView& message : *messages) {
      call.write(event_text("message", message.message_id(),
                            to_text(receiving.json_of(message, form, true))));
      spoke_at = parts.loop().now();
    }
    if (parts.loop().now() - spoke_at < heartbeat_interval) continue;
    call.write(": nothing new\n\n");  // keeps those between us awake, and notices a peer that left
    spoke_at = parts.loop().now();
  }
  if (parts.is_draining) call.end();
}

}  // namespace

net::Task<Reply> operate_receive(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"body"});
  if (!parameters) co_return parameters.error();
  const auto form = body_form(*parameters);
  if (!form) co_return form.error();
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  const auto body = co_await read_body(parts, request);
  if (!body) co_return body.error();
  const auto members =
      Members::parse(*body, {"topic", "filter", "max", "wait", "invisible", "from", "fifo"});
  if (!members) co_return members.error();
  auto wanted = wanted_of(*members, request->part("group"), parts.options.receive_wait_max);
  if (!wanted) co_return std::move(wanted).error();
  Receiving receiving(parts, gone_test(request), *std::move(wanted));
  if (auto checked = receiving.check(); !checked) co_return std::move(checked).error();
  const auto messages = co_await receiving.receive();
  if (!messages) co_return messages.error();
  co_return messages_reply(receiving, *messages, *form, true);
}

net::Task<Reply> operate_take(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(
      request->head().query,
      {"topic", "tag", "max", "wait", "invisible", "from", "fifo", "autoAck", "body"});
  if (!parameters) co_return parameters.error();
  const auto form = body_form(*parameters);
  if (!form) co_return form.error();
  const auto auto_ack = parameters->flag("autoAck", false);
  if (!auto_ack) co_return auto_ack.error();
  auto wanted = wanted_of(*parameters, request->part("group"), 0ms, parts.options.receive_wait_max);
  if (!wanted) co_return std::move(wanted).error();
  Receiving receiving(parts, gone_test(request), *std::move(wanted));
  if (auto checked = receiving.check(); !checked) co_return std::move(checked).error();
  const auto messages = co_await receiving.receive();
  if (!messages) co_return messages.error();
  if (*auto_ack && !messages->empty()) {
    const auto acked = co_await receiving.ack_all(*messages);
    if (!acked) co_return acked.error();
  }
  co_return messages_reply(receiving, *messages, *form, !*auto_ack);
}

net::Task<Reply> operate_stream(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(
      request->head().query, {"topic", "tag", "max", "wait", "invisible", "from", "fifo", "body"});
  if (!parameters) co_return parameters.error();
  const auto form = body_form(*parameters);
  if (!form) co_return form.error();
  auto wanted = wanted_of(*parameters, request->part("group"), 1s, 1s);
  if (!wanted) co_return std::move(wanted).error();
  Receiving receiving(parts, gone_test(request), *std::move(wanted));
  if (auto checked = receiving.check(); !checked) co_return std::move(checked).error();
  // So that what cannot work is an error, and no stream.
  const auto route = co_await parts.core->routes().get(
      parts.core->wire_name(receiving.wanted().subscription.topic));
  if (!route) co_return route.error();
  request->call.begin(stream_head(*request, "text/event-stream"));
  co_await stream_events(parts, request, receiving, *form);
  co_return std::optional<net::HttpResponse>();
}

}  // namespace rocketmq::gateway
