#pragma once

#include <rocketmq/transaction.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "client/core.h"
#include "client/half_message.h"
#include "client/pending_sends.h"
#include "client/server_requests.h"
#include "client/trace.h"
#include "net/channel_handle.h"
#include "net/task.h"

namespace rocketmq::client {

// What became of a half message, and why, if there is something to say.
struct TransactionVerdict {
  TransactionResolution resolution = TransactionResolution::unknown;
  std::string remark;  // goes into the broker's log
};
// An exception makes it unknown, and `what` and its text the remark.
TransactionVerdict ask(const std::function<TransactionResolution()>& user, std::string_view what);

// The half messages of one transaction producer: tells brokers what became of them, of its own and
// of those that brokers ask about. Belongs to the loop. Java: DefaultMQProducerImpl.
class Transactions final : public TransactionMember,
                           public std::enable_shared_from_this<Transactions> {
 public:
  // Checks that are with the checker, or wait for it; more are left to the broker, which asks
  // again. Java: TransactionMQProducer.checkRequestHoldMax.
  static constexpr std::size_t checks_max = 2000;

  // Of any thread. `pending` counts checks as unfinished, too; `tracer` may be null.
  Transactions(std::shared_ptr<Client::Core> core, std::string group, TransactionChecker checker,
               std::shared_ptr<PendingSends> pending, std::shared_ptr<Tracer> tracer);

  void open();   // brokers may ask us
  void close();  // … no more, and whatever is ended from now on is client_closed; before we go

  // Tells the half message's broker, which does not answer. Errors: not_connected, client_closed.
  net::Task<Result<void>> end(HalfMessage half, TransactionVerdict verdict);
  // The same from any thread; waits for it to be written, except on the loop thread.
  Result<void> end_and_wait(HalfMessage half, TransactionVerdict verdict);

  void check(net::Call<protocol::CheckTransactionState> call, MessageView half) override;

 private:
  class CheckWork;
  // A check that is with the checker.
  struct Check {
    HalfMessage half;
    net::ChannelHandle channel;  // that it came through
    std::string address;         // … and from
  };

  void checked(std::uint64_t id, TransactionVerdict verdict);
  static net::Task<> answer(std::shared_ptr<Transactions> self, Check check,
                            TransactionVerdict verdict);
  static net::Task<> end_and_log(std::shared_ptr<Transactions> self, HalfMessage half,
                                 TransactionVerdict verdict);
  Result<void> write(const net::ChannelHandle& channel, const HalfMessage& half,
                     const TransactionVerdict& verdict, bool from_check);
  void log_not_ended(const HalfMessage& half, const Error& error) const;

  const std::shared_ptr<Client::Core> core_;
  const std::string group_;
  const TransactionChecker checker_;
  const std::shared_ptr<PendingSends> pending_;
  const std::shared_ptr<Tracer> tracer_;
  std::atomic<bool> is_closed_ = false;
  std::map<std::uint64_t, Check> checks_;
  std::uint64_t next_check_ = 0;
};

}  // namespace rocketmq::client
