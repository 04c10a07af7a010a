#include "proxy/http/leases.h"

#include <utility>

#include "client/pop_messages.h"
#include "protocol/pop_info.h"
#include "protocol/requests/message.h"
#include "protocol/requests/pop.h"
#include "protocol/str.h"
#include "proxy/http/loan_name.h"
#include "proxy/http/problem.h"
#include "proxy/http/pull_leases.h"

namespace rocketmq::gateway {
namespace {

constexpr std::int32_t dead_letters_level = -1;
constexpr std::int32_t reconsume_times_max = 16;  // Java: SubscriptionGroupConfig.retryMaxTimes

}  // namespace

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
  co_return co_await find_lease(parts, *std::move(receipt));
}

net::Task<Result<Lease>> find_lease(Parts& parts, Receipt receipt) {
  Lease lease{.is_loan = parse_loan_name(receipt.checkpoint).has_value()};
  if (lease.is_loan) {
    lease.receipt = std::move(receipt);
    co_return lease;
  }
  const auto checkpoint = protocol::parse_pop_checkpoint(receipt.checkpoint);
  if (!checkpoint) co_return checkpoint.error();
  if (checkpoint->visible_again() <= parts.loop().wall_ms()) {
    co_return Error{Slug::receipt_expired, "the message is visible again: its time is over"};
  }
  // Any gateway may be asked; this one may not know the broker yet.
  const std::string wire_topic = parts.core->wire_name(receipt.topic);
  const auto route = co_await parts.core->routes().get(wire_topic);
  if (!route) co_return route.error();
  lease.topic =
      protocol::pop_topic(checkpoint->kind, wire_topic, parts.core->wire_name(receipt.group));
  lease.broker_name = checkpoint->broker_name;
  lease.queue_id = checkpoint->queue_id;
  lease.offset = checkpoint->offset;
  lease.receipt = std::move(receipt);
  co_return lease;
}

net::Task<Result<void>> ack(Parts& parts, Lease lease) {
  if (lease.is_loan) co_return co_await parts.pull_leases.ack(std::move(lease.receipt));
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
net::Task<Result<Receipt>> change_invisible(Parts& parts, Lease lease,
                                            std::chrono::milliseconds invisible) {
  if (lease.is_loan) {
    co_return co_await parts.pull_leases.change_invisible(std::move(lease.receipt), invisible);
  }
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

net::Task<Result<void>> nack(Parts& parts, Lease lease, std::chrono::milliseconds delay) {
  if (lease.is_loan) co_return co_await parts.pull_leases.nack(std::move(lease.receipt), delay);
  const auto changed = co_await change_invisible(parts, std::move(lease), delay);
  if (!changed) co_return changed.error();
  co_return Result<void>();
}

net::Task<Result<void>> bury(Parts& parts, Lease lease) {
  if (lease.is_loan) co_return co_await parts.pull_leases.bury(std::move(lease.receipt));
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

}  // namespace rocketmq::gateway
