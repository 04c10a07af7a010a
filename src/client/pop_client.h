#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client/core.h"
#include "client/pop_messages.h"
#include "net/task_set.h"
#include "protocol/bodies/client_data.h"
#include "protocol/requests/pop.h"

namespace rocketmq::client {

// One pop: of which queue, how many, for how long.
struct Pop {
  MessageQueue from;  // queue -1: any of the broker's
  int max = 32;
  net::Duration invisible = std::chrono::seconds(60);
  net::Duration wait = std::chrono::seconds(15);  // how long the broker may hold it; 0: not
  // For the answer, beyond that. Java: DefaultMQPushConsumerImpl, BROKER_SUSPEND_….
  net::Duration margin = std::chrono::seconds(10);
  std::int32_t init_mode = protocol::pop_init_mode::max;
  bool is_in_order = false;  // a queue gives no more before all that it gave is acknowledged
};

// What a pop brought.
struct PopResult {
  std::vector<MessageView> messages;  // those the subscription wants
  // The broker holds as many pops as it can, and did not hold this one. Java: POLLING_FULL.
  bool was_not_held = false;
};

// The requests of who takes single messages off a group's work: each is invisible to the others
// until it is acknowledged or its time is over. They all go to masters. For 5.x brokers; what an
// older one answers is request_code_not_supported. Belongs to the loop. Java: MQClientAPIImpl's
// pop, ack and changeInvisibleTime.
class PopClient {
 public:
  // Group and topics are as they are on the wire. `core` outlives it. A body longer than
  // `body_bytes_max` once decompressed makes its message unreadable.
  PopClient(Client::Core& core, std::string group, std::size_t body_bytes_max)
      : core_(core), group_(std::move(group)), body_bytes_max_(body_bytes_max) {}

  // Messages that a tag filter does not want after all are acknowledged and left out.
  net::Task<Result<PopResult>> pop(Pop what, protocol::SubscriptionData subscription);

  // Errors: invalid_argument for what was not popped, and those of a request.
  net::Task<Result<void>> ack(MessageView message);
  // As few requests as brokers are concerned; goes on after an error, and returns the first.
  net::Task<Result<void>> ack_all(std::vector<MessageView> messages);
  // The message returned stands for the old one from now on.
  net::Task<Result<MessageView>> change_invisible(MessageView message, net::Duration invisible);

  // Messages, so far.
  std::uint64_t acknowledged() const { return acknowledged_; }

  // In the background, while we live; a failure is logged, and the message comes again.
  void ack_soon(const MessageView& message);

 private:
  Result<PopResult> take(const PopAnswer& answer, const Pop& what,
                         const protocol::SubscriptionData& subscription);
  net::Task<> ack_quietly(MessageView message);

  Client::Core& core_;
  const std::string group_;
  const std::size_t body_bytes_max_;
  std::uint64_t acknowledged_ = 0;
  net::TaskSet acking_;
};

}  // namespace rocketmq::client
