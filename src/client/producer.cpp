#include <algorithm>

#include "client/names.h"
#include "client/producer_impl.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;

// For callbacks that are still running at the end of close(): not bounded by its deadline alone, so
// that a send that was failed at the last moment is still told.
constexpr auto callback_grace = 1s;
constexpr net::Duration leave_timeout = 1s;
constexpr std::chrono::milliseconds deadline_max = 24h;

Result<void> check(const ProducerOptions& options) {
  const auto refused = [](std::string why) {
    return Error{Errc::invalid_argument, std::move(why)};
  };
  if (auto group = client::check_group("producer", options.group); !group) return group;
  if (options.send_timeout <= 0ms) return refused("send_timeout is not positive");
  if (options.attempts_max < 1 || options.attempts_max > 100) {
    return refused(str("attempts_max is ", options.attempts_max, ", not 1 to 100"));
  }
  if (options.pending_sends_max == 0) return refused("pending_sends_max is 0");
  if (options.pending_bytes_max < options.message_bytes_max) {
    return refused("pending_bytes_max is less than message_bytes_max: some messages never fit");
  }
  if (options.new_topic_queues < 1) return refused("new_topic_queues is not positive");
  const bool is_zlib = options.compression == Compression::zlib;
  if (options.compression_level < 0 || options.compression_level > (is_zlib ? 12 : 22)) {
    return refused(str("compression_level is ", options.compression_level));
  }
  return {};
}

client::PrepareOptions prepare_options(const ProducerOptions& options, std::size_t key_size) {
  return {.message_bytes_max = options.message_bytes_max,
          .compression = options.compression,
          .compress_from_bytes = options.compress_from_bytes,
          .compression_level = options.compression_level,
          .unique_key_size = key_size};
}

}  // namespace

Result<std::shared_ptr<Producer::Impl>> Producer::Impl::create(std::shared_ptr<Client::Core> core,
                                                               ProducerOptions options) {
  if (!core->usable()) return core->usable().error();
  if (auto checked = check(options); !checked) return std::move(checked).error();
  std::shared_ptr<Impl> impl(new Impl(std::move(core), std::move(options)));
  net::run_in(impl->core_->loop(), [&] {
    impl->sender_ = std::make_shared<client::Sender>(impl->core_, impl->options_);
    impl->core_->groups().add_producer(impl->options_.group);
  });
  return impl;
}

Producer::Impl::Impl(std::shared_ptr<Client::Core> core, ProducerOptions options)
    : core_(std::move(core)),
      options_(std::move(options)),
      prepare_options_(prepare_options(options_, core_->unique_key_size())),
      pending_(std::make_shared<client::PendingSends>(options_.pending_sends_max,
                                                      options_.pending_bytes_max)) {}

Producer::Impl::~Impl() = default;

Result<client::PreparedMessage> Producer::Impl::admit(const Message& message,
                                                      client::BodyMemory body) {
  if (is_closed_) return Error{Errc::client_closed, "the producer is closed"};
  if (!pending_->admit()) {
    return Error{Errc::overloaded,
                 str("more than ", options_.pending_sends_max, " sends are not finished")};
  }
  auto prepared = client::prepare(message, prepare_options_, body);
  if (prepared && !pending_->hold_bytes(prepared->body_size)) {
    prepared = Error{Errc::overloaded,
                     str("more than ", options_.pending_bytes_max, " bytes wait for an answer")};
  }
  if (!prepared) pending_->release();
  return prepared;
}

std::unique_ptr<client::Send> Producer::Impl::begin(const Message& message, client::Send::Done done,
                                                    client::BodyMemory body) {
  pending_->begin();
  auto prepared = admit(message, body);
  if (!prepared) {
    return std::make_unique<client::Send>(std::move(prepared).error(), std::move(done), pending_);
  }
  return std::make_unique<client::Send>(*std::move(prepared), std::move(done),
                                        core_->loop().now() + options_.send_timeout, pending_);
}

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

Result<SendReceipt> Producer::Impl::send(const Message& message) {
  if (core_->loop().in_loop_thread()) {
    return Error{Errc::would_deadlock, "send() on the client's own loop thread"};
  }
  client::SendPromise promise;
  auto receipt = promise.get_future();
  // Nothing is copied: we stay here until the message is done with.
  auto send = begin(message, std::move(promise), client::BodyMemory::borrow);
  if (send->result) return refusal(std::move(send));
  enqueue(std::move(send));
  return receipt.get();
}

// Why it was refused; it ends here, without a callback.
Error Producer::Impl::refusal(std::unique_ptr<client::Send> send) {
  pending_->end();
  return (*std::move(send->result)).error();
}

void Producer::Impl::send_async(const Message& message, SendCallback done) {
  enqueue(begin(message, std::move(done), client::BodyMemory::copy));
}

std::future<Result<SendReceipt>> Producer::Impl::send_future(const Message& message) {
  client::SendPromise promise;
  auto receipt = promise.get_future();
  enqueue(begin(message, std::move(promise), client::BodyMemory::copy));
  return receipt;
}

Result<void> Producer::Impl::send_oneway(const Message& message) {
  auto send = begin(message, client::NoAnswer{}, client::BodyMemory::copy);
  if (send->result) return refusal(std::move(send));
  enqueue(std::move(send));
  return {};
}

net::Task<Result<std::size_t>> Producer::Impl::shut_down(net::Duration deadline) {
  is_closed_ = true;
  start_queued();
  co_await sender_->drain(deadline);
  start_queued();
  const std::size_t unfinished = sender_->fail_all();
  co_await core_->groups().remove_producer(options_.group, leave_timeout);
  co_return unfinished;
}

std::size_t Producer::Impl::shut_down_at_once() {
  start_queued();
  core_->tasks().start(core_->groups().remove_producer(options_.group, leave_timeout));
  return sender_->fail_all();
}

Result<void> Producer::Impl::close(std::chrono::milliseconds deadline) {
  if (is_closed_.exchange(true)) return {};
  deadline = std::clamp(deadline, 0ms, deadline_max);
  const auto end = std::chrono::steady_clock::now() + deadline;
  std::size_t unfinished = 0;
  if (core_->loop().in_loop_thread()) {
    // A callback on the loop thread: nobody can wait there.
    unfinished = shut_down_at_once();
  } else {
    unfinished =
        core_->wait<std::size_t>([this, deadline] { return shut_down(deadline); }).value_or(0);
    const std::int64_t own = client::Send::running_here() == pending_.get() ? 1 : 0;
    pending_->wait_until_ended(own,
                               std::max(end, std::chrono::steady_clock::now() + callback_grace));
  }
  if (unfinished == 0) return {};
  return Error{Errc::timeout,
               str(unfinished, " sends were unfinished when the producer was closed"),
               Outcome::unknown};
}

// ---- the public handle

Result<Producer> Client::create_producer(ProducerOptions options) {
  auto impl = Producer::Impl::create(core_, std::move(options));
  if (!impl) return std::move(impl).error();
  return Producer(*std::move(impl));
}

Producer::Producer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Producer::Producer(Producer&&) noexcept = default;
Producer& Producer::operator=(Producer&& other) noexcept {
  if (this == &other) return *this;
  if (impl_ != nullptr) static_cast<void>(close());
  impl_ = std::move(other.impl_);
  return *this;
}
Producer::~Producer() {
  if (impl_ != nullptr) static_cast<void>(close());
}

Result<SendReceipt> Producer::send(const Message& message) { return impl_->send(message); }
void Producer::send_async(const Message& message, SendCallback done) {
  impl_->send_async(message, std::move(done));
}
std::future<Result<SendReceipt>> Producer::send_future(const Message& message, const SendOptions&) {
  return impl_->send_future(message);
}
Result<void> Producer::send_oneway(const Message& message, const SendOptions&) {
  return impl_->send_oneway(message);
}
Result<void> Producer::close(std::chrono::milliseconds deadline) {
  const std::shared_ptr<Impl> impl = impl_;  // a callback may destroy the producer meanwhile
  return impl->close(deadline);
}

}  // namespace rocketmq
