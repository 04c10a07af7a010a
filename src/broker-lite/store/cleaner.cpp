#include "broker-lite/store/cleaner.h"

#include <utility>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t queue_files_at_once = 64;  // some milliseconds

}  // namespace

void Cleaner::tick(TimePoint now, std::int64_t wall_ms) {
  look_at_disk();
  const milliseconds interval(retention_.options().clean_resource_interval_ms);
  if (!next_run_) next_run_ = now + interval;
  if (now >= *next_run_) {
    next_run_ = now + interval;
    retention_.begin_run(local_hour(wall_ms), used_percent_);
  }
  clean_log(now, wall_ms);
  clean_queues(now);
}

void Cleaner::look_at_disk() {
  const auto space = directory_.space();
  if (!space) return;
  used_percent_ = space->used_percent();
  store_.set_disk_use(used_percent_, retention_.options().disk_space_warning_level_ratio);
}

void Cleaner::clean_log(TimePoint now, std::int64_t wall_ms) {
  if (is_removing_ || now < next_log_file_ || !retention_.is_running()) return;
  const auto oldest = store_.oldest_file();
  const Removal removal = oldest
                              ? retention_.judge(oldest->modified_ms, oldest->end > needed_from_(),
                                                 wall_ms, used_percent_)
                              : Removal::no;
  if (removal == Removal::no) {
    retention_.end_run();
    const bool is_in_vain = used_percent_ > retention_.options().disk_space_clean_forcibly_ratio;
    if (is_in_vain && !std::exchange(told_that_none_goes_, true)) {
      log_(str("disk space will be full soon: ", used_percent_,
               " % are used, and no file of messages may be removed"));
    }
    return;
  }
  told_that_none_goes_ = false;
  is_removing_ = true;
  next_log_file_ = now + milliseconds(retention_.options().delete_commit_log_files_interval_ms);
  store_.remove_oldest_file([this, removal, path = oldest->path](const Result<void>& removed) {
    is_removing_ = false;
    if (!removed) {
      retention_.end_run();  // the next one tries again
      return log_(str(path, " was not removed: ", to_string(removed.error())));
    }
    retention_.removed();
    log_(removal == Removal::expired
             ? str(path, " is removed: it was written more than ",
                   retention_.options().file_reserved_time_ms / 3'600'000, " hours ago")
             : str(path, " is removed: the disk is ", used_percent_, " % full"));
  });
}

void Cleaner::clean_queues(TimePoint now) {
  if (now < next_queue_files_) return;
  next_queue_files_ =
      now + milliseconds(retention_.options().delete_consume_queue_files_interval_ms);
  const auto removed = store_.remove_old_queue_files(queue_files_at_once);
  if (removed) {
    told_queues_failed_ = false;
  } else if (!std::exchange(told_queues_failed_, true)) {
    log_(str("old queue files were not removed: ", to_string(removed.error())));
  }
}

}  // namespace rocketmq::broker
