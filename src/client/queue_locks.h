#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/core.h"
#include "net/task_set.h"
#include "net/wait.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// One queue's lock as far as we can know. The broker's lease begins when it takes our request,
// which is after we have sent it:
//
//     asked        taken                30 s            60 s
//     |------------|--------------------|---------------|
//     | ours for certain                | maybe ours    | anybody's
//
// Java: ProcessQueue.isLockExpired, RebalanceLockManager.
class QueueLock {
 public:
  static constexpr net::Duration trusted_for = std::chrono::seconds(30);
  static constexpr net::Duration lease = std::chrono::seconds(60);  // the broker's

  // The broker has answered that the queue is ours. False: somebody else may have had it since the
  // last time.
  bool granted(net::TimePoint asked_at, net::TimePoint now) {
    const bool was_ours = asked_at_ && now - *asked_at_ < lease;
    asked_at_ = asked_at;
    return was_ours;
  }
  // True: it was ours until now.
  bool refused() { return std::exchange(asked_at_, std::nullopt).has_value(); }

  bool is_known_ours(net::TimePoint now) const {
    return asked_at_ && now - *asked_at_ < trusted_for;
  }
  net::TimePoint trusted_until() const { return *asked_at_ + trusted_for; }
  bool is_granted() const { return asked_at_.has_value(); }

 private:
  std::optional<net::TimePoint> asked_at_;
};

// The broker's locks on the queues of an ordered consumer, so that no two members have one at once.
// Asks for those it does not have again and again, and renews the others. Belongs to the loop.
// Java: RebalanceImpl.lockAll.
class QueueLocks {
 public:
  // On the loop. They may call us, but must not destroy us.
  struct Listener {
    // Ours until then, and again renewed before. `is_unbroken`: nobody else has had it since it was
    // ours before.
    std::function<void(const MessageQueue&, net::TimePoint until, bool is_unbroken)> on_locked;
    // It was ours, and is somebody else's.
    std::function<void(const MessageQueue&)> on_lost;
  };

  // `core` outlives it.
  QueueLocks(Client::Core& core, std::string group, Listener listener);
  QueueLocks(const QueueLocks&) = delete;
  QueueLocks& operator=(const QueueLocks&) = delete;

  // From now on, until unlocked.
  void lock(const MessageQueue& queue);
  // None: not ours, as far as we know.
  std::optional<net::TimePoint> trusted_until(const MessageQueue& queue) const;
  // Not asked for any more, and given back to the broker: at once, or, with a timeout, waiting for
  // it to say so.
  void unlock(const MessageQueue& queue);
  net::Task<> unlock_all(net::Duration timeout);
  void unlock_all_at_once();

 private:
  using ByBroker = std::map<std::string, std::vector<MessageQueue>>;

  struct Round;  // requests to several brokers at once

  net::Task<> run();
  // False: a broker has not answered.
  net::Task<bool> round(bool renews);
  net::Task<> lock_at(std::shared_ptr<Round> round, std::string broker_name,
                      std::vector<MessageQueue> queues);
  void take_answer(const std::vector<MessageQueue>& asked, net::TimePoint asked_at,
                   const std::vector<protocol::MessageQueueData>& locked);
  net::Task<> unlock_at(std::shared_ptr<Round> round, std::string broker_name,
                        std::vector<MessageQueue> queues, net::Duration timeout);
  std::string body(const std::vector<MessageQueue>& queues) const;
  void unlock_soon(const std::string& broker_name, const std::vector<MessageQueue>& queues);
  bool is_missing_one() const;
  ByBroker take_all();

  Client::Core& core_;
  const std::string group_;
  const Listener listener_;
  std::map<MessageQueue, QueueLock> wanted_;
  net::Event wake_;
  std::unique_ptr<net::Timer> wake_timer_;   // sets wake_ for what is newly wanted
  std::unique_ptr<net::Timer> round_timer_;  // sets wake_ when the next round is due
  net::TaskSet requests_;
  net::Task<> running_;
};

}  // namespace rocketmq::client
