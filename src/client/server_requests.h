#pragma once

#include <rocketmq/message.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "client/groups.h"
#include "client/log.h"
#include "net/router.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/reply.h"
#include "protocol/requests/transaction.h"

namespace rocketmq::client {

// A producer that can say what became of its group's half messages. Called on the loop.
class TransactionMember {
 public:
  // A broker asks about one; the call's channel is where it wants to hear. Not to be answered
  // through the call: it is one-way.
  virtual void check(net::Call<protocol::CheckTransactionState> call, MessageView half) = 0;

 protected:
  ~TransactionMember() = default;
};

// Somebody who waits for the reply to one request. Called on the loop, once.
class ReplyWaiter {
 public:
  // The views end with the call. May destroy this object. An error is what the broker is answered.
  virtual Result<void> reply_arrived(const protocol::PushReplyMessageToClient& reply,
                                     std::string_view body) = 0;

 protected:
  ~ReplyWaiter() = default;
};

// What brokers ask of this client, and who is asked. Belongs to the loop. Java:
// ClientRemotingProcessor.
class ServerRequests {
 public:
  // Half messages are shown without the namespace.
  ServerRequests(const Log& log, std::string name_space)
      : log_(log), name_space_(std::move(name_space)) {}
  ServerRequests(const ServerRequests&) = delete;
  ServerRequests& operator=(const ServerRequests&) = delete;

  // Once; `router` is used no longer than we live.
  void serve_with(net::Router& router);
  // The consumers that are asked; nullptr: none (any more).
  void set_groups(Groups* groups) { groups_ = groups; }

  // Of several members of a group one is asked. Each stays until it is removed.
  void add(const std::string& group, TransactionMember& member);
  void remove(TransactionMember& member);

  // Who waits is forgotten before it is called. Correlation ids are unique.
  void expect_reply(const std::string& correlation_id, ReplyWaiter& waiter);
  void forget_reply(const std::string& correlation_id);

 private:
  Result<ConsumerMember*> consumer(std::string_view group) const;
  void check_transaction(net::Call<protocol::CheckTransactionState> call);
  Result<void> take_reply(const protocol::PushReplyMessageToClient& reply, std::string_view body);
  void reset_offsets(const protocol::ResetConsumerClientOffset& request, std::string_view body);

  const Log& log_;
  const std::string name_space_;
  Groups* groups_ = nullptr;
  std::multimap<std::string, TransactionMember*, std::less<>> transaction_members_;
  std::map<std::string, ReplyWaiter*, std::less<>> reply_waiters_;
};

}  // namespace rocketmq::client
