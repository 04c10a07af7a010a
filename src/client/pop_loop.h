#pragma once

#include <cstddef>
#include <memory>

#include "client/core.h"
#include "client/pop_client.h"
#include "client/pop_dispatch.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

struct PopLoopOptions {
  int batch_size = 32;
  net::Duration invisible = std::chrono::seconds(60);
  net::Duration poll_timeout = std::chrono::seconds(15);
  std::size_t unacknowledged_max = 96;  // beyond it nothing is popped
  std::int32_t init_mode = protocol::pop_init_mode::max;

  // Before the next attempt, as when pulling.
  net::Duration error_delay = std::chrono::seconds(1);
  net::Duration flow_control_delay = std::chrono::milliseconds(20);
  net::Duration idle_delay = std::chrono::milliseconds(100);
};

// Pops one queue, or any of a broker's, for as long as it is assigned to us, and hands the messages
// to the dispatcher; pauses while too many are not acknowledged. Whatever goes wrong is tried
// again. Java: DefaultMQPushConsumerImpl.popMessage.
//
// Belongs to the loop. Destroying it stops popping; what was popped stays with the dispatcher.
class PopLoop {
 public:
  // What all loops of a consumer use; outlives them.
  struct Shared {
    Client::Core& core;
    PopLoopOptions options;
    PopClient& pops;
    PopDispatcher& dispatcher;
  };

  // `subscription` outlives it.
  PopLoop(const Shared& shared, const protocol::SubscriptionData& subscription, MessageQueue queue,
          bool is_paused);
  PopLoop(const PopLoop&) = delete;
  PopLoop& operator=(const PopLoop&) = delete;

  // For good.
  void stop() { running_.cancel(); }
  PoppedQueue& queue() { return *queue_; }
  const PoppedQueue& queue() const { return *queue_; }

 private:
  net::Task<> run();
  net::Task<> recover(Error error);

  const Shared& shared_;
  const protocol::SubscriptionData& subscription_;
  const std::shared_ptr<PoppedQueue> queue_;
  int failures_ = 0;  // in a row
  net::Task<> running_;
};

}  // namespace rocketmq::client
