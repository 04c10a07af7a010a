#pragma once

#include <rocketmq/simple_consumer.h>

#include <map>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/pop_client.h"
#include "client/pop_turns.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// The part of a simple consumer that lives on the loop: what it is subscribed to, and where it
// looks for messages. It is no member of its group: brokers learn of it by its pops.
class SimpleReceiver {
 public:
  // `core` outlives it. In order a queue gives no more before all that it gave is acknowledged.
  SimpleReceiver(Client::Core& core, const SimpleConsumerOptions& options,
                 bool is_in_order = false);
  ~SimpleReceiver();
  SimpleReceiver(const SimpleReceiver&) = delete;
  SimpleReceiver& operator=(const SimpleReceiver&) = delete;

  void subscribe(protocol::SubscriptionData subscription);
  void unsubscribe(const std::string& topic);

  // Messages of one topic from one broker, or none when there are none in time. Looks everywhere,
  // without waiting, then lets one broker after the other hold a pop for a while. An error only
  // where every place has one.
  net::Task<Result<std::vector<MessageView>>> receive(ReceiveOptions options);
  PopClient& pops() { return pops_; }

 private:
  using Messages = std::vector<MessageView>;

  net::Task<Result<std::vector<MessageQueue>>> places();
  // Those that did not fail stay in `places`.
  net::Task<Result<Messages>> look_everywhere(std::vector<MessageQueue>& places,
                                              ReceiveOptions options, net::TimePoint last);
  net::Task<Result<Messages>> pop(MessageQueue from, ReceiveOptions options, net::Duration wait,
                                  net::Duration margin);

  Client::Core& core_;
  const std::int32_t init_mode_;
  const bool is_in_order_;
  std::map<std::string, protocol::SubscriptionData> subscriptions_;  // by topic
  PopTurns turns_;
  PopClient pops_;
};

}  // namespace rocketmq::client
