#include "proxy/http/sending.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "client/producer_impl.h"
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

}  // namespace

void tell_receipt(const SendReceipt& receipt, Json& json) {
  json["id"] = receipt.message_id;
  json["queue"] = {{"broker", receipt.queue.broker_name}, {"id", receipt.queue.queue_id}};
  json["offset"] = receipt.queue_offset;
  if (receipt.status != SendStatus::ok) json["stored"] = name_of(receipt.status);
  if (!receipt.recall_handle.empty()) json["recallHandle"] = receipt.recall_handle;
}

net::Task<Result<SendReceipt>> send(Parts& parts, Message message) {
  if (auto may = count_message(parts, message.topic); !may) co_return std::move(may).error();
  auto waiting =
      once<SendReceipt>([producer = parts.producer, message = std::move(message)](
                            SendCallback done) { producer->send_async(message, std::move(done)); });
  auto sent = co_await std::move(waiting);
  if (sent) ++parts.metrics.messages_sent;
  co_return sent;
}

net::Task<std::unique_ptr<Json>> send_and_tell(Parts& parts, Result<Message> message,
                                               std::size_t index, std::string request_id) {
  auto json = std::make_unique<Json>(Json{{"index", index}});
  Error failed;
  if (message) {
    auto sent = co_await send(parts, *std::move(message));
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
  for (const Json& result : *results) {
    if (is_ok(result)) co_return json_reply({{"results", *results}});
  }
  Json problem = results->front()["problem"];
  problem["results"] = *results;
  net::HttpResponse response{.status = problem["status"].get<unsigned>(),
                             .body = to_text(problem),
                             .content_type = "application/problem+json"};
  if (const auto later = problem.find("retryAfterMs"); later != problem.end()) {
    response.headers.push_back({"Retry-After", str(later->get<int>() / 1000)});
  }
  co_return response;
}

net::Task<Reply> send_one(Parts& parts, Result<Message> message) {
  if (!message) co_return std::move(message).error();
  const std::string topic = message->topic;
  auto sent = co_await send(parts, *std::move(message));
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
