#pragma once

#include <rocketmq/push_consumer.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/dispatch.h"
#include "client/offset_store.h"
#include "client/pop_queues.h"
#include "client/pull_loop.h"
#include "client/queue_locks.h"
#include "client/rebalancer.h"
#include "client/send_back.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// A push consumer as a member of its group: pulls the queues that are its own, stores how far they
// are consumed, and leaves in good order. Belongs to the loop. Java: DefaultMQPushConsumerImpl,
// RebalancePushImpl.
class GroupMember final : ConsumerMember, QueueOwner {
 public:
  // The messages of `subscriptions` go to the listener on the threads behind `run_on_threads`.
  // `core` outlives it. `tracer`: none, where the consumer is not traced.
  GroupMember(Client::Core& core, const PushConsumerOptions& options,
              std::vector<protocol::SubscriptionData> subscriptions,
              ListenerCalls::RunOnThreads run_on_threads, std::shared_ptr<Tracer> tracer = nullptr);
  ~GroupMember();
  GroupMember(const GroupMember&) = delete;
  GroupMember& operator=(const GroupMember&) = delete;

  // Once, before anything else. Fails where this client has a consumer in the group already, and
  // where the file of a broadcast consumer's offsets cannot be read.
  Result<void> join();
  // Returns when the first round has found our queues, and each where to begin. Errors: timeout;
  // what a broker denied us.
  net::Task<Result<void>> consuming(net::Duration timeout);

  // Errors: those of check_subscription().
  net::Task<Result<void>> subscribe(protocol::SubscriptionData subscription);
  net::Task<Result<void>> unsubscribe(std::string topic);
  // Of one topic, or, without one, of all.
  void pause(const std::optional<std::string>& topic);
  void resume(const std::optional<std::string>& topic);

  // A second caller waits for the first one's result. `caller`: the listener call that asks, if
  // any; its message is not waited for.
  net::Task<Result<CloseReport>> close(net::Duration deadline, ListenerCall* caller);
  // Where nobody may wait: what can be said to the brokers at once is said.
  CloseReport close_at_once();

  ListenerCalls& calls() { return dispatcher_->calls(); }
  PushConsumerStatistics statistics() const;

  protocol::ConsumerData heartbeat_data() const override;
  void members_changed() override { rebalancer_.wake(); }
  Result<void> reset_offsets(const protocol::ResetConsumerClientOffset& request,
                             const protocol::ResetOffsetBody& offsets) override;
  Result<protocol::GetConsumerStatusBody> consumer_status(
      const protocol::GetConsumerStatusFromClient& request) override;
  Result<protocol::ConsumerRunningInfo> running_info(
      const protocol::GetConsumerRunningInfo& request) override;
  void consume_directly(net::Call<protocol::ConsumeMessageDirectly> call) override;

 private:
  using Loops = std::map<MessageQueue, std::shared_ptr<PullLoop>>;

  std::unique_ptr<Dispatcher> make_dispatcher(ListenerCalls::RunOnThreads run_on_threads,
                                              std::shared_ptr<Tracer> tracer);
  // Which queues are ours.
  std::set<AssignedQueue> held_queues(const std::string& topic) const override;
  net::Task<bool> take_round(QueueRound round) override;
  void round_ended() override { set_if_consuming(); }
  void add(const MessageQueue& queue);
  net::Task<> drop(std::vector<MessageQueue> queues);
  // Where the broker says how queues are read: the pop retry topic, as needed.
  net::Task<> follow_pop_retries(std::string topic, std::vector<AssignedQueue> queues);
  net::Task<> leave_in_order(std::shared_ptr<PullLoop> loop);
  void set_if_consuming();
  net::Task<Result<void>> wait_until_consuming();
  net::Task<Result<void>> drained();
  net::Duration unsettled_for() const;  // the longest of all its loops

  // What a queue that has begun is to know.
  void queue_started(HeldQueue& held);
  void queue_locked(const MessageQueue& queue, net::TimePoint until, bool is_unbroken);
  void queue_lost(const MessageQueue& queue);
  void share_out_limits(const std::string& topic);
  FlowLimits limits_of(const std::string& topic) const;
  bool is_paused(const std::string& topic) const;
  void apply_pauses();

  net::Task<> save_again_and_again();

  void stop_pulling();
  // Marks the queues as no longer ours and says up to where they are done.
  std::vector<QueueOffset> give_up_queues();
  std::size_t unfinished() const;

  Client::Core& core_;
  const PushConsumerOptions options_;
  const std::string group_;
  const bool is_ordered_;
  const bool is_broadcasting_;
  const PullOptions pull_options_;
  SendBack send_back_;
  const std::unique_ptr<OffsetStore> offsets_;
  const std::int64_t started_at_ms_;
  bool is_in_group_ = false;
  bool is_closing_ = false;
  CloseReport report_;
  bool is_all_paused_ = false;
  std::set<std::string> paused_topics_;
  net::Event consuming_;
  net::Event closed_;
  const std::unique_ptr<Dispatcher> dispatcher_;
  const PullLoop::Shared shared_;
  PopQueues popped_;
  Loops held_;
  // In order: no longer ours, but a listener has still a message, and the broker's lock is kept for
  // that long.
  Loops leaving_;
  std::optional<QueueLocks> locks_;
  net::TaskSet tasks_;
  net::Task<> saving_;
  Rebalancer rebalancer_;
};

}  // namespace rocketmq::client
