#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "broker-lite/core.h"
#include "broker-lite/services/queue_tail.h"
#include "broker-lite/services/timer_check.h"
#include "broker-lite/state/activity.h"
#include "broker-lite/state/names.h"
#include "broker-lite/store/flusher.h"
#include "net/log.h"
#include "net/loop.h"

namespace rocketmq::broker {

// Delivers timer messages when their time has come, and drops those that were called back. Belongs
// to the broker's loop, which sleeps until then. Java: TimerMessageStore, by what it does: of each
// waiting message the time and the place are kept in memory, 32 bytes, and read from the timer
// topic after a start; there is no wheel and no timer log.
//
// What has been delivered is known by the time it was due: after a kill messages may be delivered
// twice, never not at all.
class TimerService {
 public:
  TimerService(Core& core, Directory& directory, Flusher& flusher, net::LogLine log)
      : core_(core),
        directory_(directory),
        flusher_(flusher),
        log_(std::move(log)),
        tail_(core.store, timer_topic) {}

  // What waits, by the files. Before start().
  Result<void> load();
  void start() { read_new(); }
  void arrived() { read_new(); }  // more wait

  std::size_t waiting() const { return waiting_.size(); }
  // Where in the log the first of them lies, or the next to come. Looks at all.
  std::int64_t needed_from() const;
  // When the next one is delivered, Unix ms; far away where none waits.
  std::int64_t next_due_ms() const;
  // Messages a second, of the last minute.
  double enqueue_rate(net::TimePoint now) const { return enqueued_.per_second(now); }
  double dequeue_rate(net::TimePoint now) const { return dequeued_.per_second(now); }

  // Every second: how far it has come is written down, when that is on disk.
  void save_if_moved();
  bool is_idle() const { return !is_saving_; }
  Result<void> save_now();  // when is_idle()

 private:
  struct Waiting {
    std::int64_t out_ms = 0;    // TIMER_OUT_MS: the begin of the second it is due in
    std::int64_t position = 0;  // in the commit log
    std::int64_t queue_offset = 0;
    bool deletes = false;  // it calls another of the same second back

    // The order of a heap whose front is next: by time, those that delete first.
    friend bool operator<(const Waiting& a, const Waiting& b) {
      if (a.out_ms != b.out_ms) return a.out_ms > b.out_ms;
      if (a.deletes != b.deletes) return b.deletes;
      return a.queue_offset > b.queue_offset;
    }
  };

  void read_new();
  void add(const protocol::RecordView& record);
  void run();
  bool deliver(const Waiting& due, std::int64_t now_ms);
  void arm();
  TimerCheck check() const;

  Core& core_;
  Directory& directory_;
  Flusher& flusher_;
  const net::LogLine log_;
  TimerCheck loaded_;
  TimerCheck saved_;              // what is in the file
  QueueTail tail_;                // all before its end are in `waiting_`, or done
  std::vector<Waiting> waiting_;  // a heap
  MinuteWindow enqueued_;
  MinuteWindow dequeued_;
  std::int64_t deleting_ms_ = 0;             // the second that `deleted_` is for
  std::unordered_set<std::string> deleted_;  // "topic+UNIQ_KEY"
  std::int64_t delivered_end_ = 0;           // in the log, behind the last copy
  std::int64_t armed_ms_ = std::numeric_limits<std::int64_t>::max();
  std::unique_ptr<net::Timer> timer_;
  std::string properties_;
  bool is_saving_ = false;
};

}  // namespace rocketmq::broker
