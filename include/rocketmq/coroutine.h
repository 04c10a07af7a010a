#pragma once

#include <rocketmq/producer.h>
#include <rocketmq/pull_consumer.h>
#include <rocketmq/simple_consumer.h>

#include <atomic>
#include <chrono>
#include <coroutine>
#include <optional>
#include <utility>
#include <vector>

/// For C++20 coroutines, of any library's task type:
///
///   Result<SendReceipt> sent = co_await producer.send(message, use_coroutine);
///
/// The same functions as with callbacks, over the same core; nothing is copied but what they are
/// given, and the handle must live until they are done. Where the answer is not there at once the
/// coroutine goes on on the client's callback executor, in a callback's place: it should not block
/// there for long. A coroutine that waits must not be destroyed; close the handle first, which ends
/// all that wait with Errc::client_closed.
///
/// Give a message a name before: g++ 12 destroys one that is written out within a co_await
/// expression, co_await producer.send({.topic = …}, use_coroutine), twice.

namespace rocketmq {

namespace detail {

/// `Start` is called with a callback that takes a Result<T>, and calls it once, from any thread.
template <class T, class Start>
class [[nodiscard]] CallbackAwaiter {
 public:
  explicit CallbackAwaiter(Start start) : start_(std::move(start)) {}
  CallbackAwaiter(CallbackAwaiter&& other) noexcept : start_(std::move(other.start_)) {}
  CallbackAwaiter& operator=(CallbackAwaiter&&) = delete;

  bool await_ready() const noexcept { return false; }
  /// Whoever comes second, the answer or the end of this function, lets the coroutine go on: it
  /// may destroy us, which it must not while start_ still runs.
  bool await_suspend(std::coroutine_handle<> caller) {
    caller_ = caller;
    start_([this](Result<T> result) {
      result_.emplace(std::move(result));
      if (is_second_.exchange(true, std::memory_order_acq_rel)) caller_.resume();
    });
    return !is_second_.exchange(true, std::memory_order_acq_rel);
  }
  Result<T> await_resume() { return *std::move(result_); }

 private:
  Start start_;
  std::coroutine_handle<> caller_;
  std::optional<Result<T>> result_;
  std::atomic<bool> is_second_ = false;
};

template <class T, class Start>
CallbackAwaiter<T, Start> await_callback(Start start) {
  return CallbackAwaiter<T, Start>(std::move(start));
}

}  // namespace detail

/// What use_coroutine is. Its functions are called through those of the handles.
struct UseCoroutine {
  auto send(Producer& producer, const Message& message) const {
    return detail::await_callback<SendReceipt>(
        [&producer, message](auto done) { producer.send_async(message, std::move(done)); });
  }
  auto send(Producer& producer, const Message& message, const SendOptions& options) const {
    return detail::await_callback<SendReceipt>([&producer, message, options](auto done) {
      producer.send_async(message, options, std::move(done));
    });
  }
  auto request(Producer& producer, const Message& message,
               std::chrono::milliseconds timeout) const {
    return detail::await_callback<MessageView>([&producer, message, timeout](auto done) {
      producer.request_async(message, timeout, std::move(done));
    });
  }
  auto receive(SimpleConsumer& consumer, const ReceiveOptions& options) const {
    return detail::await_callback<std::vector<MessageView>>(
        [&consumer, options](auto done) { consumer.receive_async(options, std::move(done)); });
  }
  auto ack(SimpleConsumer& consumer, const MessageView& message) const {
    return detail::await_callback<void>(
        [&consumer, message](auto done) { consumer.ack_async(message, std::move(done)); });
  }
  auto commit(PullConsumer& consumer) const {
    return detail::await_callback<void>(
        [&consumer](auto done) { consumer.commit_async(std::move(done)); });
  }
};

inline constexpr UseCoroutine use_coroutine{};

}  // namespace rocketmq
