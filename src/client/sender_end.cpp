// How sends end: answers, results, and the time that is over.
#include <cassert>

#include "client/sender.h"
#include "net/answer.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

namespace property = protocol::property;

SendStatus status_of(std::int32_t code) {
  switch (static_cast<ResponseCode>(code)) {
    case ResponseCode::flush_disk_timeout:
      return SendStatus::flush_disk_timeout;
    case ResponseCode::flush_slave_timeout:
      return SendStatus::flush_slave_timeout;
    case ResponseCode::slave_not_available:
      return SendStatus::slave_not_available;
    default:
      return SendStatus::ok;
  }
}

// Java: DefaultMQProducerImpl.sendKernelImpl, SendMessageContext.msgType.
protocol::TraceMessageType type_of(const PreparedMessage& message) {
  constexpr std::int32_t mask = protocol::sys_flag::transaction_mask;
  if ((message.sys_flag & mask) == protocol::sys_flag::transaction_prepared) {
    return protocol::TraceMessageType::half;
  }
  for (const auto& [name, value] : protocol::PropertyRange(message.properties)) {
    if (name == property::delay_time_level || name == property::timer_delay_ms ||
        name == property::timer_deliver_ms) {
      return protocol::TraceMessageType::delay;
    }
  }
  return protocol::TraceMessageType::normal;
}

std::string text_of(const std::optional<protocol::Text>& text) {
  return text ? std::string(*text) : std::string();
}

}  // namespace

Result<SendReceipt> Sender::receipt(Send& send, const protocol::Command& answer) const {
  if (observer_ != nullptr) {
    if (const auto* region = protocol::find_field(answer.fields, property::msg_region)) {
      send.region_id = *region;
    }
    const auto* trace = protocol::find_field(answer.fields, property::trace_switch);
    send.is_trace_on = trace == nullptr || *trace != "false";
  }
  if (!net::accepts_answer<protocol::SendMessageV2>(answer.code)) {
    return net::error_of_answer(answer);
  }
  protocol::SendMessageResponse header;
  if (auto decoded = protocol::decode_header(answer.fields, header); !decoded) {
    return Error{Errc::bad_message, std::move(decoded).error().message, Outcome::unknown};
  }
  return SendReceipt{.message_id = send.message.message_id(),
                     .offset_message_id = std::string(header.msg_id),
                     .queue = {core_->plain_name(send.message.topic),
                               send.route->broker_name(send.queue), header.queue_id},
                     .queue_offset = header.queue_offset,
                     .status = status_of(answer.code),
                     .transaction_id = text_of(header.transaction_id),
                     .recall_handle = text_of(header.recall_handle)};
}

void Sender::finish(Send& send, Result<SendReceipt>&& result) {
  // Stored is stored, even if it could not be made safer.
  if (!result && send.less_safe) result = *std::move(send.less_safe);
  if (send.is_oneway() && !result) {
    core_->log().warn(str("a one-way message was dropped: ", to_string(result.error())));
  }
  send.attempt.reset();
  if (under_way_.contains(send)) under_way_.erase(send);
  if (send.is_held) accumulator_->remove(send);
  if (send.members() != nullptr) {
    finish_members(send, result);
  } else {
    if (send.is_admitted) send.pending->release_bytes(send.message.body_size);
    send.result.emplace(std::move(result));
    count(send);
    if (observer_ != nullptr && send.is_admitted) observe(send);
  }
  const bool is_first = finished_.empty();
  finished_.push(send);
  // Not here: a coroutine that ends cannot destroy itself, and whoever has more to finish in this
  // turn shares one handing over.
  if (is_first) core_->loop().defer([self = shared_from_this()] { self->hand_over(); });
  if (under_way_.empty()) drained_.set();
}

void Sender::count(const Send& send) const {
  if (send.is_oneway() && *send.result) return;  // nobody knows
  auto& counter = *send.result ? pending_->sent : pending_->failed;
  counter.fetch_add(send.message_count(), std::memory_order_relaxed);
}

void Sender::observe(const Send& send) const {
  const std::string id = send.message.message_id();
  const bool was_tried = send.attempt_at != net::TimePoint{} && send.route != nullptr;
  observer_->sent({.result = *send.result,
                   .message_id = id,
                   .topic = send.message.topic,
                   .properties = send.message.properties,
                   .broker_address = was_tried
                                         ? std::string_view(send.route->master_address(send.queue))
                                         : std::string_view(),
                   .begun_at = send.born_timestamp,
                   .cost = core_->loop().now() - send.begun_at,
                   .body_bytes = send.message.body.size(),
                   .type = type_of(send.message),
                   .region_id = send.region_id,
                   .is_trace_on = send.is_trace_on,
                   .is_oneway = send.is_oneway()});
}

void Sender::hand_over() {
  WorkList work;
  while (Work* const next = finished_.pop()) {
    Send& send = *static_cast<Send*>(next);
    send.task.cancel();
    if (send.members() != nullptr) {
      delete &send;
      continue;
    }
    const bool has_work = send.has_work();
    if (!std::holds_alternative<SendCallback>(send.done)) send.tell_waiter();
    if (has_work) work.push(send);
  }
  core_->run_callbacks(std::move(work));
}

// One timer watches over all: the most urgent is the next to be late.
void Sender::arm_sweep() {
  sweep_timer_.reset();
  sweep_at_ = net::TimePoint::max();
  if (under_way_.empty()) return;
  sweep_at_ = under_way_.front().deadline;
  sweep_timer_ = core_->loop().after(sweep_at_ - core_->loop().now(), [this] { sweep(); });
}

void Sender::sweep() {
  const net::TimePoint now = core_->loop().now();
  while (!under_way_.empty() && under_way_.front().deadline <= now) {
    Send& late = under_way_.front();
    if (faults_ && late.attempt && late.attempt->is_waiting()) {
      faults_->not_reached(late.route->broker_name(late.queue), now);
    }
    late.task.cancel();
    finish(late, Error{Errc::timeout,
                       str("topic ", late.message.topic, ": waited for ", late.waits_for,
                           " longer than the send timeout"),
                       late.may_be_stored ? Outcome::unknown : Outcome::not_sent});
  }
  arm_sweep();
}

std::size_t Sender::fail_all() {
  is_closed_ = true;
  std::size_t count = 0;
  while (!under_way_.empty()) {
    Send& send = under_way_.front();
    send.task.cancel();
    count += send.members() == nullptr ? 1 : send.members()->size();
    finish(send, Error{Errc::client_closed, "the producer was closed",
                       send.may_be_stored ? Outcome::unknown : Outcome::not_sent});
  }
  detector_.reset();
  sweep_timer_.reset();
  linger_timer_.reset();
  sweep_at_ = net::TimePoint::max();
  return count;
}

}  // namespace rocketmq::client
