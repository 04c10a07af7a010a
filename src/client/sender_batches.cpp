// Single messages that are put together into batches on their way.
#include <algorithm>
#include <vector>

#include "client/batch_prep.h"
#include "client/batch_receipt.h"
#include "client/sender.h"

namespace rocketmq::client {

void Sender::send_ready_batches() {
  const net::TimePoint now = core_->loop().now();
  while (auto members = accumulator_->take_ready(now)) send_batch(*std::move(members));
  arm_linger();
}

void Sender::arm_linger() {
  const auto ready_at = accumulator_->next_ready();
  if (!ready_at) return linger_timer_.reset();
  if (linger_timer_ != nullptr && linger_at_ == *ready_at) return;
  linger_at_ = *ready_at;
  linger_timer_ = core_->loop().after(linger_at_ - core_->loop().now(), [this] {
    linger_timer_.reset();
    send_ready_batches();
  });
}

void Sender::flush() {
  if (!accumulator_) return;
  while (auto members = accumulator_->take()) send_batch(*std::move(members));
  arm_linger();
}

void Sender::send_batch(Members members) {
  for (Send* const member : members) member->is_held = false;
  if (members.size() == 1) return begin(*members.front());

  std::vector<const PreparedMessage*> messages;
  net::TimePoint deadline = members.front()->deadline;
  for (Send* const member : members) {
    messages.push_back(&member->message);
    deadline = std::min(deadline, member->deadline);
    under_way_.erase(*member);
  }
  const Send& first = *members.front();
  auto* const batch = Send::make(join(messages), members, deadline, pending_).release();
  batch->kind = SendKind::batch;
  batch->target = first.target;
  batch->log = first.log;
  batch->begun_at = core_->loop().now();
  batch->born_timestamp = core_->loop().wall_ms();
  under_way_.push(*batch);
  begin(*batch);
}

void Sender::finish_members(Send& batch, const Result<SendReceipt>& result) {
  const Members members = std::move(*batch.members());
  batch.members()->clear();
  for (std::size_t i = 0; i < members.size(); ++i) {
    Send& member = *members[i];
    member.route = batch.route;
    member.queue = batch.queue;
    member.attempt_at = batch.attempt_at;
    member.region_id = batch.region_id;
    member.is_trace_on = batch.is_trace_on;
    finish(member, part_of_batch(result, i, member.message.unique_key()));
  }
}

}  // namespace rocketmq::client
