#pragma once

#include <rocketmq/message.h>

#include <atomic>
#include <utility>

#include "client/process_queue.h"
#include "net/wait.h"

namespace rocketmq::client {

// One queue while it is ours: from the rebalance that gave it to us to the one that takes it away.
// Shared with the messages handed to listeners, which may outlive that time. Everything but
// is_over belongs to the loop.
struct HeldQueue {
  HeldQueue(MessageQueue which, std::int64_t start_offset, const FlowLimits& limits)
      : queue(std::move(which)), in_hand(start_offset, limits) {}

  // A message is done with; makes room for pulling on. False when it is not in hand any more.
  bool done(ProcessQueue::Ticket ticket) {
    if (!in_hand.remove(ticket)) return false;
    if (!in_hand.is_full()) has_room.set();
    return true;
  }

  const MessageQueue queue;
  ProcessQueue in_hand;
  net::Event has_room;
  // Another member has the queue, or we are leaving. Results of its messages count nothing any
  // more, and listener threads do not begin with those they have not begun with. Set on the loop.
  std::atomic<bool> is_over{false};
};

}  // namespace rocketmq::client
