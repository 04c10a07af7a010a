#include "client/process_queue.h"

#include <algorithm>
#include <cassert>

namespace rocketmq::client {

ProcessQueue::Ticket ProcessQueue::add(std::int64_t offset, std::size_t bytes) {
  assert(offset >= next_offset_);
  next_offset_ = offset + 1;
  entries_.push_back({next_ticket_, offset, bytes});
  ++size_;
  bytes_ += bytes;
  return next_ticket_++;
}

void ProcessQueue::advance_to(std::int64_t offset) {
  next_offset_ = std::max(next_offset_, offset);
}

void ProcessQueue::move_to(std::int64_t offset) {
  while (!entries_.empty() && entries_.back().offset >= offset) {
    if (!entries_.back().is_done) {
      --size_;
      bytes_ -= entries_.back().bytes;
    }
    entries_.pop_back();
  }
  next_offset_ = offset;
  forget_done_ends();
}

bool ProcessQueue::remove(Ticket ticket) {
  const auto found = find(ticket);
  if (found == entries_.end()) return false;
  Entry& entry = entries_[static_cast<std::size_t>(found - entries_.begin())];
  entry.is_done = true;
  --size_;
  bytes_ -= entry.bytes;
  forget_done_ends();
  return true;
}

bool ProcessQueue::is_full() const {
  if (entries_.empty()) return false;
  const std::int64_t span = entries_.back().offset - entries_.front().offset;
  return size_ > limits_.messages_max || bytes_ > limits_.bytes_max ||
         span > limits_.offset_span_max;
}

ProcessQueue::Entries::const_iterator ProcessQueue::find(Ticket ticket) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), ticket,
                       [](const Entry& entry, Ticket wanted) { return entry.ticket < wanted; });
  if (found == entries_.end() || found->ticket != ticket || found->is_done) return entries_.end();
  return found;
}

void ProcessQueue::forget_done_ends() {
  while (!entries_.empty() && entries_.front().is_done) entries_.pop_front();
  while (!entries_.empty() && entries_.back().is_done) entries_.pop_back();
}

}  // namespace rocketmq::client
