#pragma once

#include <rocketmq/message.h>
#include <rocketmq/subscription.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/queue_reader.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// Told of a topic whose queues are others now.
using QueuesChanged =
    std::function<void(const std::string& topic, const std::vector<MessageQueue>& queues)>;

// The queues that a program has chosen by itself, and their topics' filters. Belongs to the loop.
//
// Such a consumer is not announced to brokers as a member of its group, unlike in Java: the members
// would leave a share of the queues to it that it does not read, and its heartbeats, which name no
// topics, would take their subscriptions away. Its pulls carry all that a broker needs to know.
class Assignment {
 public:
  // All references outlive it. `on_changed` may be empty.
  Assignment(Client::Core& core, QueueReader& reader, QueuesChanged on_changed);
  ~Assignment() { leave(); }
  Assignment(const Assignment&) = delete;
  Assignment& operator=(const Assignment&) = delete;

  Result<void> set_filter(const Subscription& subscription);
  // Returns once it is known where to begin, or after a while.
  net::Task<Result<void>> assign(std::vector<MessageQueue> queues);
  // Its routes are not kept any more, nothing is told.
  void leave();

 private:
  Result<void> know(const std::string& topic);  // its filter, its route
  void forget_unused_topics();
  void route_changed(const Route& route);

  Client::Core& core_;
  QueueReader& reader_;
  const QueuesChanged on_changed_;
  // Of the topics assigned, and of those to be. Readers refer to these.
  std::map<std::string, protocol::SubscriptionData> subscriptions_;
  // Of the topics assigned: all queues there are; none while that is not known.
  std::map<std::string, std::vector<MessageQueue>> topics_;
  int route_listener_ = 0;
};

}  // namespace rocketmq::client
