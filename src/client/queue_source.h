#pragma once

#include <rocketmq/allocation.h>
#include <rocketmq/push_consumer.h>

#include <string>
#include <vector>

#include "client/core.h"

namespace rocketmq::client {

// A queue that is ours to consume, and how.
struct AssignedQueue {
  MessageQueue queue;
  ConsumeMode mode = ConsumeMode::pull;

  friend bool operator==(const AssignedQueue& a, const AssignedQueue& b) {
    return a.mode == b.mode && a.queue == b.queue;
  }
  friend bool operator<(const AssignedQueue& a, const AssignedQueue& b) {
    return a.queue < b.queue || (a.queue == b.queue && a.mode < b.mode);
  }
};

// Who says which queues of a topic are ours. Belongs to the loop.
class QueueSource {
 public:
  virtual ~QueueSource() = default;
  // All that are ours, in any order. On an error what we have stays ours.
  virtual net::Task<Result<std::vector<AssignedQueue>>> queues_of(RoutePtr route) = 0;
};

// The members of the group share the queues. There is no coordinator: each asks a broker who is in
// the group and computes its own part, and all must come to the same end. Java: RebalanceImpl.
class SharedQueues final : public QueueSource {
 public:
  // `core` outlives it.
  SharedQueues(Client::Core& core, std::string group, AllocationStrategy strategy)
      : core_(core), group_(std::move(group)), strategy_(std::move(strategy)) {}
  net::Task<Result<std::vector<AssignedQueue>>> queues_of(RoutePtr route) override;

 private:
  using Members = std::vector<std::string>;  // client ids

  net::Task<Result<Members>> members(RoutePtr route);
  net::Task<Result<Members>> ask_for_members(RoutePtr route);
  bool is_among(const Members& members) const;

  Client::Core& core_;
  const std::string group_;
  const AllocationStrategy strategy_;
};

// Broadcasting: every member has every queue.
class AllQueues final : public QueueSource {
 public:
  net::Task<Result<std::vector<AssignedQueue>>> queues_of(RoutePtr route) override;
};

}  // namespace rocketmq::client
