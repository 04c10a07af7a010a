#pragma once

#include <cstdint>
#include <optional>

#include "broker-lite/store/checkpoint.h"
#include "broker-lite/store/commit_log.h"
#include "broker-lite/store/consume_queues.h"
#include "broker-lite/store/log_reader.h"
#include "broker-lite/store/running_mark.h"

namespace rocketmq::broker {

// Where recovery begins to read the log: a record before which all queue entries can be trusted.
// Which, is told in recovery.h.
class RecoveryStart {
 public:
  RecoveryStart(const CommitLog& log, const ConsumeQueues& queues, const LastStop& last_stop,
                const Checkpoint& checkpoint)
      : log_(log),
        reader_(log),
        queues_(queues),
        last_stop_(last_stop),
        last_position_(checkpoint.last_position),
        time_(checkpoint.min_timestamp()) {}

  // What the last run has noted of a stop that lost nothing: known without a look at any queue.
  std::optional<std::int64_t> noted() const;
  // Needs all queues.
  std::int64_t first() const;
  // When entries before `start` proved to be missing. The log's beginning in the end.
  std::int64_t earlier(std::int64_t start) const;

 private:
  std::optional<std::int64_t> first_unwritten_record() const;
  std::optional<std::int64_t> last_known_record() const;
  std::optional<std::int64_t> record_before_checkpoint() const;
  std::optional<std::int64_t> last_record_before_checkpoint(const ConsumeQueue& queue) const;
  std::int64_t file_before_checkpoint() const;

  const CommitLog& log_;
  LogReader reader_;
  const ConsumeQueues& queues_;
  const LastStop& last_stop_;
  std::int64_t last_position_;
  std::int64_t time_;
};

}  // namespace rocketmq::broker
