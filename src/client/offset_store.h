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

// How far a group has consumed its queues. An offset is that of the next message to consume.
// Belongs to the loop. Java: OffsetStore.
class OffsetStore {
 public:
  virtual ~OffsetStore() = default;

  // Where to begin with a queue: at what is stored, or, where the group has nothing stored, as
  // `start_at` says. Given-back messages are never skipped: a queue of %RETRY% begins at its first.
  // Java: RebalancePushImpl.computePullFromWhere.
  virtual net::Task<Result<std::int64_t>> start_offset(MessageQueue queue, StartAt start_at) = 0;

  // Stores without waiting to hear whether it worked, unless that is what was stored last.
  virtual void save_soon(const MessageQueue& queue, std::int64_t offset) = 0;
  // What was stored last may be lost, so that it will be stored again.
  virtual void doubt(const MessageQueue& queue) = 0;
  // Stores, and returns when it is safe.
  virtual net::Task<Result<void>> save(MessageQueue queue, std::int64_t offset,
                                       net::Duration timeout) = 0;
  // The same for several at once.
  virtual net::Task<SaveReport> save_all(std::vector<QueueOffset> offsets,
                                         net::Duration timeout) = 0;
};

// As the group's brokers keep them. Java: RemoteBrokerOffsetStore.
class RemoteOffsetStore final : public OffsetStore {
 public:
  // `core` outlives it.
  RemoteOffsetStore(Client::Core& core, std::string group)
      : core_(core), group_(std::move(group)) {}

  net::Task<Result<std::int64_t>> start_offset(MessageQueue queue, StartAt start_at) override;
  void save_soon(const MessageQueue& queue, std::int64_t offset) override;
  void doubt(const MessageQueue& queue) override { sent_.erase(queue); }
  net::Task<Result<void>> save(MessageQueue queue, std::int64_t offset,
                               net::Duration timeout) override;
  net::Task<SaveReport> save_all(std::vector<QueueOffset> offsets, net::Duration timeout) override;

 private:
  struct SaveRound;
  net::Task<> save_one(std::shared_ptr<SaveRound> round, QueueOffset offset, net::Duration timeout);

  Client::Core& core_;
  const std::string group_;
  std::map<MessageQueue, std::int64_t> sent_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::client
