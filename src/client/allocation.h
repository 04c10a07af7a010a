#pragma once

#include <rocketmq/allocation.h>
#include <rocketmq/result.h>

#include <string>
#include <vector>

namespace rocketmq::client {

// Who of a group consumes which queue. There is no coordinator: every member computes this by
// itself, from the same two lists, and all must come to the same end. Hence the sorting.

// The part of `queues`, all of one topic, that is for the member `self`, as the strategy says.
// Nothing when `self` is not among `members`, which means that the broker does not know us yet.
// Queues of other topics that the strategy names (CONFIG may) are left out. Fails with
// invalid_argument where the strategy throws.
Result<std::vector<MessageQueue>> own_part(const AllocationStrategy& strategy, std::string group,
                                           std::string self, std::vector<MessageQueue> queues,
                                           std::vector<std::string> members);

}  // namespace rocketmq::client
