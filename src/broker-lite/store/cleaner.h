#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "broker-lite/store/file.h"
#include "broker-lite/store/message_store.h"
#include "broker-lite/store/retention.h"

namespace rocketmq::broker {

// Keeps the disk from filling up: removes old files of a store, the log's first one after the
// other and then what only pointed there, and has it refuse messages while the disk is too full.
// On the store's thread; outlived by the store.
class Cleaner {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Log = std::function<void(std::string_view line)>;
  // From which position of the log on somebody waits for a message. Asked before an expired file
  // goes.
  using NeededFrom = std::function<std::int64_t()>;

  Cleaner(MessageStore& store, const Directory& directory, RetentionOptions options, Log log,
          NeededFrom needed_from)
      : store_(store),
        directory_(directory),
        retention_(std::move(options)),
        log_(std::move(log)),
        needed_from_(std::move(needed_from)) {}

  // Every second or oftener.
  void tick(TimePoint now, std::int64_t wall_ms);
  void run_by_hand() { retention_.run_by_hand(); }
  void set_options(RetentionOptions options) { retention_.set_options(std::move(options)); }

 private:
  void look_at_disk();
  void clean_log(TimePoint now, std::int64_t wall_ms);
  void clean_queues(TimePoint now);

  MessageStore& store_;
  const Directory& directory_;
  Retention retention_;
  const Log log_;
  const NeededFrom needed_from_;
  std::int32_t used_percent_ = 0;  // 0 also where there is no disk
  bool is_removing_ = false;
  bool told_that_none_goes_ = false;
  bool told_queues_failed_ = false;
  std::optional<TimePoint> next_run_;
  TimePoint next_log_file_;
  TimePoint next_queue_files_;
};

}  // namespace rocketmq::broker
