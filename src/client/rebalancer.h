#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/queue_source.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// What a round found out about one topic.
struct QueueRound {
  std::string topic;
  std::vector<MessageQueue> all;       // the topic's
  std::vector<AssignedQueue> wanted;   // of these, ours from now on
  std::vector<AssignedQueue> dropped;  // held, and no longer ours
  std::vector<AssignedQueue> added;    // ours, and not held yet
  bool changes_something() const { return !dropped.empty() || !added.empty(); }
};

// Who holds the queues. Called on the loop.
class QueueOwner {
 public:
  virtual std::set<AssignedQueue> held_queues(const std::string& topic) const = 0;
  // A topic's part of a round, whether it changes anything or not. What is dropped is given up when
  // this returns. False: a queue could not be taken, so that there is to be another round soon.
  virtual net::Task<bool> take_round(QueueRound round) = 0;
  // Every topic has had its turn, the failed ones too.
  virtual void round_ended() {}

 protected:
  ~QueueOwner() = default;
};

// The membership of a consumer in its group, whatever kind it is: announces it, keeps the routes of
// its topics, and finds out again and again which queues are its own: every rebalance_interval,
// when the group or a route has changed, and soon after a round that failed. What is held stays
// held where a round fails. Any number of reasons for a round make one. Belongs to the loop. Java:
// RebalanceService, RebalanceImpl.
class Rebalancer {
 public:
  using Subscriptions = std::map<std::string, protocol::SubscriptionData>;  // by topic

  // `core` and `owner` outlive it.
  Rebalancer(Client::Core& core, std::string group, std::unique_ptr<QueueSource> source,
             QueueOwner& owner);
  ~Rebalancer();
  Rebalancer(const Rebalancer&) = delete;
  Rebalancer& operator=(const Rebalancer&) = delete;

  // From now on also this topic, or the same with another filter; before join() and after. The
  // brokers hear of it at once. References to a topic's data stay good until it is unsubscribed.
  void subscribe(protocol::SubscriptionData subscription);
  // The owner has given up its queues. False: it was not subscribed.
  bool unsubscribe(const std::string& topic);
  const Subscriptions& subscriptions() const { return subscriptions_; }
  // The same, as heartbeats want it.
  std::vector<protocol::SubscriptionData> subscription_data() const;

  // Once. Announces `member`, and starts the rounds. Fails where this client has a consumer in the
  // group already.
  Result<void> join(ConsumerMember& member);
  // A round soon; for ConsumerMember::members_changed() and whatever else calls for one.
  void wake();
  bool had_a_round() const { return had_a_round_; }

  // No rounds from now on; still a member.
  void stop();
  // Stops, and leaves the group, told to every broker within `timeout`.
  net::Task<> leave(net::Duration timeout);
  // The same where nobody may wait. So does the destructor.
  void leave_at_once();

 private:
  net::Task<> run();
  net::Task<std::size_t> round();
  net::Task<bool> round_of(std::string topic);
  std::vector<std::string> topics() const;
  bool leave_routes();  // false: had not joined, or has left

  Client::Core& core_;
  const std::string group_;
  const std::unique_ptr<QueueSource> source_;
  QueueOwner& owner_;
  Subscriptions subscriptions_;
  int route_listener_ = 0;  // 0: not joined
  bool had_a_round_ = false;
  net::Event wake_;
  std::unique_ptr<net::Timer> wake_timer_;   // sets wake_, away from who calls wake()
  std::unique_ptr<net::Timer> round_timer_;  // sets wake_ when the next round is due
  net::Task<> running_;
};

}  // namespace rocketmq::client
