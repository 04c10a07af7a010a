#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/state/text_map.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::broker {

struct QueueLocksOptions {
  // Java: rocketmq.broker.rebalance.lockMaxLiveTime. Clients lock again every 20 s.
  std::chrono::milliseconds lease = std::chrono::seconds(60);
  // A lock costs about 250 bytes: at most some 50 MB.
  std::size_t locks_max = 200'000;
};

// Which client of a group may consume a queue in order. A lock lives for one lease and is renewed
// by locking again; a dead owner's lock is taken over after that. Kept in memory only.
// Java: RebalanceLockManager.
class QueueLocks {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit QueueLocks(QueueLocksOptions options = {}) : options_(options) {}

  // The queues of `wanted` that are the client's now.
  std::vector<protocol::MessageQueueData> lock(
      std::string_view group, std::string_view client_id,
      const std::vector<protocol::MessageQueueData>& wanted, TimePoint now);

  // Gives back those of `queues` that are the client's.
  void unlock(std::string_view group, std::string_view client_id,
              const std::vector<protocol::MessageQueueData>& queues);

  // Does the client hold the lock?
  bool is_locked(std::string_view group, std::string_view client_id,
                 const protocol::MessageQueueData& queue, TimePoint now) const;

  // Forgets what has run out, so that the table stays as small as its use. Called every minute.
  void expire(TimePoint now);

  std::size_t size() const { return size_; }

 private:
  struct Lock {
    std::string client_id;
    TimePoint last_update;
  };
  using Locks = std::map<protocol::MessageQueueData, Lock>;

  bool is_expired(const Lock& lock, TimePoint now) const {
    return now - lock.last_update > options_.lease;
  }

  const QueueLocksOptions options_;
  TextMap<Locks> groups_;
  std::size_t size_ = 0;
};

}  // namespace rocketmq::broker
