#pragma once

#include "protocol/session.h"

namespace rocketmq::client {

class Send;
class Sender;

// What is sent, by the request that carries it.
enum class SendKind {
  message,
  batch,
  reply,  // to a request that came as a message
};

// One attempt that waits for the broker's answer, which is read where it lies in the receiving
// buffer. Part of its Send.
class Attempt final : public protocol::PendingCall {
 public:
  Attempt(Sender& sender, Send& send) : sender_(sender), send_(send) {}

 private:
  // Both may destroy the attempt.
  void answered(protocol::Incoming& answer) override;
  void failed(const Error& error) override;

  Sender& sender_;
  Send& send_;
};

}  // namespace rocketmq::client
