#include "proxy/http/sending.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/producer_impl.h"
#include "protocol/properties.h"
#include "protocol/str.h"
#include "proxy/http/percent.h"
#include "proxy/http/together.h"

namespace rocketmq::gateway {
namespace {

std::string_view name_of(SendStatus status) {
  switch (status) {
    case SendStatus::flush_disk_timeout:
      return "flushDiskTimeout";
    case SendStatus::flush_slave_timeout:
      return "flushSlaveTimeout";
    case SendStatus::slave_not_available:
      return "slaveNotAvailable";
    default:
      return "ok";
  }
}

bool is_ok(const Json& result) { return result["status"] == "ok"; }

// Property UNIQ_KEY goes into the broker's index, and into paths.
constexpr std::size_t id_size_max = 128;

Reply results_reply(const Json& results) {
  for (const Json& result : results) {
    if (is_ok(result)) return json_reply({{"results", results}});
  }
  Json problem = results.front()["problem"];
  problem["results"] = results;
  net::HttpResponse response{.status = problem["status"].get<unsigned>(),
                             .body = to_text(problem),
                             .content_type = "application/problem+json"};
  if (const auto later = problem.find("retryAfterMs"); later != problem.end()) {
    response.headers.push_back({"Retry-After", str(later->get<int>() / 1000)});
  }
  return Reply(std::move(response));
}

}  // namespace

void tell_receipt(const SendReceipt& receipt, Json& json) {
  json["id"] = receipt.message_id;
  json["queue"] = {{"broker", receipt.queue.broker_name}, {"id", receipt.queue.queue_id}};
  json["offset"] = receipt.queue_offset;
  if (receipt.status != SendStatus::ok) json["stored"] = name_of(receipt.status);
  if (!receipt.recall_handle.empty()) json["recallHandle"] = receipt.recall_handle;
}

Result<std::string> idempotency_key(const net::HttpRequest& request) {
  const std::string* const header = request.header("Idempotency-Key");
  if (header == nullptr) return std::string();
  std::string_view key = *header;
  // A string as RFC 8941 writes it, or just the text.
  if (key.size() >= 2 && key.starts_with('"') && key.ends_with('"')) {
    key = key.substr(1, key.size() - 2);
  }
  const auto is_plain = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; };
  const bool is_good =
      !key.empty() && key.size() <= id_size_max && std::ranges::all_of(key, is_plain);
  if (is_good) return std::string(key);
  return Error{Slug::bad_request, str("Idempotency-Key is not 1 to ", id_size_max,
                                      " visible characters of ASCII without \" and \\")};
}

net::Task<Result<SendReceipt>> send(Parts& parts, Message message, std::string id) {
  if (auto may = count_message(parts, message.topic); !may) co_return std::move(may).error();
  auto waiting = once<SendReceipt>([producer = parts.producer, message = std::move(message),
                                    id = std::move(id)](SendCallback done) {
    client::SendCall call;
    const protocol::Property unique_key{protocol::property::unique_key, id};
    if (!id.empty()) call.added.properties = {&unique_key, 1};
    producer->send_async(message, std::move(done), call);
  });
  auto sent = co_await std::move(waiting);
  if (sent) ++parts.metrics.messages_sent;
  co_return sent;
}

net::Task<std::unique_ptr<Json>> send_and_tell(Parts& parts, Result<Message> message,
                                               std::size_t index, std::string request_id,
                                               std::string id) {
  auto json = std::make_unique<Json>(Json{{"index", index}});
  Error failed;
  if (message) {
    auto sent = co_await send(parts, *std::move(message), std::move(id));
    if (sent) {
      (*json)["status"] = "ok";
      tell_receipt(*sent, *json);
      co_return std::move(json);
    }
    failed = std::move(sent).error();
  } else {
    failed = std::move(message).error();
  }
  (*json)["status"] = "error";
  (*json)["problem"] = json_of(problem_of(failed), request_id);
  co_return std::move(json);
}

net::Task<Reply> send_all(Parts& parts, RequestPtr request, std::vector<Result<Message>> messages) {
  std::vector<net::Task<std::unique_ptr<Json>>> sends;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    sends.push_back(send_and_tell(parts, std::move(messages[i]), i, request->id));
  }
  const auto results = co_await together(parts.tasks, std::move(sends));
  co_return results_reply(*results);
}

net::Task<Reply> send_single(Parts& parts, RequestPtr request, Result<Message> message) {
  auto id = idempotency_key(request->head());
  if (!id) co_return std::move(id).error();
  const auto result =
      co_await send_and_tell(parts, std::move(message), 0, request->id, *std::move(id));
  Json results = Json::array();
  results.push_back(std::move(*result));
  co_return results_reply(results);
}

net::Task<Reply> send_one(Parts& parts, RequestPtr request, Result<Message> message) {
  if (!message) co_return std::move(message).error();
  auto id = idempotency_key(request->head());
  if (!id) co_return std::move(id).error();
  const std::string topic = message->topic;
  auto sent = co_await send(parts, *std::move(message), *std::move(id));
  if (!sent) co_return std::move(sent).error();
  Json json = Json::object();
  tell_receipt(*sent, json);
  net::HttpResponse response{
      .status = 201, .body = to_text(json), .content_type = "application/json"};
  response.headers.push_back({"Location", str("/v1/topics/", percent_encoded(topic), "/messages/",
                                              percent_encoded(sent->message_id))});
  co_return response;
}

}  // namespace rocketmq::gateway
