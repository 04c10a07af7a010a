#pragma once

#include <rocketmq/admin.h>
#include <rocketmq/options.h>
#include <rocketmq/producer.h>
#include <rocketmq/pull_consumer.h>
#include <rocketmq/push_consumer.h>
#include <rocketmq/result.h>
#include <rocketmq/simple_consumer.h>
#include <rocketmq/statistics.h>
#include <rocketmq/transaction.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace rocketmq {

/// What producers and consumers of one process share: one loop thread, the connections, the routes,
/// the heartbeats. Two Clients share nothing, and there is nothing global. Safe to use from several
/// threads at once, but for moving and destroying it. A moved-from one may only be destroyed or
/// assigned to; so it is with handles.
///
/// Handles it makes may outlive it: they keep what they need, and destroying it closes none of
/// them. Threads of a client: the loop, callback_threads, and `threads` of each push consumer; and
/// while a host name is being looked up, one for that. They end when the client and its last handle
/// are gone.
class Client {
 public:
  /// Never fails and never waits; what is wrong with the options is said by the create_ functions.
  explicit Client(ClientOptions options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// Errc::invalid_argument for options that cannot be used (the message says which and why),
  /// Errc::no_name_server when there is no address to ask, Errc::client_closed after close().
  /// Servers that cannot be reached are no error; a consumer that is a member of its group waits
  /// for its first queues, at most request_timeout, so that it gets what is sent from then on. A
  /// broker that denies it that, for its credentials or rights, is an error: the broker's own.
  /// Errc::forked in a child process: a client belongs to the process that made it; there every
  /// call of it and of its handles fails with that (callbacks are told so from inside the call),
  /// and destroying them does nothing.
  Result<Producer> create_producer(ProducerOptions options);
  Result<TransactionProducer> create_transaction_producer(ProducerOptions options,
                                                          TransactionChecker checker);
  Result<PushConsumer> create_push_consumer(PushConsumerOptions options);
  Result<PullConsumer> create_pull_consumer(PullConsumerOptions options);
  Result<SimpleConsumer> create_simple_consumer(SimpleConsumerOptions options);
  Result<Admin> create_admin();

  /// The queues of a topic that can be read; asks a name server unless the route is known. Errors:
  /// no_route, no_name_server, not_connected, timeout, client_closed, would_deadlock.
  Result<std::vector<MessageQueue>> queues(const std::string& topic);

  /// Since the client was made. Waits for the loop thread, not for the network.
  ClientStatistics statistics() const;

  /// Closes every handle it has made that is not closed, all at once, then what they share;
  /// whatever the handles' own close() says about unfinished work is in the error. Later use of any
  /// of them is client_closed. A second call returns at once. In a callback it does not wait for
  /// that callback; connections are closed, threads end when the last handle is gone.
  Result<void> close(std::chrono::milliseconds deadline = std::chrono::seconds(10));

  const std::string& client_id() const;  ///< "10.0.0.9@4711#…": how brokers list this client

  class Core;

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace rocketmq
