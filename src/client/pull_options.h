#pragma once

#include <rocketmq/subscription.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "client/process_queue.h"
#include "net/loop.h"

namespace rocketmq::client {

// How a queue is read; of push and pull consumers alike.
struct PullOptions {
  std::string group;
  StartAt start_at = StartAt::latest;
  int batch_size = 32;
  net::Duration poll_timeout = std::chrono::seconds(15);  // the broker answers within this time
  // Beyond poll_timeout, for an answer to come. Java: consumerTimeoutMillisWhenSuspend, together.
  net::Duration answer_margin = std::chrono::seconds(15);
  net::Duration interval{};  // between an answer and the next pull; of push consumers
  FlowLimits limits;
  std::size_t message_bytes_max = 64 * 1024 * 1024;  // of a body, once decompressed

  // Before the next attempt. Java: pullTimeDelayMillsWhenException, …WhenBrokerFlowControl.
  net::Duration error_delay = std::chrono::seconds(1);
  net::Duration flow_control_delay = std::chrono::milliseconds(20);
  // A broker that answers at once that there is nothing is asked again after this time.
  net::Duration idle_delay = std::chrono::milliseconds(100);
};

}  // namespace rocketmq::client
