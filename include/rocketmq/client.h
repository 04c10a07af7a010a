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
/// the heartbeats. Two Clients share nothing, and there is nothing global.
///
/// Handles it makes may outlive it: they keep what they need. Threads of a client: the loop,
/// callback_threads, and `threads` of each push consumer; and while a host name is being looked up,
/// one for that. They end when the client and its last handle are gone.
class Client {
 public:
  /// Never fails and never waits; what is wrong with the options is said by the create_ functions.
  explicit Client(ClientOptions options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// Errc::invalid_argument for options that cannot be used (the message says which and why),
  /// Errc::no_name_server when there is no address to ask.
  /// Errc::forked in a child process: a client belongs to the process that made it; there every
  /// call of it and of its handles fails with that, and destroying them does nothing.
  Result<Producer> create_producer(ProducerOptions options);
  Result<TransactionProducer> create_transaction_producer(ProducerOptions options,
                                                          TransactionChecker checker);
  Result<PushConsumer> create_push_consumer(PushConsumerOptions options);
  Result<PullConsumer> create_pull_consumer(PullConsumerOptions options);
  Result<SimpleConsumer> create_simple_consumer(SimpleConsumerOptions options);
  Result<Admin> create_admin();

  /// The queues of a topic that can be read. Errors: no_route, no_name_server, timeout.
  Result<std::vector<MessageQueue>> queues(const std::string& topic);

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
