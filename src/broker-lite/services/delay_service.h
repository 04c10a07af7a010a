#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "broker-lite/core.h"
#include "broker-lite/services/delay_levels.h"
#include "net/log.h"
#include "net/loop.h"
#include "protocol/bodies/config_data.h"

namespace rocketmq::broker {

// Moves messages from the delay queues to the queues they are for, each when its time has come.
// Belongs to the broker's loop, which sleeps until then. Java: ScheduleMessageService.
//
// A queue's messages all wait equally long, so they come due in order; what has been delivered is
// one offset a level. It moves only after the delivered copy is committed: after a kill a message
// may be delivered twice, never not at all.
class DelayService {
 public:
  DelayService(Core& core, const DelayLevels& levels, net::LogLine log);

  // config/delayOffset.json, as stock writes it.
  Result<void> load(std::string_view text);
  std::string to_json();
  // Something moved since the last to_json(), and all that was delivered is on disk: a power cut
  // must not lose the copy and keep the offset.
  bool has_to_save() const;

  struct Progress {
    std::int64_t delivered = 0;
    std::int64_t max_offset = 0;  // so many were ever to be delivered
  };
  // By level; of those that were used.
  std::map<std::int32_t, Progress> progress() const;

  void start() { run(); }
  // One more waits. The store's queue entries say how long: Arrival::tags_code.
  void arrived(std::int32_t queue_id, std::int64_t deliver_at);

 private:
  struct Level {
    std::int64_t offset = 0;   // the next to be delivered
    std::int64_t due_ms = 0;   // when to look at that; at once in the beginning
    std::int64_t reached = 0;  // in this run, not committed yet
  };

  void run();
  bool commit();
  // Puts what is due, up to level.reached; says when to look again.
  std::int64_t deliver_due(std::int32_t number, Level& level, std::int64_t now_ms);
  // False: the disk does not take it.
  bool deliver(const protocol::RecordView& record);
  void arm();

  Core& core_;
  const DelayLevels& levels_;
  const net::LogLine log_;
  std::map<std::int32_t, Level> level_table_;  // by number, from 1
  protocol::DataVersion data_version_;
  std::int64_t delivered_end_ = 0;  // in the log, behind the last copy
  bool is_dirty_ = false;
  GetResult read_;
  std::int64_t armed_ms_ = std::numeric_limits<std::int64_t>::max();  // what the timer is for
  std::unique_ptr<net::Timer> timer_;
};

}  // namespace rocketmq::broker
