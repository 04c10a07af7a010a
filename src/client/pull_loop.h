#pragma once

#include <rocketmq/message.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "client/core.h"
#include "client/dispatch.h"
#include "client/held_queue.h"
#include "client/offset_store.h"
#include "client/pull_answer.h"
#include "client/pull_options.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// Reads one queue for as long as it is ours, from where the group stands: asks for the next
// messages, which the broker answers as soon as there are some, hands them to the dispatcher, and
// pauses while too many are in hand. Whatever goes wrong is tried again. Java: PullMessageService,
// DefaultMQPushConsumerImpl.pullMessage.
//
// Belongs to the loop. Destroying it stops pulling; what is in hand stays with the dispatcher.
class PullLoop {
 public:
  // All references outlive it. `on_started` is called from the loop when held() is there.
  PullLoop(Client::Core& core, const PullOptions& options,
           const protocol::SubscriptionData& subscription, OffsetStore& offsets,
           Dispatcher& dispatcher, MessageQueue queue, std::function<void()> on_started);
  PullLoop(const PullLoop&) = delete;
  PullLoop& operator=(const PullLoop&) = delete;

  // For good.
  void stop() { running_.cancel(); }
  // nullptr until it is known where to begin.
  const std::shared_ptr<HeldQueue>& held() const { return held_; }

 private:
  net::Task<> run();
  net::Task<> find_start();
  net::Task<Result<PullAnswer>> pull();
  net::Task<> recover(Error error);
  // Fails where the answer contradicts itself; what came before that is taken in.
  Result<void> take_messages(const PullAnswer& answer);
  net::Task<> move_to(std::int64_t offset);

  Client::Core& core_;
  const PullOptions& options_;
  const protocol::SubscriptionData& subscription_;
  OffsetStore& offsets_;
  Dispatcher& dispatcher_;
  const MessageQueue queue_;
  const std::function<void()> on_started_;
  int failures_ = 0;            // in a row
  std::int64_t broker_id_ = 0;  // which copy of the broker to ask; it suggests one in each answer
  std::shared_ptr<HeldQueue> held_;
  net::Task<> running_;
};

}  // namespace rocketmq::client
