#pragma once

#include <rocketmq/admin.h>
#include <rocketmq/options.h>
#include <rocketmq/producer.h>
#include <rocketmq/push_consumer.h>
#include <rocketmq/result.h>

#include <memory>
#include <string>

namespace rocketmq {

/// What producers and consumers of one process share: one loop thread, the connections, the routes,
/// the heartbeats. Two Clients share nothing, and there is nothing global.
///
/// Handles it makes may outlive it: they keep what they need. Threads of a client: the loop,
/// callback_threads, and `threads` of each push consumer.
class Client {
 public:
  /// Never fails and never waits; what is wrong with the options is said by the create_ functions.
  explicit Client(ClientOptions options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// Errc::invalid_argument for options that cannot be used (the message says which and why),
  /// Errc::no_name_server when there is no address to ask.
  Result<Producer> create_producer(ProducerOptions options);
  Result<PushConsumer> create_push_consumer(PushConsumerOptions options);
  Result<Admin> create_admin();

  const std::string& client_id() const;  ///< "10.0.0.9@4711#…": how brokers list this client

  class Core;

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace rocketmq
