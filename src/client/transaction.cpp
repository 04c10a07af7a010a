#include <rocketmq/client.h>
#include <rocketmq/transaction.h>

#include <utility>

#include "client/message_check.h"
#include "client/producer_impl.h"
#include "client/transactions.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq {

using client::HalfMessage;
using client::Transactions;
using client::TransactionVerdict;

class Transaction::Impl {
 public:
  Impl(std::shared_ptr<Transactions> transactions, HalfMessage half, SendReceipt receipt)
      : transactions_(std::move(transactions)),
        half_(std::move(half)),
        receipt_(std::move(receipt)) {}

  Result<void> end(TransactionVerdict verdict) {
    if (is_ended_) {
      return Error{Errc::invalid_argument, "this transaction was committed or rolled back before"};
    }
    auto ended = transactions_->end_and_wait(half_, std::move(verdict));
    is_ended_ = ended.has_value();
    return ended;
  }
  const SendReceipt& receipt() const { return receipt_; }

 private:
  const std::shared_ptr<Transactions> transactions_;
  const HalfMessage half_;
  const SendReceipt receipt_;
  bool is_ended_ = false;
};

class TransactionProducer::Impl {
 public:
  static Result<std::unique_ptr<Impl>> create(std::shared_ptr<Client::Core> core,
                                              ProducerOptions options, TransactionChecker checker);

  Result<std::unique_ptr<Transaction::Impl>> begin(const Message& message);
  Result<SendReceipt> send(const Message& message,
                           const std::function<TransactionResolution()>& work);
  Producer& producer() { return producer_; }

 private:
  Impl(std::shared_ptr<Producer::Impl> impl, TransactionChecker checker);

  const std::shared_ptr<Producer::Impl> impl_;
  Producer producer_;
  const std::shared_ptr<Transactions> transactions_;
};

namespace {

// What a broker answered that stored a half message less safely than it is set up to.
ResponseCode code_of(SendStatus status) {
  switch (status) {
    case SendStatus::flush_disk_timeout:
      return ResponseCode::flush_disk_timeout;
    case SendStatus::flush_slave_timeout:
      return ResponseCode::flush_slave_timeout;
    case SendStatus::slave_not_available:
      return ResponseCode::slave_not_available;
    default:
      return ResponseCode::success;
  }
}

}  // namespace

Result<std::unique_ptr<TransactionProducer::Impl>> TransactionProducer::Impl::create(
    std::shared_ptr<Client::Core> core, ProducerOptions options, TransactionChecker checker) {
  if (!checker) return Error{Errc::invalid_argument, "a transaction producer needs a checker"};
  auto producer = Producer::Impl::create(core, std::move(options));
  if (!producer) return std::move(producer).error();
  std::unique_ptr<Impl> impl(new Impl(*std::move(producer), std::move(checker)));
  if (auto added = core->add_handle(impl->impl_); !added) return std::move(added).error();
  return impl;
}

TransactionProducer::Impl::Impl(std::shared_ptr<Producer::Impl> impl, TransactionChecker checker)
    : impl_(std::move(impl)),
      producer_(impl_),
      transactions_(std::make_shared<Transactions>(impl_->core(), impl_->wire_group(),
                                                   std::move(checker), impl_->pending(),
                                                   impl_->tracer())) {
  impl_->add_transactions(transactions_);
}

// Java: DefaultMQProducerImpl.sendMessageInTransaction.
Result<std::unique_ptr<Transaction::Impl>> TransactionProducer::Impl::begin(
    const Message& message) {
  if (client::is_delayed(message)) {
    return Error{Errc::invalid_argument, "a message of a transaction cannot be delayed or timed"};
  }
  const protocol::Property half_properties[] = {
      {protocol::property::transaction_prepared, "true"},
      {protocol::property::producer_group, impl_->wire_group()},
  };
  auto receipt =
      impl_->send(message, {.added = {.properties = half_properties,
                                      .sys_flag = protocol::sys_flag::transaction_prepared}});
  if (!receipt) return std::move(receipt).error();
  auto half = client::half_message(message, *receipt);
  if (!half) return std::move(half).error();
  half->topic = impl_->core()->wire_name(half->topic);
  auto transaction = std::make_unique<Transaction::Impl>(transactions_, *half, *receipt);
  if (receipt->status == SendStatus::ok) return transaction;

  static_cast<void>(transaction->end({TransactionResolution::rollback, {}}));
  return Error{
      code_of(receipt->status),
      str("half message ", receipt->message_id, " was stored, but not safely, and is rolled back"),
      Outcome::unknown};
}

Result<SendReceipt> TransactionProducer::Impl::send(
    const Message& message, const std::function<TransactionResolution()>& work) {
  auto transaction = begin(message);
  if (!transaction) return std::move(transaction).error();
  TransactionVerdict verdict = client::ask(work, "executeLocalTransactionBranch exception: ");
  if (!verdict.remark.empty()) impl_->core()->log().write(LogLevel::error, verdict.remark);
  static_cast<void>((*transaction)->end(std::move(verdict)));  // else the broker asks
  return (*transaction)->receipt();
}

// ---- the public handles

Result<TransactionProducer> Client::create_transaction_producer(ProducerOptions options,
                                                                TransactionChecker checker) {
  auto impl = TransactionProducer::Impl::create(core_, std::move(options), std::move(checker));
  if (!impl) return std::move(impl).error();
  return TransactionProducer(*std::move(impl));
}

TransactionProducer::TransactionProducer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TransactionProducer::TransactionProducer(TransactionProducer&&) noexcept = default;
TransactionProducer& TransactionProducer::operator=(TransactionProducer&& other) noexcept {
  if (this == &other) return *this;
  if (impl_ != nullptr) static_cast<void>(close());
  impl_ = std::move(other.impl_);
  return *this;
}
TransactionProducer::~TransactionProducer() {
  if (impl_ != nullptr) static_cast<void>(close());
}

Result<Transaction> TransactionProducer::begin(const Message& message) {
  auto transaction = impl_->begin(message);
  if (!transaction) return std::move(transaction).error();
  return Transaction(*std::move(transaction));
}
Result<SendReceipt> TransactionProducer::send(const Message& message,
                                              const std::function<TransactionResolution()>& work) {
  return impl_->send(message, work);
}
Producer& TransactionProducer::producer() { return impl_->producer(); }
Result<void> TransactionProducer::close(std::chrono::milliseconds deadline) {
  return impl_->producer().close(deadline);
}

Transaction::Transaction(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction& Transaction::operator=(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

Result<void> Transaction::commit() { return impl_->end({TransactionResolution::commit, {}}); }
Result<void> Transaction::rollback() { return impl_->end({TransactionResolution::rollback, {}}); }
const SendReceipt& Transaction::receipt() const { return impl_->receipt(); }

}  // namespace rocketmq
