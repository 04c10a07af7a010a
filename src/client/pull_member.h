#pragma once

#include <rocketmq/pull_consumer.h>

#include <set>
#include <string>
#include <vector>

#include "client/assignment.h"
#include "client/core.h"
#include "client/groups.h"
#include "client/queue_reader.h"
#include "client/rebalancer.h"

namespace rocketmq::client {

// A pull consumer that shares its topics' queues with the rest of its group: the reader reads those
// that are ours. Belongs to the loop. Java: RebalanceLitePullImpl.
class PullMember final : ConsumerMember, QueueOwner {
 public:
  // All references outlive it. `on_changed` may be empty.
  PullMember(Client::Core& core, const PullConsumerOptions& options,
             std::vector<protocol::SubscriptionData> subscriptions, QueueReader& reader,
             QueuesChanged on_changed);

  // Once. Fails where this client has a consumer in the group already.
  Result<void> join();
  // Returns when the first round has found our queues, and each where to begin. Errors: timeout;
  // what a broker denied us.
  net::Task<Result<void>> reading(net::Duration timeout);
  void stop() { rebalancer_.stop(); }
  net::Task<> leave(net::Duration timeout) { return rebalancer_.leave(timeout); }
  void leave_at_once() { rebalancer_.leave_at_once(); }

  protocol::ConsumerData heartbeat_data() const override;
  void members_changed() override { rebalancer_.wake(); }

 private:
  std::set<AssignedQueue> held_queues(const std::string& topic) const override;
  net::Task<bool> take_round(QueueRound round) override;
  void round_ended() override { reader_.tell_changed(); }

  Client::Core& core_;
  const std::string group_;
  const StartAt start_at_;
  QueueReader& reader_;
  const QueuesChanged on_changed_;
  Rebalancer rebalancer_;
};

}  // namespace rocketmq::client
