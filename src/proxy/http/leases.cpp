// What becomes of messages that were received: done, later, longer, or never.

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/pop_messages.h"
#include "protocol/pop_info.h"
#include "protocol/requests/message.h"
#include "protocol/requests/pop.h"
#include "protocol/str.h"
#include "proxy/http/operations.h"
#include "proxy/http/receipt.h"
#include "proxy/http/together.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t receipts_max = 64;
constexpr milliseconds invisible_min = 1s;
constexpr milliseconds invisible_max = 12h;
constexpr std::int32_t dead_letters_level = -1;
constexpr std::int32_t reconsume_times_max = 16;  // Java: SubscriptionGroupConfig.retryMaxTimes

// A receipt of this group whose time is not over, and where its broker can be asked.
struct Lease {
  Receipt receipt;
  std::string topic;  // where the message lies
  std::string broker_name;
  std::int32_t queue_id = 0;
  std::int64_t offset = 0;
};

bool is_gone(const Error& error) {
  return error.code == Slug::receipt_expired || error.code == ResponseCode::illegal_operation ||
         error.code == ResponseCode::no_message;
}

net::Task<Result<Lease>> find_lease(Parts& parts, std::string text, std::string group) {
  auto receipt = parse_receipt(text);
  if (!receipt) co_return std::move(receipt).error();
  if (receipt->group != group) {
    co_return Error{Slug::invalid_receipt, str("the receipt is of group ", receipt->group)};
  }
  const auto checkpoint = protocol::parse_pop_checkpoint(receipt->checkpoint);
  if (!checkpoint) co_return checkpoint.error();
  if (checkpoint->visible_again() <= parts.loop().wall_ms()) {
    co_return Error{Slug::receipt_expired, "the message is visible again: its time is over"};
  }
  // Any gateway may be asked; this one may not know the broker yet.
  const std::string wire_topic = parts.core->wire_name(receipt->topic);
  const auto route = co_await parts.core->routes().get(wire_topic);
  if (!route) co_return route.error();
  Lease lease{.topic = protocol::pop_topic(checkpoint->kind, wire_topic,
                                           parts.core->wire_name(receipt->group)),
              .broker_name = std::string(checkpoint->broker_name),
              .queue_id = checkpoint->queue_id,
              .offset = checkpoint->offset};
  lease.receipt = *std::move(receipt);
  co_return lease;
}

net::Task<Result<void>> ack(Parts& parts, Lease lease) {
  const std::string group = parts.core->wire_name(lease.receipt.group);
  const protocol::AckMessage request{.consumer_group = group,
                                     .topic = lease.topic,
                                     .queue_id = lease.queue_id,
                                     .extra_info = lease.receipt.checkpoint,
                                     .offset = lease.offset,
                                     .broker_name = lease.broker_name};
  const auto done = co_await parts.core->call(lease.broker_name, request, {},
                                              parts.core->options().request_timeout);
  if (!done) co_return done.error();
  co_return Result<void>();
}

// The receipt that stands for the message from now on.
net::Task<Result<Receipt>> change_invisible(Parts& parts, Lease lease, milliseconds invisible) {
  const std::string group = parts.core->wire_name(lease.receipt.group);
  const protocol::ChangeMessageInvisibleTime request{.consumer_group = group,
                                                     .topic = lease.topic,
                                                     .queue_id = lease.queue_id,
                                                     .extra_info = lease.receipt.checkpoint,
                                                     .offset = lease.offset,
                                                     .invisible_time = invisible.count(),
                                                     .broker_name = lease.broker_name};
  const auto changed = co_await parts.core->call(lease.broker_name, request, {},
                                                 parts.core->options().request_timeout);
  if (!changed) co_return changed.error();
  const auto old = protocol::parse_pop_checkpoint(lease.receipt.checkpoint);
  if (!old) co_return old.error();
  lease.receipt.checkpoint = client::changed_checkpoint(*old, changed->header);
  co_return lease.receipt;
}

net::Task<Result<void>> nack(Parts& parts, Lease lease, milliseconds delay) {
  const auto changed = co_await change_invisible(parts, std::move(lease), delay);
  if (!changed) co_return changed.error();
  co_return Result<void>();
}

net::Task<Result<void>> bury(Parts& parts, Lease lease) {
  const std::string group = parts.core->wire_name(lease.receipt.group);
  const std::string topic = parts.core->wire_name(lease.receipt.topic);
  const protocol::ConsumerSendMsgBack request{.offset = lease.receipt.commit_log_offset,
                                              .group = group,
                                              .delay_level = dead_letters_level,
                                              .origin_msg_id = lease.receipt.message_id,
                                              .origin_topic = topic,
                                              .unit_mode = false,
                                              .max_reconsume_times = reconsume_times_max,
                                              .broker_name = lease.broker_name};
  const auto buried = co_await parts.core->call(lease.broker_name, request, {},
                                                parts.core->options().request_timeout);
  if (!buried) co_return buried.error();
  co_return co_await ack(parts, std::move(lease));
}

using Do = std::function<net::Task<Result<void>>(Lease lease)>;

net::Task<std::unique_ptr<Json>> do_and_tell(Parts& parts, RequestPtr request, std::string receipt,
                                             Do what) {
  auto json = std::make_unique<Json>(Json{{"receipt", receipt}});
  auto lease = co_await find_lease(parts, receipt, request->part("group"));
  Error failed;
  if (lease) {
    auto done = co_await what(*std::move(lease));
    if (!done) failed = std::move(done).error();
  } else {
    failed = std::move(lease).error();
  }
  if (!failed.code) {
    (*json)["status"] = "ok";
  } else {
    (*json)["status"] = is_gone(failed) ? "gone" : "error";
    (*json)["problem"] = json_of(problem_of(failed), request->id);
  }
  co_return std::move(json);
}

Result<std::vector<std::string>> receipts_of(const Members& members) {
  const Json* const given = members.find("receipts");
  if (given == nullptr || !given->is_array()) {
    return members.invalid_member("receipts", "is not a list of receipts");
  }
  if (given->empty() || given->size() > receipts_max) {
    return members.invalid_member("receipts",
                                  str("has ", given->size(), " receipts, not 1 to ", receipts_max));
  }
  std::vector<std::string> receipts;
  for (const Json& receipt : *given) {
    if (!receipt.is_string()) return members.invalid_member("receipts", "is not a list of texts");
    receipts.push_back(receipt.get<std::string>());
  }
  return receipts;
}

// What all of these do first.
net::Task<Result<Members>> read_members(Parts& parts, RequestPtr request, Names known) {
  if (auto checked = check_group(request->part("group")); !checked) {
    co_return std::move(checked).error();
  }
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  const auto body = co_await read_body(parts, request);
  if (!body) co_return body.error();
  co_return Members::parse(*body, known);
}

net::Task<Reply> for_each_receipt(Parts& parts, RequestPtr request, const Members& members,
                                  Do what) {
  auto receipts = receipts_of(members);
  if (!receipts) co_return std::move(receipts).error();
  std::vector<net::Task<std::unique_ptr<Json>>> tasks;
  for (std::string& receipt : *receipts) {
    tasks.push_back(do_and_tell(parts, request, std::move(receipt), what));
  }
  const auto results = co_await together(parts.tasks, std::move(tasks));
  co_return json_reply({{"results", *results}});
}

}  // namespace

net::Task<Reply> operate_ack(Parts& parts, RequestPtr request) {
  const Names known{"receipts"};
  const auto members = co_await read_members(parts, request, known);
  if (!members) co_return members.error();
  Do what = [&parts](Lease lease) { return ack(parts, std::move(lease)); };
  co_return co_await for_each_receipt(parts, request, *members, std::move(what));
}

net::Task<Reply> operate_nack(Parts& parts, RequestPtr request) {
  const Names known{"receipts", "delay"};
  const auto members = co_await read_members(parts, request, known);
  if (!members) co_return members.error();
  const auto delay = members->duration("delay", {10s, invisible_min, invisible_max});
  if (!delay) co_return delay.error();
  Do what = [&parts, time = *delay](Lease lease) { return nack(parts, std::move(lease), time); };
  co_return co_await for_each_receipt(parts, request, *members, std::move(what));
}

net::Task<Reply> operate_dead_letter(Parts& parts, RequestPtr request) {
  const Names known{"receipts"};
  const auto members = co_await read_members(parts, request, known);
  if (!members) co_return members.error();
  Do what = [&parts](Lease lease) { return bury(parts, std::move(lease)); };
  co_return co_await for_each_receipt(parts, request, *members, std::move(what));
}

net::Task<Reply> operate_extend(Parts& parts, RequestPtr request) {
  const Names known{"receipt", "invisible"};
  const auto members = co_await read_members(parts, request, known);
  if (!members) co_return members.error();
  const auto invisible = members->duration("invisible", {60s, invisible_min, invisible_max});
  if (!invisible) co_return invisible.error();
  const auto text = members->required("receipt");
  if (!text) co_return text.error();
  auto lease = co_await find_lease(parts, *text, request->part("group"));
  if (!lease) co_return std::move(lease).error();
  const auto changed = co_await change_invisible(parts, *std::move(lease), *invisible);
  if (!changed && is_gone(changed.error())) {
    co_return Error{Slug::receipt_expired, changed.error().message};
  }
  if (!changed) co_return changed.error();
  co_return json_reply({{"receipt", to_text(*changed)}});
}

}  // namespace rocketmq::gateway
