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
#include "client/rebalance.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// One consumer as a member of its group: announces itself, works out again and again which queues
// are its own, pulls those, stores how far they are consumed, and leaves in good order. Belongs to
// the loop. Java: DefaultMQPushConsumerImpl, RebalanceImpl.
class GroupMember final : ConsumerMember {
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
  void members_changed() override;

 private:
  using Subscriptions = std::map<std::string, protocol::SubscriptionData>;  // by topic
  using Members = std::vector<std::string>;                                 // client ids

  net::Task<> rebalance_again_and_again();
  net::Task<std::size_t> rebalance();
  net::Task<bool> rebalance_topic(std::string topic);
  net::Task<Result<Members>> members(RoutePtr route);
  net::Task<Result<Members>> ask_for_members(RoutePtr route);
  void add(const MessageQueue& queue);
  net::Task<> drop(std::vector<MessageQueue> queues);
  std::set<MessageQueue> held_of(const std::string& topic) const;
  void wake();
  void set_if_consuming();
  net::Task<Result<void>> wait_until_consuming();

  net::Task<> save_again_and_again();
  net::Task<Result<void>> send_back(MessageView message, std::int32_t level);

  void stop_pulling();
  void leave_routes();
  // Marks the queues as no longer ours and says up to where they are done.
  std::vector<QueueOffset> give_up_queues();
  std::size_t unfinished() const;

  Client::Core& core_;
  const std::string group_;
  const StartAt start_at_;
  const std::int32_t reconsume_times_max_;
  const PullOptions pull_options_;
  const Subscriptions subscriptions_;
  OffsetStore offsets_;
  Dispatcher dispatcher_;
  int route_listener_ = 0;
  bool is_closing_ = false;
  CloseReport report_;
  bool had_first_round_ = false;
  net::Event consuming_;
  net::Event closed_;
  net::Event wake_;
  std::unique_ptr<net::Timer> wake_timer_;   // sets wake_, away from who calls members_changed()
  std::unique_ptr<net::Timer> round_timer_;  // sets wake_ when the next round is due
  std::map<MessageQueue, std::unique_ptr<PullLoop>> held_;
  net::Task<> saving_;
  net::Task<> rebalancing_;
};

}  // namespace rocketmq::client
