#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rocketmq {

/// Which messages of a topic a group wants.
struct FilterExpression {
  std::string expression = "*";
};
/// By tag: "created || paid"; "*" is everything. A message without a tag matches "*" only.
FilterExpression tags(std::string expression);

struct Subscription {
  std::string topic;
  FilterExpression filter;
};

/// Where a group starts that has no offset for a queue yet. Java: ConsumeFromWhere. (A broker
/// starts a new group at the beginning of a queue that is still young, whatever is asked for here.)
enum class StartAt { latest, earliest };

/// What a listener says about a message.
class Consumed {
 public:
  static const Consumed ok;
  /// Never again: to the group's dead-letter topic %DLQ%<group>.
  static const Consumed to_dead_letters;
  /// Again later: after `delay`, rounded up to one of the broker's delay levels (1 s to 2 h), or,
  /// when zero, after a time that grows with each attempt.
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

struct PushConsumerOptions {
  std::string group;  ///< required
  std::vector<Subscription> subscriptions;
  StartAt start_at = StartAt::latest;

  /// Called on the consumer's own threads, several at once; messages of one queue may overtake each
  /// other. An exception counts as retry_later().
  MessageListener on_message;
  std::size_t threads = 8;  ///< 1–1000

  int pull_batch_size = 32;                        ///< messages asked for at once, 1–1024
  std::chrono::milliseconds poll_timeout{15'000};  ///< how long the broker may hold a pull
  int reconsume_times_max = 16;  ///< given back this often, a message goes to the dead letters

  // Pulling a queue pauses while one of these is exceeded: what has been pulled and not consumed.
  std::size_t queue_messages_max = 1000;
  std::size_t queue_bytes_max = 100 * 1024 * 1024;
  std::int64_t queue_offset_span_max = 2000;  ///< newest minus oldest offset in hand

  /// A compressed body that would grow beyond this goes to the dead letters unread, and so does one
  /// that cannot be unpacked.
  std::size_t message_bytes_max = 64 * 1024 * 1024;
};

/// What close() could not finish.
struct CloseReport {
  std::size_t unfinished_messages = 0;    ///< pulled, not consumed: the group gets them again
  std::vector<MessageQueue> uncommitted;  ///< queues whose offset could not be stored
  bool clean() const { return unfinished_messages == 0 && uncommitted.empty(); }
};

struct PushConsumerStatistics {
  std::size_t consumed = 0;          ///< listener said ok
  std::size_t given_back = 0;        ///< retry or dead letters, accepted by the broker
  std::vector<MessageQueue> queues;  ///< held now
};

/// Consumes as a member of a group: the group's members share the queues of its topics, each
/// message goes to one of them, at least once. Made by Client::create_push_consumer(), consuming
/// from then on; a move-only handle. Destroying it is close() with its default deadline.
///
/// | what                    | on which thread                                  |
/// |-------------------------|--------------------------------------------------|
/// | on_message              | one of `threads` of this consumer                |
/// | pulls, heartbeats, acks | the client's loop thread, never user code        |
/// | close(), statistics()   | the caller's; close() also from inside a listener (it then does not
/// |                         | wait for the message whose listener called it)   |
class PushConsumer {
 public:
  PushConsumer(PushConsumer&&) noexcept;
  PushConsumer& operator=(PushConsumer&&) noexcept;
  ~PushConsumer();

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
