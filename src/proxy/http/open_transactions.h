#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>
#include <rocketmq/transaction.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "client/producer_impl.h"
#include "client/transactions.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/task_set.h"

namespace rocketmq::gateway {

// Half messages of peers that have not said yet what becomes of them. The gateway is their
// producer; to a broker that asks it says that it does not know yet. Belongs to the loop.
class OpenTransactions {
 public:
  OpenTransactions(std::shared_ptr<Producer::Impl> producer, std::size_t open_max,
                   std::chrono::milliseconds timeout);
  ~OpenTransactions();

  struct Opened {
    std::string id;  // nobody else can guess it
    std::int64_t expires_ms = 0;
  };
  // Brokers ask about a half message that nobody ends.
  using OnCheck = std::function<void(const std::string& id, const MessageView& half)>;
  // Stores the half message. Errors: overloaded, and those of a send.
  net::Task<Result<Opened>> open(Message message, OnCheck on_check = nullptr);
  // Errors: Slug::transaction_not_found, not_connected.
  net::Task<Result<void>> end(std::string id, TransactionResolution resolution);

  std::size_t size() const { return open_.size(); }

 private:
  struct Open {
    client::HalfMessage half;
    OnCheck on_check;
    std::unique_ptr<net::Timer> timer;
  };
  void keep(const std::string& id, client::HalfMessage half, OnCheck on_check);
  void asked(const MessageView& half) const;
  net::Task<> expire(std::string id);

  const std::shared_ptr<Producer::Impl> producer_;
  // What a check that is on its way from another thread finds: this, or nothing any more.
  const std::shared_ptr<OpenTransactions*> self_;
  const std::shared_ptr<client::Transactions> transactions_;
  const std::size_t open_max_;
  const std::chrono::milliseconds timeout_;
  std::size_t opening_ = 0;
  std::map<std::string, Open, std::less<>> open_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::gateway
