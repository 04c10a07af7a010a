#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/groups.h"
#include "client/message_sink.h"
#include "client/offset_store.h"
#include "client/pull_loop.h"
#include "client/queue_locks.h"
#include "client/rebalancer.h"
#include "client/send_back.h"
#include "net/task_set.h"
#include "proxy/http/gateway.h"
#include "proxy/http/lease_table.h"
#include "proxy/http/wanted.h"

namespace rocketmq::gateway {

// The gateway as a member of a group that brokers without POP serve: pulls the queues that are its
// own, as a push consumer does, and lends their messages out instead of handing them to a listener.
// Belongs to the loop.
class LeaseMember final : client::ConsumerMember, client::QueueOwner, client::MessageSink {
 public:
  using Messages = std::vector<MessageView>;
  using milliseconds = std::chrono::milliseconds;

  // `core` and `options` outlive it. `group`: as it is on the wire.
  LeaseMember(Client::Core& core, const LeaseOptions& options, std::string group);
  ~LeaseMember();
  LeaseMember(const LeaseMember&) = delete;
  LeaseMember& operator=(const LeaseMember&) = delete;

  // Once, before anything else.
  Result<void> join();
  // From now on also this topic, which `subscription` has by its wire name. Errors: Slug::conflict
  // where others receive with another filter, or only one of us in order.
  Result<void> take_topic(const Wanted& wanted, protocol::SubscriptionData subscription);
  bool takes(const std::string& topic) const;
  std::size_t topic_count() const { return readings_.size() - 1; }

  // Of a topic that it takes: messages, each with what stands for its loan as checkpoint, or none
  // in time. Errors: what a broker has denied us.
  net::Task<Result<Messages>> receive(std::string topic, ReceiveOptions options,
                                      std::function<bool()> is_gone);

  // By what stands for a loan. Errors: Slug::receipt_expired, and those of a request.
  Result<void> ack(const std::string& topic, const std::string& loan);
  Result<std::string> extend(const std::string& topic, const std::string& loan, milliseconds time);
  net::Task<Result<void>> nack(std::string topic, std::string loan, milliseconds delay);
  net::Task<Result<void>> bury(std::string topic, std::string loan);

  // Now and then: what is due, and how far the group is.
  void look_after();
  // Nobody has asked for anything for a while.
  bool is_idle() const;
  // Tells how far the group is, and leaves it.
  net::Task<> leave();
  // The same where nobody may wait.
  void leave_at_once();

 private:
  // A topic as it is read; %RETRY% of the group too.
  struct Reading {
    Reading(LeaseMember& member, StartAt start_at, bool in_order);

    const bool is_in_order;
    const client::PullOptions options;
    const client::PullLoop::Shared shared;
  };
  // A topic as it is lent out, by the name that peers know.
  struct Lending {
    Lending();

    const std::string lender;
    LeaseTable table;
    net::Event changed;
    std::size_t receivers = 0;    // that wait
    net::TimePoint joined_until;  // so long there may be messages that have not come here yet
  };
  using Loops = std::map<MessageQueue, std::shared_ptr<client::PullLoop>>;

  void members_changed() override { rebalancer_.wake(); }
  protocol::ConsumerData heartbeat_data() const override;
  Result<void> reset_offsets(const protocol::ResetConsumerClientOffset& request,
                             const protocol::ResetOffsetBody& offsets) override;
  std::set<client::AssignedQueue> held_queues(const std::string& topic) const override;
  net::Task<bool> take_round(client::QueueRound round) override;
  void deliver(const std::shared_ptr<client::HeldQueue>& queue,
               std::vector<client::MessageInHand> messages) override;

  void read(protocol::SubscriptionData subscription, StartAt start_at, bool is_in_order);
  void stop_reading(const std::string& wire_topic);
  void begin(client::PullLoop& loop);
  void queue_locked(const MessageQueue& queue, net::TimePoint until, bool is_unbroken);
  void queue_lost(const MessageQueue& queue);
  net::Task<> drop(std::vector<MessageQueue> queues);
  std::vector<client::QueueOffset> give_up_queues();
  void forget_lost();

  Lending& lending(const std::string& topic);
  struct Found {
    Lending* lending = nullptr;  // nullptr: nothing of ours
    LeaseTable::LoanId id = 0;
  };
  Found find(const std::string& topic, const std::string& loan) const;
  net::Task<Result<void>> changed(Lending& lending);
  void pass(Lending& lending);
  static void done(Lending& lending, const HeldMessage& held);
  // Done here once the broker has it; else ready again after a while.
  net::Task<Result<void>> give_back(Lending& lending, HeldMessage held, std::int32_t level);
  net::Task<> bury_failed(Lending& lending, HeldMessage held);

  Client::Core& core_;
  const LeaseOptions& options_;
  const std::string group_;
  client::RemoteOffsetStore offsets_;
  client::SendBack send_back_;
  std::map<std::string, std::unique_ptr<Reading>> readings_;  // by wire name
  std::map<std::string, std::unique_ptr<Lending>> lendings_;
  Loops loops_;
  std::optional<client::QueueLocks> locks_;  // of what is read in order
  net::TimePoint used_at_;
  net::TimePoint save_at_;
  std::size_t giving_back_ = 0;
  net::TaskSet tasks_;
  client::Rebalancer rebalancer_;
};

}  // namespace rocketmq::gateway
