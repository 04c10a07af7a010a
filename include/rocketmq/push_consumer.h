#pragma once

#include <rocketmq/allocation.h>
#include <rocketmq/hooks.h>
#include <rocketmq/message.h>
#include <rocketmq/options.h>
#include <rocketmq/result.h>
#include <rocketmq/span.h>
#include <rocketmq/subscription.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rocketmq {

/// What a listener says about a message.
class Consumed {
 public:
  static const Consumed ok;
  /// Never again: to the group's dead-letter topic %DLQ%<group>.
  static const Consumed to_dead_letters;
  /// Again later: after `delay`, rounded up to one of the broker's delay levels (1 s to 2 h), or,
  /// when zero, after a time that grows with each attempt. In order: the queue stands still for
  /// `delay` (10 ms to 30 s), or for PushConsumerOptions::suspend_time.
  static Consumed retry_later(std::chrono::milliseconds delay = std::chrono::milliseconds(0)) {
    return Consumed(Kind::retry, delay);
  }

  enum class Kind { ok, retry, dead_letters };
  Kind kind() const { return kind_; }
  std::chrono::milliseconds delay() const { return delay_; }

 private:
  explicit Consumed(Kind kind, std::chrono::milliseconds delay = std::chrono::milliseconds(0))
      : kind_(kind), delay_(delay) {}
  Kind kind_;
  std::chrono::milliseconds delay_;
};
inline const Consumed Consumed::ok{Consumed::Kind::ok};
inline const Consumed Consumed::to_dead_letters{Consumed::Kind::dead_letters};

using MessageListener = std::function<Consumed(const MessageView&)>;
/// Neighbouring messages of one queue; what it says goes for all of them. The span ends with the
/// call; copies of its messages do not.
using BatchListener = std::function<Consumed(Span<const MessageView>)>;

enum class MessageModel {
  clustering,    ///< each message goes to one member of the group
  broadcasting,  ///< each message goes to every member; a failed one is not tried again
};

enum class ConsumeMode {
  pull,  ///< queues belong to members, which keep an offset for each
  /// The broker hands out single messages and takes them back when they are not acknowledged within
  /// pop_invisible_time: a member that hangs holds up nobody (5.x brokers). Not in order.
  pop,
};

struct PushConsumerOptions {
  std::string group;                        ///< required; at most 120 of [%|a-zA-Z0-9_-]
  std::vector<Subscription> subscriptions;  ///< at least one; no topic twice
  StartAt start_at = StartAt::latest;
  MessageModel model = MessageModel::clustering;
  ConsumeMode mode = ConsumeMode::pull;

  // Exactly one listener.
  /// Called on the consumer's own threads, several at once; messages of one queue may overtake each
  /// other. An exception counts as retry_later().
  MessageListener on_message;
  /// The same for up to consume_batch_size messages at once.
  BatchListener on_messages;
  /// One at a time for each queue, in the order stored. The broker locks the queue for this member,
  /// so that no two have it at once.
  MessageListener on_message_in_order;
  std::size_t threads = 8;     ///< 1–1000
  int consume_batch_size = 1;  ///< for on_messages, 1–1024

  int pull_batch_size = 32;                        ///< messages asked for at once, 1–1024
  std::chrono::milliseconds poll_timeout{15'000};  ///< how long the broker may hold a pull, to 24 h
  std::chrono::milliseconds pull_interval{0};      ///< between two pulls of a queue, 0–65535
  /// Given back this often, a message goes to the dead letters. -1: 16, in order without end.
  int reconsume_times_max = -1;
  /// In order: before a message is tried again; less than 10 ms or more than 30 s counts as that.
  std::chrono::milliseconds suspend_time{1000};
  /// A listener that takes longer has its message given back, so that somebody else gets it, and
  /// its queue goes on; the listener is not interrupted. Looked at ten times in that time. Not in
  /// order. 0: never.
  std::chrono::milliseconds consume_timeout{15 * 60'000};

  // Pulling a queue pauses while one of these is exceeded: what has been pulled and not consumed.
  std::size_t queue_messages_max = 1000;
  std::size_t queue_bytes_max = 100 * 1024 * 1024;
  std::int64_t queue_offset_span_max = 2000;  ///< newest minus oldest offset in hand; not in order
  // The same for all queues held of one topic, each getting its part. 0: no such limit.
  std::size_t topic_messages_max = 0;
  std::size_t topic_bytes_max = 0;

  /// A compressed body that would grow beyond this goes to the dead letters unread, and so does one
  /// that cannot be unpacked.
  std::size_t message_bytes_max = 64 * 1024 * 1024;

  AllocationStrategy allocation = allocate_averagely();
  /// The broker shares out the queues (QUERY_ASSIGNMENT) and may switch the group to pop by itself
  /// (5.x). Not in order, not broadcasting. Java: clientRebalance = false.
  bool assigned_by_broker = false;

  std::chrono::milliseconds pop_invisible_time{60'000};  ///< 5 s – 5 min
  int pop_batch_size = 32;                               ///< 1–32
  std::size_t pop_unacknowledged_max = 96;               ///< a queue

  /// Broadcasting: offsets are kept in <dir>/<client id>/<group>/offsets.json, as Java writes it.
  /// Empty: ~/.rocketmq_offsets.
  std::string broadcast_offsets_dir;

  std::vector<std::shared_ptr<ConsumeHook>> hooks;
  std::optional<Trace> trace;  ///< as ProducerOptions::trace
};

/// What close() could not finish.
struct CloseReport {
  std::size_t unfinished_messages = 0;    ///< pulled, not consumed: the group gets them again
  std::vector<MessageQueue> uncommitted;  ///< queues whose offset could not be stored
  bool clean() const { return unfinished_messages == 0 && uncommitted.empty(); }
};

/// One queue as a consumer holds it.
struct HeldQueueStatistics {
  MessageQueue queue;
  std::size_t messages = 0;  ///< in hand: pulled, not consumed
  std::size_t bytes = 0;
  std::int64_t next_offset = 0;  ///< pulled next; -1: not known yet
  std::int64_t safe_offset = 0;  ///< stored as the group's; -1: not known yet
  bool paused = false;
  bool locked = false;                        ///< in order: by us, at the broker
  std::chrono::milliseconds since_answer{0};  ///< since the broker last answered a pull
};

struct PushConsumerStatistics {
  std::size_t consumed = 0;          ///< listener said ok
  std::size_t given_back = 0;        ///< retry or dead letters, accepted by the broker
  std::size_t timed_out = 0;         ///< given back because of consume_timeout
  std::vector<MessageQueue> queues;  ///< held now
  std::vector<HeldQueueStatistics> held;
};

/// Consumes as a member of a group: the group's members share the queues of its topics, each
/// message goes to one of them, at least once. Made by Client::create_push_consumer(), consuming
/// from then on; a move-only handle, safe to use from several threads at once. Destroying it is
/// close() with its default deadline. Java: DefaultMQPushConsumer.
///
/// | what                     | on which thread                                  |
/// |--------------------------|--------------------------------------------------|
/// | listener, ConsumeHook    | one of `threads` of this consumer                |
/// | AllocationStrategy       | the client's loop thread                         |
/// | pulls, heartbeats, acks  | the client's loop thread, never user code        |
/// | close(), statistics(), … | the caller's                                     |
///
/// close() inside a listener does not wait for the message whose listener called it.
class PushConsumer {
 public:
  PushConsumer(PushConsumer&&) noexcept;
  PushConsumer& operator=(PushConsumer&&) noexcept;
  ~PushConsumer();

  /// From now on also this topic, or with another filter. SQL is shown to a broker first, waiting
  /// for its answer. Errors: invalid_argument, what the broker says of the SQL, client_closed.
  Result<void> subscribe(const Subscription& subscription);
  /// Its queues are given up, their offsets stored. Not subscribed: nothing happens.
  Result<void> unsubscribe(const std::string& topic);

  /// Nothing is pulled, and listeners are not called, until resume(); queues stay ours. What a
  /// listener has begun with it finishes.
  void pause();
  void resume();
  void pause(const std::string& topic);
  void resume(const std::string& topic);

  /// Stops pulling, lets listeners finish what is in hand, commits offsets and leaves the group;
  /// whatever is not done by the deadline is reported, and delivered again to another member. No
  /// listener is called afterwards; one that is still running then goes on. The destructor waits
  /// for it, but not longer than 10 s: then it goes on by itself, and what it uses of its own must
  /// still be there. A second call waits for the first, and gives the same report.
  CloseReport close(std::chrono::milliseconds deadline = std::chrono::seconds(10));

  PushConsumerStatistics statistics() const;

  class Impl;
  explicit PushConsumer(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace rocketmq
