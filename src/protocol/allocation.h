#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

// How the queues of a topic, sorted, are shared out among the members of a group, sorted: each
// member does it for itself, or the broker for all of them. `index`: of the member, below
// `members`.

namespace rocketmq::protocol {

// 8 queues, 3 members:  0 1 2 | 3 4 5 | 6 7      share 2, the first 8 % 3 = 2 get one more
// Java: AllocateMessageQueueAveragely, "AVG".
template <class Queue>
std::vector<Queue> averagely(std::span<const Queue> queues, std::size_t members,
                             std::size_t index) {
  const std::size_t share = queues.size() / members;
  const std::size_t one_more = queues.size() % members;
  const std::span<const Queue> part =
      queues.subspan(index * share + std::min(index, one_more), share + (index < one_more ? 1 : 0));
  return {part.begin(), part.end()};
}

// 8 queues, 3 members:  0 3 6 | 1 4 7 | 2 5
// Java: AllocateMessageQueueAveragelyByCircle, "AVG_BY_CIRCLE".
template <class Queue>
std::vector<Queue> by_circle(std::span<const Queue> queues, std::size_t members,
                             std::size_t index) {
  std::vector<Queue> part;
  for (std::size_t i = index; i < queues.size(); i += members) part.push_back(queues[i]);
  return part;
}

}  // namespace rocketmq::protocol
