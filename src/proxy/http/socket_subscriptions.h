#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"
#include "proxy/http/leases.h"
#include "proxy/http/lent_messages.h"
#include "proxy/http/parameters.h"
#include "proxy/http/parts.h"
#include "proxy/http/receiving.h"
#include "proxy/http/socket_peer.h"

namespace rocketmq::gateway {

// What a WebSocket is subscribed to, and the messages it was lent: never more than a subscription
// has credit for. Belongs to the loop.
class SocketSubscriptions {
 public:
  SocketSubscriptions(Parts& parts, SocketPeer& peer);

  // Errors: bad_request, illegal_topic, illegal_group, illegal_filter, conflict, no_route.
  net::Task<Result<void>> subscribe(Members members);
  Result<void> unsubscribe(const std::string& name);
  Result<void> add_credit(const std::string& name, std::int64_t count);

  // What becomes of a message; the receipts of other sockets and of HTTP are as good.
  net::Task<Result<void>> ack(std::string receipt);
  net::Task<Result<void>> nack(std::string receipt, std::chrono::milliseconds delay);
  net::Task<Result<std::string>> extend(std::string receipt, std::chrono::milliseconds invisible);

  // Ends all of them, and lets others have what was lent. Waits for what is on its way.
  net::Task<> end();

  std::size_t size() const { return subscriptions_.size(); }
  std::size_t lent_count() const { return lent_.size(); }

 private:
  struct Subscription;
  using SubscriptionPtr = std::shared_ptr<Subscription>;

  Result<SubscriptionPtr> read(const Members& members);
  net::Task<> deliver(SubscriptionPtr subscription);
  net::Task<bool> wait_for_room(SubscriptionPtr subscription);
  void lend(Subscription& subscription, const MessageView& message);
  void closed(Subscription& subscription, const Error& why);
  void give_credit_back(const std::string& subscription);

  using Settle = std::function<net::Task<Result<void>>(Lease)>;
  net::Task<Result<void>> settle(std::string receipt, Settle how);
  void watch_lent();
  void look_after_lent();
  net::Task<> renew(std::string receipt, Lent lent);
  net::Task<> give_back(Lent lent);
  net::Task<> counted(net::Task<> task);
  void start(net::Task<> task);

  Parts& parts_;
  SocketPeer& peer_;
  std::map<std::string, SubscriptionPtr> subscriptions_;
  LentMessages lent_;
  std::unique_ptr<net::Timer> timer_;
  std::size_t running_ = 0;
  net::Event idle_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::gateway
