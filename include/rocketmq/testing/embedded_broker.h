#pragma once

#include <rocketmq/message.h>
#include <rocketmq/request_code.h>
#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rocketmq::testing {

struct EmbeddedBrokerOptions {
  std::string store;  ///< a directory, kept; empty: in memory
  /// Further settings, by the names of stock's broker.conf; refused where they have no effect here.
  std::vector<std::pair<std::string, std::string>> settings;
};

/// A broker and a name server in this process, on a thread of their own: broker-lite itself, with
/// the same store, on loopback ports that were free. For tests of programs that use the SDK. Link
/// rocketmq::embedded_broker. Safe to use from several threads.
class EmbeddedBroker {
 public:
  /// Throws Exception when it cannot start.
  explicit EmbeddedBroker(EmbeddedBrokerOptions options = {});
  EmbeddedBroker(EmbeddedBroker&&) noexcept;
  EmbeddedBroker& operator=(EmbeddedBroker&&) noexcept;
  ~EmbeddedBroker();

  const std::string& name_server() const;  ///< "127.0.0.1:…", for ClientOptions::name_servers
  const std::string& address() const;      ///< of the broker

  /// Stops it, connections break; start() again on the same ports with what was stored. Errors of
  /// start(): io_error when a port has been taken meanwhile.
  void stop();
  Result<void> start();

  Result<void> create_topic(const std::string& topic, int queues = 8);
  /// Everything a topic holds, by queue, then offset; nothing while it is stopped.
  std::vector<MessageView> messages(const std::string& topic) const;

  // ---- faults. Those of a request apply to the broker's and the name server's alike. send_message
  // stands for send_message_v2 too: a producer may use either.

  /// The next `times` requests of this kind are answered with this code and not carried out.
  void fail_next(RequestCode request, int times, ResponseCode code, std::string remark = "");
  /// The next ones are carried out, and their answer is never sent.
  void lose_next_answers(RequestCode request, int times);
  /// Answers of this kind are held back for so long, from now on. 0: not any more.
  void delay(RequestCode request, std::chrono::milliseconds time);
  /// Each of the next connections' requests of this kind breaks its connection, carried out or not.
  void drop_connection_at_next(RequestCode request, int times);
  /// All connections of clients break, once.
  void drop_connections();
  /// Connections are accepted, or refused. Throws Exception when a port cannot be had again.
  void accept_connections(bool yes);
  /// Sends are refused, as when the disk is full; false: not any more.
  void fill_disk(bool full);
  void clear_faults();

  /// How many requests of this kind have come, answered or not.
  std::size_t requests(RequestCode request) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::testing
