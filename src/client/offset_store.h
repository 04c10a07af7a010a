#pragma once

#include <rocketmq/push_consumer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/core.h"

namespace rocketmq::client {

inline constexpr std::string_view retry_topic_prefix = "%RETRY%";

struct QueueOffset {
  MessageQueue queue;
  std::int64_t offset = 0;
};

struct SaveReport {
  std::vector<MessageQueue> failed;
  Result<void> result;  // why the first of them did
};

// How far a group has consumed its queues, as its brokers keep it. An offset is that of the next
// message to consume. Belongs to the loop. Java: RemoteBrokerOffsetStore.
class OffsetStore {
 public:
  // `core` outlives it.
  OffsetStore(Client::Core& core, std::string group) : core_(core), group_(std::move(group)) {}

  // Where to begin with a queue: at what is stored, or, where the group has nothing stored, as
  // `start_at` says. Given-back messages are never skipped: a queue of %RETRY% begins at its first.
  // Java: RebalancePushImpl.computePullFromWhere.
  net::Task<Result<std::int64_t>> start_offset(MessageQueue queue, StartAt start_at);

  // Stores without waiting to hear whether it worked, unless that is what was sent last.
  void save_soon(const MessageQueue& queue, std::int64_t offset);
  // What was sent last may not have arrived, so that it will be sent again.
  void doubt(const MessageQueue& queue) { sent_.erase(queue); }
  // Stores and waits for the broker to say so.
  net::Task<Result<void>> save(MessageQueue queue, std::int64_t offset, net::Duration timeout);
  // The same for several at once.
  net::Task<SaveReport> save_all(std::vector<QueueOffset> offsets, net::Duration timeout);

 private:
  struct SaveRound;
  net::Task<> save_one(std::shared_ptr<SaveRound> round, QueueOffset offset, net::Duration timeout);

  Client::Core& core_;
  const std::string group_;
  std::map<MessageQueue, std::int64_t> sent_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::client
