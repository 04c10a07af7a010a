#pragma once

#include <rocketmq/message.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rocketmq::client {

// Who of a group consumes which queue. There is no coordinator: every member computes this by
// itself, from the same two lists, and all must come to the same end. Hence the sorting.

// The part of `queues` that belongs to the member `self`: neighbouring queues, the first members
// getting one more where it does not come out even. Nothing when `self` is not among `members`,
// which means that the broker does not know us yet. Java: AllocateMessageQueueAveragely ("AVG").
std::vector<MessageQueue> allocate_averagely(std::vector<MessageQueue> queues,
                                             std::vector<std::string> members,
                                             std::string_view self);

struct QueueChanges {
  std::vector<MessageQueue> dropped;
  std::vector<MessageQueue> added;
  bool empty() const { return dropped.empty() && added.empty(); }
};

// How to get from the queues held of one topic to those wanted.
QueueChanges changes_between(const std::set<MessageQueue>& held,
                             const std::vector<MessageQueue>& wanted);

}  // namespace rocketmq::client
