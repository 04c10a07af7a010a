#include "broker-lite/state/queue_locks.h"

namespace rocketmq::broker {

using protocol::MessageQueueData;

std::vector<MessageQueueData> QueueLocks::lock(std::string_view group, std::string_view client_id,
                                               const std::vector<MessageQueueData>& wanted,
                                               TimePoint now) {
  std::vector<MessageQueueData> locked;
  if (wanted.empty()) return locked;
  auto found = groups_.find(group);
  if (found == groups_.end()) {
    if (size_ >= options_.locks_max) return locked;
    found = groups_.emplace(group, Locks{}).first;
  }
  Locks& locks = found->second;

  for (const MessageQueueData& queue : wanted) {
    auto lock = locks.find(queue);
    if (lock == locks.end()) {
      if (size_ >= options_.locks_max) continue;
      lock = locks.emplace(queue, Lock{std::string(client_id), now}).first;
      ++size_;
    } else if (lock->second.client_id != client_id) {
      if (!is_expired(lock->second, now)) continue;
      lock->second.client_id = client_id;
    }
    lock->second.last_update = now;
    locked.push_back(queue);
  }
  return locked;
}

void QueueLocks::unlock(std::string_view group, std::string_view client_id,
                        const std::vector<MessageQueueData>& queues) {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return;
  for (const MessageQueueData& queue : queues) {
    const auto lock = found->second.find(queue);
    if (lock == found->second.end() || lock->second.client_id != client_id) continue;
    found->second.erase(lock);
    --size_;
  }
  if (found->second.empty()) groups_.erase(found);
}

bool QueueLocks::is_locked(std::string_view group, std::string_view client_id,
                           const MessageQueueData& queue, TimePoint now) const {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return false;
  const auto lock = found->second.find(queue);
  return lock != found->second.end() && lock->second.client_id == client_id &&
         !is_expired(lock->second, now);
}

void QueueLocks::expire(TimePoint now) {
  for (auto group = groups_.begin(); group != groups_.end();) {
    size_ -= std::erase_if(group->second,
                           [&](const auto& entry) { return is_expired(entry.second, now); });
    group = group->second.empty() ? groups_.erase(group) : std::next(group);
  }
}

}  // namespace rocketmq::broker
