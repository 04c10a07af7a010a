#pragma once

#include <rocketmq/push_consumer.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/dispatch.h"
#include "client/offset_store.h"
#include "client/pull_loop.h"
#include "client/rebalancer.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// One push consumer as a member of its group: pulls the queues that are its own, stores how far
// they are consumed, and leaves in good order. Belongs to the loop. Java:
// DefaultMQPushConsumerImpl, RebalancePushImpl.
class GroupMember final : ConsumerMember, QueueOwner {
 public:
  // The messages of `subscriptions` go to options.on_message on the threads behind
  // `run_on_threads`. `core` outlives it.
  GroupMember(Client::Core& core, const PushConsumerOptions& options,
              std::vector<protocol::SubscriptionData> subscriptions,
              Dispatcher::RunOnThreads run_on_threads);
  ~GroupMember();
  GroupMember(const GroupMember&) = delete;
  GroupMember& operator=(const GroupMember&) = delete;

  // Once, before anything else. Fails where this client has a consumer in the group already.
  Result<void> join();
  // Returns when the first round has found our queues, and each where to begin; or timeout.
  net::Task<Result<void>> consuming(net::Duration timeout);

  // A second caller waits for the first one's result. `caller`: the listener call that asks, if
  // any; its message is not waited for.
  net::Task<Result<CloseReport>> close(net::Duration deadline, Dispatcher::ListenerCall* caller);
  // Where nobody may wait: what can be said to the brokers at once is said.
  CloseReport close_at_once();

  Dispatcher& dispatcher() { return dispatcher_; }
  PushConsumerStatistics statistics() const;

  protocol::ConsumerData heartbeat_data() const override;
  void members_changed() override { rebalancer_.wake(); }

 private:
  std::set<AssignedQueue> held_queues(const std::string& topic) const override;
  net::Task<bool> take_round(QueueRound round) override;
  void round_ended() override { set_if_consuming(); }
  void add(const MessageQueue& queue);
  net::Task<> drop(std::vector<AssignedQueue> queues);
  void set_if_consuming();
  net::Task<Result<void>> wait_until_consuming();

  net::Task<> save_again_and_again();
  net::Task<Result<void>> send_back(MessageView message, std::int32_t level);

  void stop_pulling();
  // Marks the queues as no longer ours and says up to where they are done.
  std::vector<QueueOffset> give_up_queues();
  std::size_t unfinished() const;

  Client::Core& core_;
  const std::string group_;
  const StartAt start_at_;
  const std::int32_t reconsume_times_max_;
  const PullOptions pull_options_;
  OffsetStore offsets_;
  Dispatcher dispatcher_;
  bool is_in_group_ = false;
  bool is_closing_ = false;
  CloseReport report_;
  net::Event consuming_;
  net::Event closed_;
  std::map<MessageQueue, std::unique_ptr<PullLoop>> held_;
  net::Task<> saving_;
  Rebalancer rebalancer_;
};

}  // namespace rocketmq::client
