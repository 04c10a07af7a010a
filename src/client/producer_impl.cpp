#include "client/producer_impl.h"

#include <algorithm>
#include <utility>

#include "client/batch_prep.h"
#include "client/executor.h"
#include "client/message_check.h"
#include "client/producer_options.h"
#include "client/requests.h"
#include "client/trace.h"
#include "client/transactions.h"
#include "protocol/recall_handle.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;

client::PrepareOptions prepare_options(const ProducerOptions& options, const Client::Core& core) {
  return {.message_bytes_max = options.message_bytes_max,
          .compression = options.compression,
          .compress_from_bytes = options.compress_from_bytes,
          .compression_level = options.compression_level,
          .unique_key_size = core.unique_key_size(),
          .name_space = core.name_space(),
          .front_bytes = client::send_bytes};
}

std::shared_ptr<const client::SendHooks> make_hooks(const ProducerOptions& options,
                                                    const client::Log& log) {
  auto hooks = std::make_shared<client::SendHooks>(options.hooks, log);
  return hooks->empty() ? nullptr : std::move(hooks);
}

// Calls use(messages) with the messages as the hooks leave them.
template <class Use>
auto with_hooks(const client::SendHooks* hooks, Span<const Message> messages, Use use) {
  if (hooks == nullptr) return use(messages);
  std::vector<Message> changed(messages.begin(), messages.end());
  for (Message& message : changed) hooks->before(message);
  return use(Span<const Message>(changed.data(), changed.size()));
}

Span<const Message> one(const Message& message) { return {&message, 1}; }

}  // namespace

Result<std::shared_ptr<Producer::Impl>> Producer::Impl::create(std::shared_ptr<Client::Core> core,
                                                               ProducerOptions options) {
  if (!core->usable()) return core->usable().error();
  if (auto checked = client::check(options); !checked) return std::move(checked).error();
  std::shared_ptr<Impl> impl(new Impl(std::move(core), std::move(options)));
  net::run_in(impl->core_->loop(), [&] {
    ProducerOptions on_the_wire = impl->options_;
    on_the_wire.group = impl->wire_group_;
    impl->sender_ =
        std::make_shared<client::Sender>(impl->core_, std::move(on_the_wire), impl->pending_);
    impl->requests_ = std::make_shared<client::Requests>(*impl->core_, impl->sender_,
                                                         impl->options_.new_topic_queues);
    impl->core_->groups().add_producer(impl->wire_group_);
  });
  if (impl->options_.trace) {
    auto tracer = client::Tracer::create(impl->core_, *impl->options_.trace, impl->options_.group,
                                         client::Tracer::Side::produces);
    if (!tracer) {
      static_cast<void>(impl->close(0ms));
      return std::move(tracer).error();
    }
    impl->tracer_ = *std::move(tracer);
    impl->set_observer(impl->tracer_);
  }
  return impl;
}

Producer::Impl::Impl(std::shared_ptr<Client::Core> core, ProducerOptions options)
    : core_(std::move(core)),
      options_(std::move(options)),
      wire_group_(core_->wire_name(options_.group)),
      prepare_options_(prepare_options(options_, *core_)),
      hooks_(make_hooks(options_, core_->log())),
      room_(std::make_shared<client::RoomQueue>(core_->loop())),
      pending_(std::make_shared<client::PendingSends>(options_.pending_sends_max,
                                                      options_.pending_bytes_max,
                                                      [room = room_] { room->room_was_made(); })) {}

// Nothing is queued here while the loop lives; where that went first, nobody can be told any more.
Producer::Impl::~Impl() {
  for (client::Send* send = queue_.load(); send != nullptr;) {
    delete std::exchange(send, send->next);
  }
}

void Producer::Impl::set_observer(std::shared_ptr<client::SendObserver> observer) {
  net::run_in(core_->loop(), [&] { sender_->set_observer(std::move(observer)); });
}

void Producer::Impl::add_transactions(std::shared_ptr<client::Transactions> transactions) {
  net::run_in(core_->loop(), [&] {
    transactions_ = std::move(transactions);
    transactions_->open();
  });
}

// ---- preparing

Result<Producer::Impl::Order> Producer::Impl::prepare(const Message& message,
                                                      const client::SendCall& call,
                                                      client::BodyMemory body,
                                                      bool is_oneway) const {
  if (auto checked = client::check(call.options); !checked) return std::move(checked).error();
  const std::string_view key = call.added.sharding_key.empty()
                                   ? std::string_view(message.sharding_key)
                                   : call.added.sharding_key;
  auto target = client::make_target(call.options, message.topic, key);
  if (!target) return std::move(target).error();

  client::PrepareOptions how = prepare_options_;
  how.blocks = &pending_->blocks;
  const bool may_be_batched = options_.auto_batch && !is_oneway && client::is_plain(call.options) &&
                              call.kind == client::SendKind::message &&
                              call.added.properties.empty() && call.added.sys_flag == 0 &&
                              !client::is_delayed(message) &&
                              !client::is_retry_topic(message.topic);
  if (call.kind == client::SendKind::reply) how.name_space = {};  // its topic is the cluster's
  if (may_be_batched) how.compression = Compression::none;  // of batches nothing is compressed
  auto prepared = client::prepare(message, how, body, call.added);
  if (!prepared) return std::move(prepared).error();
  return Order{*std::move(prepared), *std::move(target), call.kind, may_be_batched};
}

Result<Producer::Impl::Order> Producer::Impl::prepare_batch(Span<const Message> messages,
                                                            const SendOptions& options) const {
  if (auto checked = client::check(options); !checked) return std::move(checked).error();
  auto prepared = client::prepare_batch(messages, prepare_options_);
  if (!prepared) return std::move(prepared).error();
  const std::string& key = messages[0].sharding_key;
  const bool is_queue_given = options.queue || options.choose;
  for (const Message& message : messages) {
    if (is_queue_given || message.sharding_key == key) continue;
    return Error{Errc::invalid_argument, "a batch of different sharding keys goes to no one queue"};
  }
  auto target = client::make_target(options, messages[0].topic, key);
  if (!target) return std::move(target).error();
  return Order{*std::move(prepared), *std::move(target), client::SendKind::batch};
}

std::unique_ptr<client::Send> Producer::Impl::begin(Result<Order> order,
                                                    std::chrono::milliseconds timeout,
                                                    client::Send::Done done) {
  pending_->begin();
  const net::TimePoint deadline =
      core_->loop().now() + (timeout == 0ms ? options_.send_timeout : timeout);
  Result<void> admitted;
  if (is_closed_) {
    admitted = Error{Errc::client_closed, "the producer is closed"};
  } else if (!order) {
    admitted = std::move(order).error();
  } else {
    admitted = admit(order->message.body_size, deadline);
  }
  std::unique_ptr<client::Send> send;
  if (admitted) {
    send = client::Send::make(std::move(order->message), std::move(done), deadline, pending_);
    send->kind = order->kind;
    send->target = std::move(order->target);
    send->may_be_batched = order->may_be_batched;
  } else {
    send = client::Send::make_refused(std::move(admitted).error(), std::move(done), pending_);
  }
  send->hooks = hooks_;
  return send;
}

Result<void> Producer::Impl::admit(std::size_t bytes, net::TimePoint deadline) {
  const bool may_wait = options_.wait_when_full && !core_->loop().in_loop_thread() &&
                        !client::ThreadPool::is_pool_thread();
  if (may_wait && pending_->somebody_waits()) return room_->wait(*pending_, bytes, deadline);
  switch (pending_->admit(bytes)) {
    case client::Admission::admitted:
      return {};
    case client::Admission::too_many_sends:
      if (may_wait) break;
      return Error{Errc::overloaded,
                   str("more than ", options_.pending_sends_max, " sends are not finished")};
    case client::Admission::too_many_bytes:
      if (may_wait) break;
      return Error{Errc::overloaded,
                   str("more than ", options_.pending_bytes_max, " bytes wait for an answer")};
  }
  return room_->wait(*pending_, bytes, deadline);
}

// ---- sending

void Producer::Impl::enqueue(std::unique_ptr<client::Send> owned) {
  client::Send* const send = owned.release();
  client::Send* newest = queue_.load(std::memory_order_relaxed);
  do {
    send->next = newest;
  } while (!queue_.compare_exchange_weak(newest, send, std::memory_order_release,
                                         std::memory_order_relaxed));
  // Whoever finds it empty wakes the loop; the others' messages are taken by the same visit.
  if (newest == nullptr) core_->loop().post([self = shared_from_this()] { self->start_queued(); });
}

void Producer::Impl::start_queued() {
  client::Send* newest = queue_.exchange(nullptr, std::memory_order_acquire);
  client::Send* oldest = nullptr;
  while (newest != nullptr) {
    client::Send* const next = std::exchange(newest->next, oldest);
    oldest = std::exchange(newest, next);
  }
  while (oldest != nullptr) {
    client::Send* const send = std::exchange(oldest, oldest->next);
    sender_->start(std::unique_ptr<client::Send>(send));
  }
}

Result<void> Producer::Impl::refuse_to_wait() const {
  if (core_->is_forked()) return Client::Core::forked_error();
  if (!core_->loop().in_loop_thread()) return {};
  return Error{Errc::would_deadlock, "send() on the client's own loop thread"};
}

Result<SendReceipt> Producer::Impl::wait(std::unique_ptr<client::Send> send,
                                         client::SendSlot& receipt) {
  if (send->result && send->hooks == nullptr) {
    pending_->failed.fetch_add(1, std::memory_order_relaxed);
    pending_->end();
    return (*std::move(send->result)).error();
  }
  core_->begin_to_wait([&] { enqueue(std::move(send)); }, [&] { return receipt.is_set(); });
  return receipt.take();
}

Result<SendReceipt> Producer::Impl::send(const Message& message, const client::SendCall& call) {
  if (auto refused = refuse_to_wait(); !refused) return std::move(refused).error();
  client::SendSlot receipt;
  return with_hooks(hooks_.get(), one(message), [&](Span<const Message> messages) {
    // Nothing is copied: we stay here until the message is done with.
    return wait(begin(prepare(messages[0], call, client::BodyMemory::borrow, false),
                      call.options.timeout, &receipt),
                receipt);
  });
}

std::unique_ptr<client::Send> Producer::Impl::begin_async(const Message& message,
                                                          client::Send::Done done,
                                                          const client::SendCall& call) {
  return with_hooks(hooks_.get(), one(message), [&](Span<const Message> messages) {
    return begin(prepare(messages[0], call, client::BodyMemory::copy, false), call.options.timeout,
                 std::move(done));
  });
}

void Producer::Impl::send_async(const Message& message, SendCallback done,
                                const client::SendCall& call) {
  // There is no thread left to call it on.
  if (core_->is_forked()) return done(Client::Core::forked_error());
  enqueue(begin_async(message, std::move(done), call));
}

std::future<Result<SendReceipt>> Producer::Impl::send_future(const Message& message,
                                                             const client::SendCall& call) {
  client::SendPromise promise;
  auto receipt = promise.get_future();
  if (core_->is_forked()) {
    promise.set_value(Client::Core::forked_error());
  } else {
    enqueue(begin_async(message, std::move(promise), call));
  }
  return receipt;
}

Result<void> Producer::Impl::send_oneway(const Message& message, const client::SendCall& call) {
  if (core_->is_forked()) return Client::Core::forked_error();
  return with_hooks(hooks_.get(), one(message), [&](Span<const Message> messages) -> Result<void> {
    auto send = begin(prepare(messages[0], call, client::BodyMemory::copy, true),
                      call.options.timeout, client::NoAnswer{});
    Result<void> accepted;
    if (send->result) accepted = send->result->error();
    enqueue(std::move(send));
    return accepted;
  });
}

Result<SendReceipt> Producer::Impl::send_batch(Span<const Message> messages,
                                               const SendOptions& options) {
  if (auto refused = refuse_to_wait(); !refused) return std::move(refused).error();
  client::SendSlot receipt;
  return with_hooks(hooks_.get(), messages, [&](Span<const Message> changed) {
    return wait(begin(prepare_batch(changed, options), options.timeout, &receipt), receipt);
  });
}

void Producer::Impl::send_batch_async(Span<const Message> messages, const SendOptions& options,
                                      SendCallback done) {
  if (core_->is_forked()) return done(Client::Core::forked_error());
  with_hooks(hooks_.get(), messages, [&](Span<const Message> changed) {
    enqueue(begin(prepare_batch(changed, options), options.timeout, std::move(done)));
  });
}

// ---- beside sending

Result<std::string> Producer::Impl::recall(const std::string& topic,
                                           const std::string& recall_handle) {
  return core_->wait<std::string>(
      [this, topic, recall_handle] { return recall_task(topic, recall_handle); });
}

net::Task<Result<std::string>> Producer::Impl::recall_task(std::string topic,
                                                           std::string recall_handle) {
  const auto keep = shared_from_this();
  if (is_closed_) co_return Error{Errc::client_closed, "the producer is closed"};
  const auto handle = protocol::parse_recall_handle(recall_handle);
  if (!handle) co_return handle.error();
  const net::TimePoint deadline = core_->loop().now() + options_.send_timeout;
  topic = core_->wire_name(topic);
  auto route = co_await core_->routes().get(topic);
  if (!route) co_return std::move(route).error();
  auto answer = co_await core_->call(handle->broker_name,
                                     protocol::RecallMessage{.producer_group = wire_group_,
                                                             .topic = topic,
                                                             .recall_handle = recall_handle,
                                                             .broker_name = handle->broker_name},
                                     {}, deadline - core_->loop().now());
  if (tracer_ != nullptr) tracer_->recalled(topic, handle->message_id, answer.has_value());
  if (!answer) co_return std::move(answer).error();
  co_return std::string(answer->header.msg_id);
}

HandleStatistics Producer::Impl::handle_statistics() {
  const ProducerStatistics now = statistics();
  return {.kind = "producer",
          .group = options_.group,
          .done = now.sent,
          .failed = now.failed,
          .pending = now.pending};
}

ProducerStatistics Producer::Impl::statistics() const {
  return {.sent = pending_->sent.load(std::memory_order_relaxed),
          .failed = pending_->failed.load(std::memory_order_relaxed),
          .retried = pending_->retried.load(std::memory_order_relaxed),
          .pending = pending_->admitted(),
          .pending_bytes = pending_->bytes()};
}

}  // namespace rocketmq
