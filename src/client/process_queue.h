#pragma once

#include <rocketmq/message.h>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace rocketmq::client {

// When to stop pulling a queue for a while. Java: pullThresholdForQueue and its kin.
struct FlowLimits {
  std::size_t messages_max = 1000;
  std::size_t bytes_max = 100 * 1024 * 1024;
  std::int64_t offset_span_max = 2000;
};

// The messages of one queue that were pulled and are not done with, and what follows from them:
// where to pull next, whether to pull at all, and up to where the group's offset may be stored.
// Java: ProcessQueue.
//
//     offset   40   41   42   43   44   45   46
//              done done  in  done  in  done        safe_offset() = 42, next_offset() = 46
//
// The safe offset never passes a message that is in hand. Messages the group does not want are
// never in hand, so they hold nothing up.
class ProcessQueue {
 public:
  // Names a message in hand. Never used twice in one ProcessQueue, unlike offsets, which come again
  // when an operator moves the group back.
  using Ticket = std::uint64_t;

  ProcessQueue(std::int64_t start_offset, const FlowLimits& limits)
      : limits_(limits), next_offset_(start_offset) {}

  // A message has been pulled. `offset` is not below next_offset(), which moves behind it.
  Ticket add(std::int64_t offset, std::size_t bytes);
  // What lies before `offset` has been pulled or is not wanted. Never moves back.
  void advance_to(std::int64_t offset);
  // The queue goes on at `offset`, before or behind: the broker says so. What is in hand from there
  // on will come again and is forgotten; what lies before stays in hand.
  void move_to(std::int64_t offset);

  // The message is done with. False when it is not in hand (any more): its result counts nothing.
  // Amortised O(log n).
  bool remove(Ticket ticket);
  bool contains(Ticket ticket) const { return find(ticket) != entries_.end(); }

  std::int64_t next_offset() const { return next_offset_; }
  std::int64_t safe_offset() const {
    return entries_.empty() ? next_offset_ : entries_.front().offset;
  }
  // Of the newest message in hand; next_offset() - 1 where there is none.
  std::int64_t last_offset() const {
    return entries_.empty() ? next_offset_ - 1 : entries_.back().offset;
  }
  bool is_full() const;
  void set_limits(const FlowLimits& limits) { limits_ = limits; }

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return bytes_; }

 private:
  // In order of both ticket and offset. Those done with stay until all before them are gone, so the
  // first is always in hand, and so is the last.
  struct Entry {
    Ticket ticket;
    std::int64_t offset;
    std::size_t bytes;
    bool is_done = false;
  };
  using Entries = std::deque<Entry>;

  Entries::const_iterator find(Ticket ticket) const;
  void forget_done_ends();

  FlowLimits limits_;
  Entries entries_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  std::int64_t next_offset_;
  Ticket next_ticket_ = 0;
};

struct MessageInHand {
  MessageView message;
  ProcessQueue::Ticket ticket;
};

}  // namespace rocketmq::client
