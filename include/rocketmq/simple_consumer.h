#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>
#include <rocketmq/span.h>
#include <rocketmq/subscription.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rocketmq {

struct SimpleConsumerOptions {
  std::string group;                                 ///< required; at most 120 of [%|a-zA-Z0-9_-]
  std::vector<Subscription> subscriptions;           ///< at least one; no topic twice
  StartAt start_at = StartAt::latest;                ///< earliest or latest
  std::size_t message_bytes_max = 64 * 1024 * 1024;  ///< of a body, decompressed
};

struct ReceiveOptions {
  int max = 16;                            ///< messages, 1–32
  std::chrono::milliseconds wait{15'000};  ///< how long the broker may wait for some; 0: not
  /// A message that is not acknowledged within this time is given to somebody else. 1 s – 12 h.
  std::chrono::milliseconds invisible{60'000};
};

/// Called once, on the callback executor.
using ReceiveCallback = std::function<void(Result<std::vector<MessageView>>)>;
using DoneCallback = std::function<void(Result<void>)>;

/// Takes messages one by one off a group's work, from any broker of a topic, and says for each when
/// it is done. Members of the group need not know of each other. Made by
/// Client::create_simple_consumer(); a move-only handle, safe to use from several threads. For 5.x
/// brokers; an older one refuses (request_code_not_supported). Java: POP, as SimpleConsumer of the
/// 5.x clients.
class SimpleConsumer {
 public:
  SimpleConsumer(SimpleConsumer&&) noexcept;
  SimpleConsumer& operator=(SimpleConsumer&&) noexcept;
  ~SimpleConsumer();

  /// Messages of one topic, topics and brokers taking turns; none when there are none in time.
  /// Where brokers are silent it ends 10 s after `wait` at the latest, once the routes are known.
  /// Errors: no_route, those of a request, client_closed.
  Result<std::vector<MessageView>> receive(const ReceiveOptions& options = {});
  void receive_async(const ReceiveOptions& options, ReceiveCallback done);
  /// What <rocketmq/coroutine.h> adds: co_await consumer.receive(options, use_coroutine).
  template <class Token>
  auto receive(const ReceiveOptions& options, Token token)
      -> decltype(token.receive(*this, options)) {
    return token.receive(*this, options);
  }

  /// It is done. Errors: invalid_argument for a message that was not received this way,
  /// illegal_operation or no_message when the broker no longer waits for it.
  Result<void> ack(const MessageView& message);
  void ack_async(const MessageView& message, DoneCallback done);
  template <class Token>
  auto ack(const MessageView& message, Token token) -> decltype(token.ack(*this, message)) {
    return token.ack(*this, message);
  }
  /// All of them, in as few requests as brokers are concerned. The error is the first one's; the
  /// others may be done.
  Result<void> ack(Span<const MessageView> messages);

  /// Invisible for this long from now on, 1 s – 12 h: longer, because it takes longer, or shorter,
  /// to see it again. The message returned stands for the old one in later calls. Errors: those of
  /// ack().
  Result<MessageView> change_invisible(const MessageView& message,
                                       std::chrono::milliseconds invisible);

  /// From now on also this topic, or with another filter. Errors: invalid_argument.
  Result<void> subscribe(const Subscription& subscription);
  Result<void> unsubscribe(const std::string& topic);

  /// receive() calls that wait end with client_closed at once, other requests when the deadline is
  /// over. What was received and not acknowledged becomes visible again when its time is over.
  void close(std::chrono::milliseconds deadline = std::chrono::seconds(3));

  class Impl;
  explicit SimpleConsumer(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace rocketmq
