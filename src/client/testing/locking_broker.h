#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "client/testing/scripted_broker.h"

namespace rocketmq::client::testing {

// A broker that locks queues for members, and judges SQL filters. Locks are in memory: a broker
// that is stopped and started again still has them, unless they are dropped.
class LockingBroker : public ScriptedBroker {
 public:
  LockingBroker(net::Loop& loop, std::string name, std::string address);

  // Empty: nobody's.
  std::string lock_owner(const std::string& group, const std::string& topic,
                         std::int32_t queue_id) const;
  // From now on it is another one's, whatever anybody believes.
  void give_lock_to(const std::string& client_id, const std::string& group,
                    const std::string& topic, std::int32_t queue_id);
  void drop_locks() { locks_.clear(); }

  // How often CHECK_CLIENT_CONFIG came is in received(); the expression that it refuses:
  void refuse_filter(std::string expression) { refused_filter_ = std::move(expression); }

 private:
  using Key = std::pair<std::string, protocol::MessageQueueData>;  // group, queue
  struct Lock {
    std::string owner;
    net::TimePoint since;
  };

  bool is_held(const Lock& lock) const;
  protocol::MessageQueueData queue_data(const std::string& topic, std::int32_t queue_id) const;

  std::map<Key, Lock> locks_;
  std::optional<std::string> refused_filter_;
};

}  // namespace rocketmq::client::testing
