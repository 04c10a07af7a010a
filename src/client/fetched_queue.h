#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "client/process_queue.h"

namespace rocketmq::client {

// The messages of one queue that were fetched ahead and not given out yet, and what follows from
// them: where to fetch next, whether to, and from where on the queue is unread. Messages the group
// does not want count as read once those before them have been given out.
//
//     offset   40     41     42       43       44
//              given  given  fetched  fetched  to be fetched     position() = 42, next_offset() =
//              44
class FetchedQueue {
 public:
  FetchedQueue(std::int64_t start_offset, const FlowLimits& limits)
      : in_hand_(start_offset, limits) {}

  // Where messages are put in hand before they are add()ed.
  ProcessQueue& in_hand() { return in_hand_; }
  // Returns how many are left out, because their bodies cannot be read.
  std::size_t add(std::vector<MessageInHand> messages);
  // The queue goes on at `offset`: the broker says so. What was fetched from there on will come
  // again and is forgotten; what lies before will still be given out.
  void move_to(std::int64_t offset);
  // The next ones, in order; at most so many.
  std::vector<MessageView> take(std::size_t count_max);

  std::int64_t next_offset() const { return in_hand_.next_offset(); }
  std::int64_t position() const { return in_hand_.safe_offset(); }
  bool is_full() const { return in_hand_.is_full(); }
  std::size_t size() const { return waiting_.size(); }

 private:
  ProcessQueue in_hand_;
  std::deque<MessageInHand> waiting_;
};

}  // namespace rocketmq::client
