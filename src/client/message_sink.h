#pragma once

#include <memory>
#include <vector>

#include "client/held_queue.h"

namespace rocketmq::client {

// Who takes the messages that a PullLoop has put in hand, and tells their queue when they are done.
class MessageSink {
 public:
  virtual void deliver(const std::shared_ptr<HeldQueue>& queue,
                       std::vector<MessageInHand> messages) = 0;

 protected:
  ~MessageSink() = default;
};

}  // namespace rocketmq::client
