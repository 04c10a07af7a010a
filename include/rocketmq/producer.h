#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <string>

namespace rocketmq {

enum class Compression { none, zlib, lz4, zstd };

struct ProducerOptions {
  std::string group;  ///< required; at most 120 of [%|a-zA-Z0-9_-]

  std::chrono::milliseconds send_timeout{3000};  ///< of a whole send, all attempts together
  /// Attempts of one send, the first included; each goes to another broker if there is one. Only
  /// what another broker may do better is tried again (is_retryable()). 1–100.
  int attempts_max = 3;

  std::size_t message_bytes_max = 4 * 1024 * 1024;  ///< a larger body is refused before it is sent
  Compression compression = Compression::zlib;      ///< 4.9.3 and older consumers read zlib only
  std::size_t compress_from_bytes = 4096;           ///< bodies at least this long are compressed
  int compression_level = 5;

  /// Sends that are not finished: without an answer, or with a callback that has not returned. One
  /// more is refused with Errc::overloaded.
  std::size_t pending_sends_max = 10'000;
  /// Bodies of sends without an answer; not less than message_bytes_max.
  std::size_t pending_bytes_max = 64 * 1024 * 1024;

  int new_topic_queues = 4;  ///< asked for when the broker creates the topic on first use
};

using SendCallback = std::function<void(Result<SendReceipt>)>;

/// Sends messages. Made by Client::create_producer(); a move-only handle, safe to use from several
/// threads at once. Destroying it is close() with its default deadline.
///
/// Every send ends, within send_timeout, in a receipt, or in an Error whose `outcome` says whether
/// the message may have been stored all the same.
class Producer {
 public:
  Producer(Producer&&) noexcept;
  Producer& operator=(Producer&&) noexcept;
  ~Producer();

  /// Waits for the broker's answer. In a callback on the client's own threads this works, except on
  /// an Executor that runs tasks on the loop thread: Errc::would_deadlock.
  Result<SendReceipt> send(const Message& message);

  /// Returns at once. `done` is called exactly once, on the callback executor, never from inside
  /// this call; also when the message is refused, and with Errc::client_closed at close(). An
  /// exception that leaves it is logged.
  void send_async(const Message& message, SendCallback done);
  std::future<Result<SendReceipt>> send_future(const Message& message);

  /// Hands the message to the connection and asks for no answer. The Result says only whether it
  /// was accepted for sending; it is never sent twice.
  Result<void> send_oneway(const Message& message);

  /// Refuses further sends, waits for those under way until the deadline, and leaves the group.
  /// The error says how many were unfinished; their callbacks have run, unless one of them takes
  /// longer than the deadline and a second. A second close() returns at once. In a callback it does
  /// not wait for that callback; on the client's loop thread (an Executor that runs tasks there) it
  /// waits for nothing.
  Result<void> close(std::chrono::milliseconds deadline = std::chrono::seconds(3));

  class Impl;
  explicit Producer(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace rocketmq
