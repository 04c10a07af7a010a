#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>
#include <rocketmq/subscription.h>

#include <chrono>
#include <string>
#include <vector>

#include "client/simple_receiver.h"
#include "net/task.h"
#include "proxy/http/message_json.h"
#include "proxy/http/parts.h"

namespace rocketmq::gateway {

// What somebody wants to receive.
struct Wanted {
  std::string group;
  Subscription subscription;
  StartAt start_at = StartAt::latest;  // of a group that is new
  ReceiveOptions options;
};

// Receives for one request, by POP: from 5.x brokers only. Belongs to the loop.
class Receiving {
 public:
  using Messages = std::vector<MessageView>;

  Receiving(Parts& parts, RequestPtr request, Wanted wanted);

  // Why it cannot be. Errors: illegal_topic, illegal_group, illegal_filter.
  Result<void> check();
  // Messages, or none in time. What came for a peer that has gone meanwhile is made visible again,
  // and counts as nothing.
  net::Task<Result<Messages>> receive();
  net::Task<Result<void>> ack_all(Messages messages);

  const Wanted& wanted() const { return wanted_; }
  Json json_of(const MessageView& message, BodyForm form, bool with_receipt) const;

 private:
  net::Task<> give_back(Messages messages);

  Parts& parts_;
  const RequestPtr request_;
  const Wanted wanted_;
  client::SimpleReceiver receiver_;
};

}  // namespace rocketmq::gateway
