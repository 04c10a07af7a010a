#include "client/rebalance.h"

#include <algorithm>
#include <iterator>

namespace rocketmq::client {

std::vector<MessageQueue> allocate_averagely(std::vector<MessageQueue> queues,
                                             std::vector<std::string> members,
                                             std::string_view self) {
  std::sort(queues.begin(), queues.end());
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  const auto me = std::lower_bound(members.begin(), members.end(), self);
  if (me == members.end() || *me != self) return {};

  //   8 queues, 3 members:  0 1 2 | 3 4 5 | 6 7      share 2, the first 8 % 3 = 2 get one more
  const auto index = static_cast<std::size_t>(me - members.begin());
  const std::size_t share = queues.size() / members.size();
  const std::size_t one_more = queues.size() % members.size();
  const std::size_t first = index * share + std::min(index, one_more);
  const std::size_t count = share + (index < one_more ? 1 : 0);

  const auto begin = queues.begin() + static_cast<std::ptrdiff_t>(first);
  return {std::make_move_iterator(begin),
          std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(count))};
}

QueueChanges changes_between(const std::set<MessageQueue>& held,
                             const std::vector<MessageQueue>& wanted) {
  const std::set<MessageQueue> target(wanted.begin(), wanted.end());
  QueueChanges changes;
  std::set_difference(held.begin(), held.end(), target.begin(), target.end(),
                      std::back_inserter(changes.dropped));
  std::set_difference(target.begin(), target.end(), held.begin(), held.end(),
                      std::back_inserter(changes.added));
  return changes;
}

}  // namespace rocketmq::client
