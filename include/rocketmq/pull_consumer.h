#pragma once

#include <rocketmq/allocation.h>
#include <rocketmq/message.h>
#include <rocketmq/result.h>
#include <rocketmq/subscription.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rocketmq {

struct PullConsumerOptions {
  std::string group;  ///< required, also to assign(); at most 120 of [%|a-zA-Z0-9_-]
  /// To share these topics' queues with the rest of the group. Empty: assign() says which queues.
  std::vector<Subscription> subscriptions;
  StartAt start_at = StartAt::latest;
  AllocationStrategy allocation = allocate_averagely();

  int pull_batch_size = 10;                        ///< 1–1024: at most as many at once from poll()
  std::chrono::milliseconds poll_timeout{20'000};  ///< how long the broker may hold a pull, to 24 h

  bool auto_commit = true;  ///< what poll() has given is committed by a later poll() and by close()
  std::chrono::milliseconds auto_commit_interval{5000};  ///< at least 1 s

  // Fetching ahead pauses while one of these is exceeded.
  std::size_t messages_max = 10'000;  ///< of all queues
  std::size_t queue_messages_max = 1000;
  std::size_t queue_bytes_max = 100 * 1024 * 1024;
  std::int64_t queue_offset_span_max = 2000;
  std::size_t message_bytes_max = 64 * 1024 * 1024;  ///< of a body, unpacked; larger are left out

  /// Told when the queues of this consumer have changed: by rebalancing, or, of assigned topics,
  /// because the topic has other queues now. On the callback executor, one call at a time; what it
  /// throws is logged.
  std::function<void(const std::string& topic, const std::vector<MessageQueue>& queues)>
      on_queues_changed;
};

/// Reads at the program's own pace, from where the program says; messages are fetched ahead.
/// Nothing is given back, nothing goes to dead letters. Made by create_pull_consumer(); a move-only
/// handle; any thread may call it, poll() one at a time. A call waits at most
/// ClientOptions::request_timeout for each of its requests: for a route that is not known yet, then
/// for the queue's broker. Destroying it is close(), except that what the last poll() gave does not
/// count as consumed: an exception may have cut its handling short. Java: DefaultLitePullConsumer.
class PullConsumer {
 public:
  PullConsumer(PullConsumer&&) noexcept;
  PullConsumer& operator=(PullConsumer&&) noexcept;
  ~PullConsumer();

  /// Reads these queues, instead of those before, without regard to other members of the group,
  /// which it does not count among. Errors: invalid_argument when it was made with subscriptions.
  Result<void> assign(std::vector<MessageQueue> queues);
  /// With this filter for a topic to be assigned; before assign().
  Result<void> set_filter(const Subscription& subscription);
  std::vector<MessageQueue> queues() const;  ///< those it reads now

  /// The next messages of one queue, which counts as consumed up to them from now on; none within
  /// `timeout`: nothing, or what a broker refuses us with. Errors: client_closed, would_deadlock.
  Result<std::vector<MessageView>> poll(
      std::chrono::milliseconds timeout = std::chrono::seconds(5));

  /// The next poll() goes on there. What was fetched ahead is forgotten. Errors: invalid_argument
  /// (not one of our queues, or an offset outside of what the queue has), those of a request.
  Result<void> seek(const MessageQueue& queue, std::int64_t offset);
  Result<void> seek(const MessageQueue& queue, StartAt where);
  Result<void> seek(StartAt where);  ///< all queues

  /// Stores what poll() has given as the group's offsets, and waits for the brokers to say so. The
  /// error names a queue that could not be stored; others may have been.
  Result<void> commit();
  /// `done` is called once, on the callback executor; what it throws is logged.
  void commit_async(std::function<void(Result<void>)> done = nullptr);
  /// What <rocketmq/coroutine.h> adds: co_await consumer.commit(use_coroutine).
  template <class Token>
  auto commit(Token token) -> decltype(token.commit(*this)) {
    return token.commit(*this);
  }
  /// Of one queue, or any other offset of it.
  Result<void> commit(const MessageQueue& queue, std::int64_t offset);
  /// The offset the group has stored. Errors: query_not_found when it has none.
  Result<std::int64_t> committed(const MessageQueue& queue);
  /// The offset that poll() will give next. Errors: invalid_argument.
  Result<std::int64_t> position(const MessageQueue& queue);
  Result<std::int64_t> offset_at(const MessageQueue& queue, StartAt where);

  /// These queues are neither fetched nor polled until resume(). Others than ours are left out.
  void pause(const std::vector<MessageQueue>& queues);
  void resume(const std::vector<MessageQueue>& queues);

  /// Commits (auto_commit), leaves the group; a waiting poll() ends with client_closed. The error
  /// names a queue whose offset could not be stored.
  Result<void> close(std::chrono::milliseconds deadline = std::chrono::seconds(3));

  class Impl;
  explicit PullConsumer(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace rocketmq
