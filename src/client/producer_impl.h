#pragma once

#include <rocketmq/producer.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>

#include "client/core.h"
#include "client/handle.h"
#include "client/message_prep.h"
#include "client/pending_sends.h"
#include "client/room_queue.h"
#include "client/send_hooks.h"
#include "client/sender.h"

namespace rocketmq {

namespace client {
class Requests;
class Tracer;
class Transactions;

// What a call asks for beyond its message; the parts of the client that send for themselves, too.
struct SendCall {
  SendOptions options;
  Added added;
  SendKind kind = SendKind::message;
};
}  // namespace client

// The part of a producer that users' threads run: checks and prepares messages, limits what is
// under way, and queues it for the Sender. Many calls wake the loop once.
class Producer::Impl final : public client::Handle, public std::enable_shared_from_this<Impl> {
 public:
  static Result<std::shared_ptr<Impl>> create(std::shared_ptr<Client::Core> core,
                                              ProducerOptions options);
  ~Impl();

  const std::shared_ptr<Client::Core>& core() const { return core_; }
  const ProducerOptions& options() const { return options_; }
  const std::string& wire_group() const { return wire_group_; }
  // Told of the end of every send from now on; called before the first.
  void set_observer(std::shared_ptr<client::SendObserver> observer);

  Result<SendReceipt> send(const Message& message, const client::SendCall& call = {});
  void send_async(const Message& message, SendCallback done, const client::SendCall& call = {});
  std::future<Result<SendReceipt>> send_future(const Message& message,
                                               const client::SendCall& call = {});
  Result<void> send_oneway(const Message& message, const client::SendCall& call = {});

  Result<SendReceipt> send_batch(Span<const Message> messages, const SendOptions& options);
  void send_batch_async(Span<const Message> messages, const SendOptions& options,
                        SendCallback done);

  // The answers of consumers; see request_reply.cpp.
  Result<MessageView> request(const Message& message, std::chrono::milliseconds timeout);
  void request_async(const Message& message, std::chrono::milliseconds timeout, ReplyCallback done);
  Result<SendReceipt> reply(const MessageView& request, std::string body);

  // For a transaction producer around this one: `transactions` is closed with it.
  void add_transactions(std::shared_ptr<client::Transactions> transactions);
  const std::shared_ptr<client::PendingSends>& pending() const { return pending_; }
  const std::shared_ptr<client::Tracer>& tracer() const { return tracer_; }  // nullptr: none

  Result<std::string> recall(const std::string& topic, const std::string& recall_handle);
  net::Task<Result<std::string>> recall_task(std::string topic, std::string recall_handle);

  ProducerStatistics statistics() const;

  Result<void> close(std::chrono::milliseconds deadline);
  Result<void> close_handle(std::chrono::milliseconds deadline) override { return close(deadline); }
  HandleStatistics handle_statistics() override;
  // The loop's part of it: drains until the deadline, fails the rest, leaves the group. How many
  // were unfinished.
  net::Task<Result<std::size_t>> shut_down(net::Duration deadline);

 private:
  // A message, or several as one batch, and how they are to be sent.
  struct Order {
    client::PreparedMessage message;
    client::SendTarget target;
    client::SendKind kind = client::SendKind::message;
    bool may_be_batched = false;
  };

  Impl(std::shared_ptr<Client::Core> core, ProducerOptions options);

  Result<Order> prepare(const Message& message, const client::SendCall& call,
                        client::BodyMemory body, bool is_oneway) const;
  Result<Order> prepare_batch(Span<const Message> messages, const SendOptions& options) const;
  // A send that counts as begun: within the limits, or refused.
  std::unique_ptr<client::Send> begin(Result<Order> order, std::chrono::milliseconds timeout,
                                      client::Send::Done done);
  // A message of a call that does not wait.
  std::unique_ptr<client::Send> begin_async(const Message& message, client::Send::Done done,
                                            const client::SendCall& call);
  // Its reply, too, will be told to `told`, which is a promise or a callback.
  template <class Told>
  void start_request(const Message& message, std::chrono::milliseconds timeout, Told told);
  Result<void> admit(std::size_t bytes, net::TimePoint deadline);
  void enqueue(std::unique_ptr<client::Send> send);
  void start_queued();  // on the loop

  // Waits for the end of a send that was begun for this slot; on a refusal it ends here.
  Result<SendReceipt> wait(std::unique_ptr<client::Send> send, client::SendSlot& receipt);
  Result<void> refuse_to_wait() const;

  Result<void> wait_until_closed(std::chrono::milliseconds deadline);
  std::size_t shut_down_at_once();

  const std::shared_ptr<Client::Core> core_;
  const ProducerOptions options_;
  const std::string wire_group_;
  const client::PrepareOptions prepare_options_;
  const std::shared_ptr<const client::SendHooks> hooks_;  // nullptr: none
  const std::shared_ptr<client::RoomQueue> room_;
  const std::shared_ptr<client::PendingSends> pending_;
  std::shared_ptr<client::Sender> sender_;
  std::shared_ptr<client::Requests> requests_;
  std::shared_ptr<client::Transactions> transactions_;  // none: an ordinary producer
  std::shared_ptr<client::Tracer> tracer_;              // none: not traced
  std::atomic<client::Send*> queue_ = nullptr;          // the newest first
  std::atomic<bool> is_closed_ = false;
  std::atomic<bool> is_closing_ = false;
  std::promise<void> closed_;
  const std::shared_future<void> when_closed_ = closed_.get_future().share();
};

}  // namespace rocketmq
