#include "client/pull_member.h"

#include <memory>
#include <utility>

namespace rocketmq::client {
namespace {

protocol::ConsumeFromWhere consume_from(StartAt start_at) {
  switch (start_at.kind()) {
    case StartAt::Kind::earliest:
      return protocol::ConsumeFromWhere::first_offset;
    case StartAt::Kind::time:
      return protocol::ConsumeFromWhere::timestamp;
    case StartAt::Kind::latest:
      break;
  }
  return protocol::ConsumeFromWhere::last_offset;
}

}  // namespace

PullMember::PullMember(Client::Core& core, const PullConsumerOptions& options,
                       std::vector<protocol::SubscriptionData> subscriptions, QueueReader& reader,
                       QueuesChanged on_changed)
    : core_(core),
      group_(options.group),
      start_at_(options.start_at),
      reader_(reader),
      on_changed_(std::move(on_changed)),
      rebalancer_(core, options.group,
                  std::make_unique<SharedQueues>(core, options.group, options.allocation), *this) {
  for (auto& subscription : subscriptions) rebalancer_.subscribe(std::move(subscription));
}

Result<void> PullMember::join() { return rebalancer_.join(*this); }

net::Task<Result<void>> PullMember::reading(net::Duration timeout) {
  const net::TimePoint end = core_.loop().now() + timeout;
  while (!rebalancer_.had_a_round() || !reader_.knows_positions()) {
    if (core_.loop().now() >= end) co_return Error{Errc::timeout, "not known yet where to begin"};
    co_await reader_.wait_for_change(end);
  }
  co_return core_.groups().admitted();
}

protocol::ConsumerData PullMember::heartbeat_data() const {
  protocol::ConsumerData data;
  data.group_name = group_;
  data.consume_type = protocol::ConsumeType::consume_actively;
  data.consume_from_where = consume_from(start_at_);
  data.subscription_data_set = rebalancer_.subscription_data();
  return data;
}

std::set<AssignedQueue> PullMember::held_queues(const std::string& topic) const {
  std::set<AssignedQueue> held;
  for (const MessageQueue& queue : reader_.queues_of(topic)) held.insert({queue});
  return held;
}

net::Task<bool> PullMember::take_round(QueueRound round) {
  if (!round.changes_something()) co_return true;
  std::vector<MessageQueue> dropped;
  for (const AssignedQueue& each : round.dropped) dropped.push_back(each.queue);
  const auto& subscription = rebalancer_.subscriptions().at(round.topic);
  for (const AssignedQueue& each : round.added) reader_.add(each.queue, subscription);
  co_await reader_.drop(std::move(dropped));
  if (on_changed_) {
    const auto queues = reader_.queues_of(round.topic);
    on_changed_(round.topic, {queues.begin(), queues.end()});
  }
  co_return true;
}

}  // namespace rocketmq::client
