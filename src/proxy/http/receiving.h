#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <functional>
#include <vector>

#include "client/simple_receiver.h"
#include "net/task.h"
#include "proxy/http/message_json.h"
#include "proxy/http/parts.h"
#include "proxy/http/wanted.h"

namespace rocketmq::gateway {

// Receives for one peer: by POP where all brokers of the topic know that, else by PullLeases.
// Belongs to the loop.
class Receiving {
 public:
  using Messages = std::vector<MessageView>;

  // `is_gone`: the peer does not want messages any more.
  Receiving(Parts& parts, std::function<bool()> is_gone, Wanted wanted);

  // Why it cannot be. Errors: illegal_topic, illegal_group, illegal_filter.
  Result<void> check();
  // Messages, or none in time. What came for a peer that has gone meanwhile is made visible again,
  // and counts as nothing.
  net::Task<Result<Messages>> receive();
  net::Task<Result<void>> ack_all(Messages messages);

  const Wanted& wanted() const { return wanted_; }
  void set_max(int max) { wanted_.options.max = max; }
  Json json_of(const MessageView& message, BodyForm form, bool with_receipt) const;

 private:
  net::Task<Result<Messages>> pop();
  net::Task<> give_back(Messages messages);

  Parts& parts_;
  const std::function<bool()> is_gone_;
  Wanted wanted_;
  bool is_leased_ = false;  // not popped
  client::SimpleReceiver receiver_;
};

}  // namespace rocketmq::gateway
