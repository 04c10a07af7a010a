#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker-lite/core.h"
#include "broker-lite/services/pop_records.h"
#include "broker-lite/services/queue_tail.h"
#include "net/log.h"

namespace rocketmq::broker {

// Brings back what was popped and not acknowledged in time: puts a copy into the group's retry
// topic. Reads the queues of the revive topic as they grow, and after a start from the offsets of
// group CID_RMQ_SYS_REVIVE_GROUP, as stock does: a check point counts as done once the commit of
// its copies was. After a kill messages may come again twice, never not at all. Belongs to the
// broker's loop. Java: PopReviveService.
class PopReviver {
 public:
  // `timers_due`: when the next timer message is delivered, Unix ms: acknowledgements may be among
  // them.
  PopReviver(Core& core, std::int32_t queue_nums, std::function<std::int64_t()> timers_due,
             net::LogLine log);

  void start();
  void arrived(std::int32_t queue_id);  // in the revive topic
  void run();                           // every reviveInterval

  const std::string& topic() const { return topic_; }

  // Of each queue: records that lie there from the first one on whose check point is not done, and
  // for how long its messages could have come back.
  struct Lag {
    std::int64_t records = 0;
    std::int64_t late_ms = 0;
  };
  std::vector<Lag> lags() const;

 private:
  struct Waiting {
    CheckPoint point;
    std::vector<std::int64_t> left;  // not acknowledged
    std::string key;
  };
  struct Queue {
    Queue(const MessageStore& store, std::string_view topic, std::int32_t queue_id)
        : tail(store, topic, queue_id) {}
    QueueTail tail;
    std::map<std::int64_t, Waiting> waiting;                 // by revive offset
    std::unordered_map<std::string, std::int64_t> by_key{};  // -> revive offset
  };

  void read(std::int32_t queue_id, Queue& queue);
  void add(std::int32_t queue_id, Queue& queue, const protocol::RecordView& record);
  void acknowledge(std::int32_t queue_id, Queue& queue, const protocol::RecordView& record);
  void run(std::int32_t queue_id, Queue& queue);
  bool is_over(const CheckPoint& point) const;
  Result<void> revive(const Waiting& waiting);
  Result<void> revive(const CheckPoint& point, std::int64_t offset);
  void create_retry_topic(const std::string& name, const std::string& group);

  Core& core_;
  const std::string topic_;
  const std::function<std::int64_t()> timers_due_;
  const net::LogLine log_;
  std::vector<Queue> queues_;
  GetResult read_;
};

}  // namespace rocketmq::broker
