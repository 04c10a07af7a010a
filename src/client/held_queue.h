#pragma once

#include <rocketmq/message.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "client/process_queue.h"
#include "net/loop.h"
#include "net/wait.h"

namespace rocketmq::client {

// What a listener thread asks just before it begins with a message. Set on the loop.
struct CallGate {
  std::atomic<bool> is_closed{false};  // for good: the queue is not ours any more, or soon will be
  std::atomic<bool> is_paused{false};
  // In order: as long as the broker's lock is ours for certain.
  std::atomic<net::TimePoint> open_until{net::TimePoint::max()};

  bool is_open(net::TimePoint now) const {
    return !is_closed.load(std::memory_order_acquire) &&
           !is_paused.load(std::memory_order_acquire) &&
           now < open_until.load(std::memory_order_acquire);
  }
};

// One queue while it is ours: from where reading it begins to the rebalance that takes it away.
// Shared with the messages handed to listeners, which may outlive that time. Everything but the
// gate belongs to the loop.
struct HeldQueue {
  HeldQueue(MessageQueue which, std::int64_t start_offset, const FlowLimits& limits)
      : queue(std::move(which)), in_hand(start_offset, limits) {}

  // A message is done with; makes room for pulling on. False when it is not in hand any more.
  bool done(ProcessQueue::Ticket ticket) {
    if (!in_hand.remove(ticket)) return false;
    if (!in_hand.is_full()) changed.set();
    return true;
  }
  // Results of its messages count nothing from now on, and no listener begins with one.
  void end() {
    gate.is_closed.store(true, std::memory_order_release);
    is_over = true;
  }
  bool can_be_pulled(net::TimePoint now) const { return gate.is_open(now) && !in_hand.is_full(); }

  const MessageQueue queue;
  ProcessQueue in_hand;
  CallGate gate;
  net::Event changed;  // can_be_pulled() may be another now
  bool is_over = false;

  // In hand, and not with a listener: because the gate is closed, or, in order, because it is not
  // their turn. By offset.
  std::deque<MessageInHand> waiting;
  // In order only: a listener has a message, or one is being given back; idle is set when not.
  bool is_busy = false;
  bool is_suspended = false;  // the first message is to be tried again later
  net::Event idle;

  std::optional<net::TimePoint> answered_at;  // when the broker last answered a pull
  std::int64_t consumed_at_ms = 0;            // Unix ms; 0: never
};

}  // namespace rocketmq::client
