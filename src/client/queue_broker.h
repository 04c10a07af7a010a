#pragma once

#include <rocketmq/message.h>

#include <cstdint>

#include "client/core.h"
#include "client/offset_store.h"
#include "client/pull_options.h"
#include "protocol/requests/pull.h"

namespace rocketmq::client {

// Which copy of a queue's broker is asked for messages, and what is done when that fails. Belongs
// to the loop.
class QueueBroker {
 public:
  // All references outlive it.
  QueueBroker(Client::Core& core, const PullOptions& options, OffsetStore& offsets,
              const MessageQueue& queue)
      : core_(core), options_(options), offsets_(offsets), queue_(queue) {}

  // Errors: not_connected.
  Result<BrokerAddress> address() const;
  // The broker has answered, and says whom to ask next.
  void answered(const protocol::PullMessageResponse& answer);
  // Does something about it where it can, and returns when it is time for the next attempt.
  net::Task<> recover(Error error);

 private:
  Client::Core& core_;
  const PullOptions& options_;
  OffsetStore& offsets_;
  const MessageQueue& queue_;
  std::int64_t broker_id_ = master_id;
  int failures_ = 0;  // in a row
};

}  // namespace rocketmq::client
