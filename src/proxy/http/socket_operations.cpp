// What the frames of a WebSocket ask for.

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "protocol/str.h"
#include "proxy/http/leases.h"
#include "proxy/http/message_json.h"
#include "proxy/http/problem.h"
#include "proxy/http/receipts.h"
#include "proxy/http/sending.h"
#include "proxy/http/socket_operation.h"
#include "proxy/http/together.h"

namespace rocketmq::gateway {
namespace {

std::unique_ptr<Json> nothing() { return nullptr; }

Result<Message> message_in(const Members& members) {
  const auto topic = members.required("topic");
  if (!topic) return topic.error();
  if (auto checked = check_topic(*topic); !checked) return std::move(checked).error();
  const Json* const message = members.find("message");
  if (message == nullptr) return members.invalid_member("message", "is missing");
  return message_of(*message, *topic, "/message");
}

}  // namespace

const Json* id_of(const Json& frame) {
  const auto found = frame.find("id");
  return found == frame.end() || found->is_null() ? nullptr : &*found;
}

const SocketSession::Operation* SocketSession::find(std::string_view name) {
  using S = SocketSession;
  static const std::array all{
      Operation{"publish", {"topic", "message"}, &S::publish},
      Operation{"tx.publish", {"topic", "message"}, &S::publish_half},
      Operation{"tx.end", {"transactionId", "resolution"}, &S::end_transaction},
      Operation{"subscribe",
                {"sub", "group", "topic", "filter", "from", "fifo", "credit", "invisible",
                 "autoRenew", "manualCredit", "body"},
                &S::subscribe},
      Operation{"unsubscribe", {"sub"}, &S::unsubscribe},
      Operation{"credit", {"sub", "n"}, &S::credit, false},
      Operation{"ack", {"receipts"}, &S::ack, false},
      Operation{"nack", {"receipts", "delay"}, &S::nack, false},
      Operation{"extend", {"receipt", "invisible"}, &S::extend},
      Operation{"watch", {"what"}, &S::watch},
  };
  const auto found =
      std::ranges::find_if(all, [name](const Operation& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::publish(Members members) {
  auto message = message_in(members);
  if (!message) co_return std::move(message).error();
  const auto sent = co_await send(parts_, *std::move(message));
  if (!sent) co_return sent.error();
  auto json = std::make_unique<Json>(Json::object());
  tell_receipt(*sent, *json);
  co_return std::move(json);
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::publish_half(Members members) {
  auto message = message_in(members);
  if (!message) co_return std::move(message).error();
  if (auto may = count_message(parts_, message->topic); !may) co_return std::move(may).error();
  const auto on_check = [self = self_](const std::string& id, const MessageView& half) {
    if (*self == nullptr) return;
    (*self)->tell({{"op", "tx.check"},
                   {"transactionId", id},
                   {"message", json_of(half, BodyForm::automatic)}});
  };
  const auto opened = co_await parts_.transactions.open(*std::move(message), on_check);
  if (!opened) co_return opened.error();
  co_return std::make_unique<Json>(
      Json{{"transactionId", opened->id}, {"expiresMs", opened->expires_ms}});
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::end_transaction(Members members) {
  const auto id = members.required("transactionId");
  if (!id) co_return id.error();
  const auto resolution = members.required("resolution");
  if (!resolution) co_return resolution.error();
  const bool is_commit = *resolution == "commit";
  if (!is_commit && *resolution != "rollback") {
    co_return members.invalid_member("resolution", "is neither commit nor rollback");
  }
  auto ended = co_await parts_.transactions.end(
      *id, is_commit ? TransactionResolution::commit : TransactionResolution::rollback);
  if (!ended) co_return std::move(ended).error();
  co_return nothing();
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::subscribe(Members members) {
  if (parts_.is_draining) co_return Error{Slug::not_ready, "this gateway is being stopped"};
  auto subscribed = co_await subscriptions_.subscribe(std::move(members));
  if (!subscribed) co_return std::move(subscribed).error();
  co_return nothing();
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::unsubscribe(Members members) {
  const auto name = members.required("sub");
  if (!name) co_return name.error();
  auto done = subscriptions_.unsubscribe(*name);
  if (!done) co_return std::move(done).error();
  co_return nothing();
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::credit(Members members) {
  const auto name = members.required("sub");
  if (!name) co_return name.error();
  const auto count = members.number("n", {1, 1, parts_.options.sockets.credit_max});
  if (!count) co_return count.error();
  auto done = subscriptions_.add_credit(*name, *count);
  if (!done) co_return std::move(done).error();
  co_return nothing();
}

net::Task<SocketSession::JsonPtr> SocketSession::ack_one(std::string receipt) {
  const auto done = co_await subscriptions_.ack(receipt);
  co_return told(receipt, done, request_id());
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::ack(Members members) {
  auto receipts = receipts_of(members);
  if (!receipts) co_return std::move(receipts).error();
  std::vector<net::Task<JsonPtr>> tasks;
  for (std::string& receipt : *receipts) tasks.push_back(ack_one(std::move(receipt)));
  auto results = co_await together(tasks_, std::move(tasks));
  co_return std::make_unique<Json>(Json{{"results", std::move(*results)}});
}

net::Task<SocketSession::JsonPtr> SocketSession::nack_one(std::string receipt, milliseconds delay) {
  const auto done = co_await subscriptions_.nack(receipt, delay);
  co_return told(receipt, done, request_id());
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::nack(Members members) {
  const auto delay =
      members.duration("delay", {nack_delay_otherwise, invisible_min, invisible_max});
  if (!delay) co_return delay.error();
  auto receipts = receipts_of(members);
  if (!receipts) co_return std::move(receipts).error();
  std::vector<net::Task<JsonPtr>> tasks;
  for (std::string& receipt : *receipts) tasks.push_back(nack_one(std::move(receipt), *delay));
  auto results = co_await together(tasks_, std::move(tasks));
  co_return std::make_unique<Json>(Json{{"results", std::move(*results)}});
}

net::Task<Result<SocketSession::JsonPtr>> SocketSession::extend(Members members) {
  auto receipt = members.required("receipt");
  if (!receipt) co_return std::move(receipt).error();
  const auto invisible =
      members.duration("invisible", {invisible_otherwise, invisible_min, invisible_max});
  if (!invisible) co_return invisible.error();
  const auto extended = co_await subscriptions_.extend(*std::move(receipt), *invisible);
  if (!extended) co_return extended.error();
  co_return std::make_unique<Json>(Json{{"receipt", *extended}});
}

// ---- watch

net::Task<Result<SocketSession::JsonPtr>> SocketSession::watch(Members members) {
  if (parts_.options.right_max < Right::read) {
    co_return Error{Slug::forbidden, "to watch it the gateway must be started with admin=read"};
  }
  const Json* const what = members.find("what");
  if (what == nullptr || !what->is_array()) {
    co_return members.invalid_member("what", "is not a list");
  }
  std::vector<std::string> watched;
  for (const Json& each : *what) {
    if (each != "metrics" && each != "clients") {
      co_return members.invalid_member("what", "has more than metrics and clients");
    }
    watched.push_back(each.get<std::string>());
  }
  watched_ = std::move(watched);
  show();
  co_return nothing();
}

void SocketSession::show() {
  watch_timer_.reset();
  if (watched_.empty() || !socket_.is_open()) return;
  for (const std::string& what : watched_) {
    tell({{"op", "event"}, {"what", what}, {"data", shown(what)}});
  }
  watch_timer_ = parts_.loop().after(parts_.options.sockets.watch_interval, [this] { show(); });
}

Json SocketSession::shown(std::string_view what) const {
  if (what == "metrics") {
    const GatewayMetrics& metrics = parts_.metrics;
    return {{"messagesIn", metrics.messages_sent},
            {"messagesOut", metrics.messages_delivered},
            {"messagesGivenBack", metrics.messages_given_back},
            {"requestsInFlight", metrics.requests_in_flight},
            {"transactionsOpen", parts_.transactions.size()},
            {"sockets", parts_.sockets.size()}};
  }
  Json clients = Json::array();
  for (const SocketSession* const each : parts_.sockets) {
    clients.push_back({{"peer", each->socket_.peer()},
                       {"client", each->client_},
                       {"subscriptions", each->subscriptions_.size()},
                       {"lent", each->subscriptions_.lent_count()}});
  }
  return clients;
}

}  // namespace rocketmq::gateway
