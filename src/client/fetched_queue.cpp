#include "client/fetched_queue.h"

#include <algorithm>
#include <utility>

#include "client/message_view.h"

namespace rocketmq::client {

std::size_t FetchedQueue::add(std::vector<MessageInHand> messages) {
  std::size_t left_out = 0;
  for (MessageInHand& each : messages) {
    if (each.message.data().is_readable) {
      waiting_.push_back(std::move(each));
    } else {
      in_hand_.remove(each.ticket);
      ++left_out;
    }
  }
  return left_out;
}

void FetchedQueue::move_to(std::int64_t offset) {
  in_hand_.move_to(offset);
  while (!waiting_.empty() && waiting_.back().message.queue_offset() >= offset) waiting_.pop_back();
}

std::vector<MessageView> FetchedQueue::take(std::size_t count_max) {
  std::vector<MessageView> taken;
  taken.reserve(std::min(count_max, waiting_.size()));
  while (taken.size() < count_max && !waiting_.empty()) {
    in_hand_.remove(waiting_.front().ticket);
    taken.push_back(std::move(waiting_.front().message));
    waiting_.pop_front();
  }
  return taken;
}

}  // namespace rocketmq::client
