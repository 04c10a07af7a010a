#pragma once

#include <rocketmq/hooks.h>
#include <rocketmq/message.h>
#include <rocketmq/options.h>
#include <rocketmq/result.h>
#include <rocketmq/span.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocketmq {

enum class Compression { none, zlib, lz4, zstd };

/// Keeps away from brokers that are slow or fail, for a time that grows with how bad they are.
/// Java: LatencyFaultTolerance, MQFaultStrategy.
struct FaultAvoidance {
  bool enabled = false;
  bool probe = false;  ///< asks brokers that failed, every 3 s, whether they are back
};

/// Collects single messages of send() and its kin into batches: of the same topic, tag and
/// wait_for_store, for one queue. Messages that are timed, delayed or half a transaction go alone,
/// and so do those sent with SendOptions. Java: ProduceAccumulator.
struct AutoBatch {
  std::chrono::milliseconds linger{10};           ///< a message waits at most this long, 1–30000
  std::size_t batch_bytes_max = 32 * 1024;        ///< sent once it holds more
  std::size_t held_bytes_max = 32 * 1024 * 1024;  ///< of all batches; more messages go alone
};

struct ProducerOptions {
  std::string group;  ///< required; at most 120 of [%|a-zA-Z0-9_-]

  std::chrono::milliseconds send_timeout{3000};  ///< of a whole send, all attempts together
  /// Attempts of one send, the first included; each goes to another broker if there is one. Only
  /// what another broker may do better is tried again (is_retryable()). 1–100.
  int attempts_max = 3;

  std::size_t message_bytes_max = 4 * 1024 * 1024;  ///< a larger body is refused before it is sent
  Compression compression = Compression::zlib;      ///< 4.9.3 and older consumers read zlib only
  std::size_t compress_from_bytes = 4096;           ///< bodies at least this long are compressed
  int compression_level = 5;                        ///< zlib 0–12, else 0–22

  /// Sends that are not finished: without an answer, or with a callback that has not returned. One
  /// more is refused with Errc::overloaded.
  std::size_t pending_sends_max = 10'000;
  /// Bodies of sends without an answer; not less than message_bytes_max.
  std::size_t pending_bytes_max = 64 * 1024 * 1024;

  /// Where the limits are reached, send calls wait for room, for as long as send_timeout, instead
  /// of failing at once; not on the client's own threads. Java: enableBackpressureForAsyncMode.
  bool wait_when_full = false;

  int new_topic_queues = 4;  ///< asked for when the broker creates the topic on first use; not 0

  /// A message that was stored, but not as safely as the broker is set up to (flush or slave
  /// timeout), is sent again to another broker. Java: retryAnotherBrokerWhenNotStoreOK.
  bool retry_when_not_stored_safely = false;

  FaultAvoidance fault_avoidance;
  std::optional<AutoBatch> auto_batch;

  std::vector<std::shared_ptr<SendHook>> hooks;  ///< called in this order
  /// Sends a record of each send to the trace topic, as stock tools read it (mqadmin
  /// queryMsgTraceById). Empty `topic`: the broker's own, RMQ_SYS_TRACE_TOPIC.
  std::optional<Trace> trace;
};

/// What one call asks for beyond its message. Of `queue` and `choose` at most one; both count more
/// than a sharding key.
struct SendOptions {
  std::optional<MessageQueue> queue;  ///< this queue; never tried again, for the order
  /// Chooses among the topic's queues to write to, sorted as the route has them; returns an index,
  /// taken modulo their number. Called on the thread that runs the loop: must not block. Never
  /// tried again.
  std::function<std::size_t(Span<const MessageQueue> queues)> choose;
  /// Instead of ProducerOptions::send_timeout, at most 24 h. 0: that.
  std::chrono::milliseconds timeout{0};
};

using SendCallback = std::function<void(Result<SendReceipt>)>;
using ReplyCallback = std::function<void(Result<MessageView>)>;

struct ProducerStatistics {
  std::uint64_t sent = 0;         ///< messages stored, as far as a broker said so
  std::uint64_t failed = 0;       ///< ended in an error
  std::uint64_t retried = 0;      ///< attempts after the first
  std::size_t pending = 0;        ///< now; as pending_sends_max counts
  std::size_t pending_bytes = 0;  ///< now; as pending_bytes_max counts
};

/// Sends messages. Made by Client::create_producer(); a move-only handle, safe to use from several
/// threads at once. Destroying it is close() with its default deadline.
///
/// Every send ends, within send_timeout, in a receipt, or in an Error whose `outcome` says whether
/// the message may have been stored all the same. Errors: invalid_argument and too_large (the
/// message), overloaded, no_route, no_name_server, not_connected, timeout, client_closed, forked,
/// and what the broker answers.
class Producer {
 public:
  Producer(Producer&&) noexcept;
  Producer& operator=(Producer&&) noexcept;
  ~Producer();

  /// Waits for the broker's answer. In a callback on the client's own threads this works, except on
  /// an Executor that runs tasks on the loop thread: Errc::would_deadlock.
  Result<SendReceipt> send(const Message& message);
  Result<SendReceipt> send(const Message& message, const SendOptions& options);
  /// To one of the topic's queues, always the same for the same key as long as their number stays
  /// (Java: SelectMessageQueueByHash). Also sets the message's sharding key.
  Result<SendReceipt> send_ordered(const Message& message, std::string_view sharding_key);
  /// To this queue. As every send to a chosen one: once, not tried again.
  Result<SendReceipt> send_to(const MessageQueue& queue, const Message& message);
  /// All in one request, to one queue, stored one after the other: all or none. Of the same topic
  /// and wait_for_store, not delayed or timed; together at most message_bytes_max. The receipt is
  /// the first one's; message_id has all ids, joined by commas, and so has offset_message_id.
  Result<SendReceipt> send_batch(Span<const Message> messages, const SendOptions& options = {});
  Result<SendReceipt> send_batch(const std::vector<Message>& messages);

  /// Returns at once, unless wait_when_full. `done` is called exactly once, on the callback
  /// executor, never from inside this call (but with Errc::forked, for a child has no other
  /// thread); also when the message is refused, and with Errc::client_closed at close(). An
  /// exception that leaves it is logged. The message is copied.
  void send_async(const Message& message, SendCallback done);
  void send_async(const Message& message, const SendOptions& options, SendCallback done);
  void send_batch_async(Span<const Message> messages, const SendOptions& options,
                        SendCallback done);
  std::future<Result<SendReceipt>> send_future(const Message& message,
                                               const SendOptions& options = {});

  /// What <rocketmq/coroutine.h> adds: co_await producer.send(message, use_coroutine).
  template <class Token>
  auto send(const Message& message, Token token) -> decltype(token.send(*this, message)) {
    return token.send(*this, message);
  }
  template <class Token>
  auto send(const Message& message, const SendOptions& options, Token token)
      -> decltype(token.send(*this, message, options)) {
    return token.send(*this, message, options);
  }

  /// Hands the message to the connection and asks for no answer. The Result says only whether it
  /// was accepted for sending; it is never sent twice.
  Result<void> send_oneway(const Message& message, const SendOptions& options = {});

  /// Takes a timed message back before it is due; 5.x brokers with recallMessageEnable only. The
  /// message id. Waits, as send() does. Errors: invalid_argument (the receipt has no
  /// recall_handle), the broker's, those of a send.
  Result<std::string> recall(const SendReceipt& receipt);
  Result<std::string> recall(const std::string& topic, const std::string& recall_handle);

  /// Sends a message and waits for the answer of whoever consumes it: `timeout` counts from the
  /// call, and is more than 0. Errors: those of send(); timeout when nobody answered, then with
  /// Outcome::unknown. `done` is called as by send_async(). Java: DefaultMQProducer.request.
  Result<MessageView> request(const Message& message, std::chrono::milliseconds timeout);
  void request_async(const Message& message, std::chrono::milliseconds timeout, ReplyCallback done);
  template <class Token>
  auto request(const Message& message, std::chrono::milliseconds timeout, Token token)
      -> decltype(token.request(*this, message, timeout)) {
    return token.request(*this, message, timeout);
  }
  /// Answers a consumed message that asks for a reply; waits, as send() does; works inside a
  /// listener. Errors: invalid_argument when it asks for
  /// none, those of send(); system_error when the asker is gone.
  Result<SendReceipt> reply(const MessageView& request, std::string body);

  ProducerStatistics statistics() const;

  /// Refuses further sends, waits for those under way until the deadline, and leaves the group.
  /// The error says how many were unfinished; their callbacks have run, unless one of them takes
  /// longer than the deadline and a second. A second close() waits for the first. In a callback it
  /// does not wait for that callback; on the client's loop thread (an Executor that runs tasks
  /// there) it waits for nothing.
  Result<void> close(std::chrono::milliseconds deadline = std::chrono::seconds(3));

  class Impl;
  explicit Producer(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace rocketmq
