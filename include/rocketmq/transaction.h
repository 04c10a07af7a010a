#pragma once

#include <rocketmq/producer.h>

#include <functional>
#include <memory>

namespace rocketmq {

enum class TransactionResolution {
  commit,    ///< consumers get the message
  rollback,  ///< nobody ever sees it
  unknown,   ///< the broker asks again later
};

/// Asked by the broker about a half message that was neither committed nor rolled back, of this
/// process or of any other that was in the same group. Called on the callback executor. An
/// exception counts as unknown.
using TransactionChecker = std::function<TransactionResolution(const MessageView& half)>;

/// A half message: stored by the broker, and not seen by consumers until it is committed. A value
/// with one owner, for one thread at a time; destroyed without commit() or rollback(), the broker
/// will ask the checker.
class Transaction {
 public:
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) noexcept;
  ~Transaction();

  /// Tells the broker, without waiting for an answer, as stock does: if it is not heard the broker
  /// asks the checker. Errors: not_connected, client_closed; invalid_argument the second time.
  Result<void> commit();
  Result<void> rollback();
  const SendReceipt& receipt() const;

  class Impl;
  explicit Transaction(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

/// Sends messages that become visible together with something the program does itself. Made by
/// Client::create_transaction_producer(); a move-only handle, safe to use from several threads at
/// once; destroying it is close() with its default deadline. Messages may not be delayed or timed
/// (invalid_argument). Java: TransactionMQProducer.
class TransactionProducer {
 public:
  TransactionProducer(TransactionProducer&&) noexcept;
  TransactionProducer& operator=(TransactionProducer&&) noexcept;
  ~TransactionProducer();

  /// Stores the half message. Errors: those of Producer::send(); a message that was not stored as
  /// safely as the broker is set up to is rolled back, and an error.
  Result<Transaction> begin(const Message& message);
  /// begin(), then `work`, on this thread, then what it says, whatever that is; an exception is
  /// logged and counts as unknown. Errors: those of begin().
  Result<SendReceipt> send(const Message& message,
                           const std::function<TransactionResolution()>& work);

  /// Everything a Producer can do, in the same group.
  Producer& producer();

  /// As Producer::close(); the checker is not called any more once it has returned.
  Result<void> close(std::chrono::milliseconds deadline = std::chrono::seconds(3));

  class Impl;
  explicit TransactionProducer(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq
