#pragma once

#include <rocketmq/push_consumer.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/pop_client.h"
#include "client/pop_dispatch.h"
#include "client/pop_loop.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// The part of a push consumer that pops instead of pulling: a loop for each queue assigned to be
// popped. Belongs to the loop.
class PopQueues {
 public:
  // The references outlive it. `group` is as on the wire.
  PopQueues(Client::Core& core, const PushConsumerOptions& options, const std::string& group,
            ListenerCalls& calls, PopDispatcher::ToDeadLetters to_dead_letters);

  // Not held yet. `subscription` outlives the time until it is dropped.
  void add(const MessageQueue& queue, const protocol::SubscriptionData& subscription,
           bool is_paused);
  void drop(const MessageQueue& queue) { loops_.erase(queue); }
  std::set<MessageQueue> of_topic(const std::string& topic) const;
  void apply_pauses(const std::function<bool(const std::string& topic)>& is_paused);

  // Nothing is popped from now on.
  void stop();
  // Returns once nothing is being said to brokers about messages.
  net::Task<Result<void>> settled() { return dispatcher_.settled(); }
  std::size_t unacknowledged() const;
  const PopDispatchStatistics& statistics() const { return dispatcher_.statistics(); }
  // Those held now.
  void add_queues_to(PushConsumerStatistics& statistics) const;

 private:
  Client::Core& core_;
  PopClient pops_;
  PopDispatcher dispatcher_;
  const PopLoop::Shared shared_;
  std::map<MessageQueue, std::unique_ptr<PopLoop>> loops_;
};

}  // namespace rocketmq::client
