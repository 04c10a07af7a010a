#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/core.h"
#include "client/queue_source.h"

namespace rocketmq::client {

// The consumer pops: every member takes from every broker of a topic, from any of its queues.
// Messages that a group gave back while it pulled are shared out and pulled all the same.
class AnyQueues final : public QueueSource {
 public:
  AnyQueues(Client::Core& core, std::string group, AllocationStrategy strategy)
      : given_back_(core, std::move(group), std::move(strategy)) {}
  net::Task<Result<std::vector<AssignedQueue>>> queues_of(RoutePtr route) override;

 private:
  SharedQueues given_back_;
};

// A broker shares the queues out, and says of each whether it is to be pulled or popped; an
// operator may change that at any time. Java: RebalanceImpl.getRebalanceResultFromBroker.
class BrokerAssignedQueues final : public QueueSource {
 public:
  // `core` outlives it. Of the strategy brokers are told the name.
  BrokerAssignedQueues(Client::Core& core, std::string group, std::string strategy)
      : core_(core), group_(std::move(group)), strategy_(std::move(strategy)) {}
  net::Task<Result<std::vector<AssignedQueue>>> queues_of(RoutePtr route) override;

 private:
  Client::Core& core_;
  const std::string group_;
  const std::string strategy_;
};

// Whether the messages that the group popped and did not acknowledge must be pulled from their own
// topic: where all queues are pulled, nobody pops them any more. Nothing to say where some are
// pulled, or there are none. Java: RebalanceImpl.updateMessageQueueAssignment.
std::optional<bool> must_pull_pop_retries(const std::vector<AssignedQueue>& queues);

}  // namespace rocketmq::client
