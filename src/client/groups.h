#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/log.h"
#include "client/route_table.h"
#include "net/channel_pool.h"
#include "net/loop.h"
#include "net/router.h"
#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/client_session.h"

namespace rocketmq::client {

// A consumer as its client knows it. Called on the loop; must not remove itself from inside.
class ConsumerMember {
 public:
  // What heartbeats say about it: asked for anew for each.
  virtual protocol::ConsumerData heartbeat_data() const = 0;
  // The group may have other members now, or a broker may have lost track of it: rebalance soon.
  virtual void members_changed() = 0;

  // What brokers ask of it, often for a tool. Errors are the answer.
  // Continue at these offsets; those of other topics than the request's mean nothing.
  virtual Result<void> reset_offsets(const protocol::ResetConsumerClientOffset& request,
                                     const protocol::ResetOffsetBody& offsets);
  // In message_queue_table: how far it has consumed the request's topic.
  virtual Result<protocol::GetConsumerStatusBody> consumer_status(
      const protocol::GetConsumerStatusFromClient& request);
  virtual Result<protocol::ConsumerRunningInfo> running_info(
      const protocol::GetConsumerRunningInfo& request);
  // Gives the message in the call's body to the listener, and answers with what that said.
  virtual void consume_directly(net::Call<protocol::ConsumeMessageDirectly> call);

 protected:
  ~ConsumerMember() = default;
};

struct GroupsOptions {
  std::string client_id;
  net::Duration heartbeat_interval = std::chrono::seconds(30);
  net::Duration request_timeout = std::chrono::seconds(3);
};

// The groups this client is in, and the heartbeats that say so to every broker of the known routes:
// masters only, slaves too once there is a consumer. Belongs to the loop. Java:
// MQClientInstance.sendHeartbeatToAllBrokerWithLock.
class Groups {
 public:
  Groups(net::Loop& loop, const GroupsOptions& options, net::ChannelPool& pool,
         const RouteTable& routes, std::function<net::Duration(net::Duration)> jitter,
         const Log& log);

  // A group may have several producers, but one consumer: a second one is invalid_argument. A
  // heartbeat follows at once. `member` stays until it is removed.
  void add_producer(const std::string& group);
  Result<void> add_consumer(const std::string& group, ConsumerMember& member);

  // Out of the heartbeats, and told to every broker (UNREGISTER_CLIENT), within `timeout`. The
  // consumer is not called any more from the first step on.
  net::Task<> remove_producer(std::string group, net::Duration timeout);
  net::Task<> remove_consumer(std::string group, net::Duration timeout);

  // A round that begins after this call; returns when every broker has answered or has failed to.
  // Rounds do not overlap: one that runs is waited for, and one more serves all who ask meanwhile.
  net::Task<> heartbeat();
  void heartbeat_soon();  // the same, in the background; the next turn of the loop

  // What a broker denied at the last heartbeat: us, or one of the groups. As long as it does,
  // nobody here is a member there.
  Result<void> admitted() const;

  // No heartbeat by itself any more: the end of the client has begun.
  void stop() { beating_again_.cancel(); }

  // Called by who owns us: request 40 came; a channel opened.
  void members_changed(std::string_view group);
  ConsumerMember* consumer(std::string_view group) const;  // nullptr: none of this group
  void channel_opened(const std::string& address);

 private:
  // Work at many brokers at once, and the moment when the last one is done.
  struct AtOnce {
    explicit AtOnce(std::size_t count) : left(count) {
      if (left == 0) done.set();
    }
    void one_done() {
      if (--left == 0) done.set();
    }
    std::size_t left;
    net::Event done;
  };

  net::Task<> beat_again_and_again();
  net::Task<> run_rounds();
  net::Task<> beat_all();
  net::Task<> beat(std::string address, std::shared_ptr<const std::string> body,
                   std::shared_ptr<AtOnce> round);
  void beat_failed(const std::string& address, Error error);
  net::Task<> beat_after_reconnect(std::string address);
  net::Task<> unregister(protocol::UnregisterClient request, net::Duration timeout);
  net::Task<> unregister_at(std::string address, protocol::UnregisterClient request,
                            net::Duration timeout, std::shared_ptr<AtOnce> round);
  void want_round();
  std::vector<std::string> audience() const;
  std::shared_ptr<const std::string> heartbeat_body() const;
  bool has_groups() const { return !producers_.empty() || !consumers_.empty(); }

  net::Loop& loop_;
  const GroupsOptions options_;
  net::ChannelPool& pool_;
  const RouteTable& routes_;
  const std::function<net::Duration(net::Duration)> jitter_;
  const Log& log_;
  std::map<std::string, int, std::less<>> producers_;  // and how many producers are in it
  std::map<std::string, ConsumerMember*, std::less<>> consumers_;
  std::set<std::string> beating_;              // addresses that a heartbeat is on its way to
  std::map<std::string, Error> failed_beats_;  // addresses whose last one failed

  std::shared_ptr<net::Event> next_round_;  // there is one when somebody waits for it
  bool is_round_running_ = false;
  net::TaskSet tasks_;
  net::Task<> beating_again_;
};

}  // namespace rocketmq::client
