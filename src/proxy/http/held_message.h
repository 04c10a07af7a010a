#pragma once

#include <rocketmq/message.h>

#include <memory>

#include "client/held_queue.h"

namespace rocketmq::gateway {

// A message that was pulled, and the queue that waits for it.
struct HeldMessage {
  MessageView message;  // its reconsume_times() counts what it was lent in vain here, too
  std::shared_ptr<client::HeldQueue> queue;
  client::ProcessQueue::Ticket ticket = 0;

  // Not where the queue is somebody else's by now, or has been moved.
  bool is_held() const { return !queue->is_over && queue->in_hand.contains(ticket); }
};

}  // namespace rocketmq::gateway
