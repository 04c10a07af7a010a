#pragma once

#include <rocketmq/hooks.h>

#include <memory>
#include <string>
#include <vector>

#include "client/log.h"

namespace rocketmq::client {

// A producer's hooks; what they throw is logged. Any thread.
class SendHooks {
 public:
  // `log` outlives it.
  SendHooks(std::vector<std::shared_ptr<SendHook>> hooks, const Log& log);

  bool empty() const { return hooks_.empty(); }
  void before(Message& message) const;
  // Of a batch: told of each of its messages.
  void after(const std::string& message_id, const Result<SendReceipt>& result) const;

 private:
  const std::vector<std::shared_ptr<SendHook>> hooks_;
  const Log& log_;
};

}  // namespace rocketmq::client
