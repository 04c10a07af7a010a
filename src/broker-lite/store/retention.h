#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace rocketmq::broker {

// When old files of the log go. Names and defaults are those of Java's MessageStoreConfig.
struct RetentionOptions {
  std::vector<std::int32_t> delete_when = {4};  // hours of the day, local time
  std::int64_t file_reserved_time_ms = 72 * 3'600'000LL;
  bool clean_file_forcibly_enable = true;
  // Used percent of the disk: above the first expired files go at any hour, above the second also
  // those that have not expired, above the third no message is taken.
  std::int32_t disk_max_used_space_ratio = 75;
  std::int32_t disk_space_clean_forcibly_ratio = 85;
  std::int32_t disk_space_warning_level_ratio = 90;
  // Between two runs, and between two files of one run.
  std::int64_t clean_resource_interval_ms = 10'000;
  std::int64_t delete_commit_log_files_interval_ms = 100;
  std::int64_t delete_consume_queue_files_interval_ms = 100;
  std::int32_t delete_file_batch_max = 10;  // log files of one run
};

// Why a file of the log goes, or that it stays.
enum class Removal { no, expired, disk_full };

// What there is to decide about old files; removes nothing itself. A run begins every
// cleanResourceInterval. Java: DefaultMessageStore.CleanCommitLogService.
class Retention {
 public:
  explicit Retention(RetentionOptions options) : options_(std::move(options)) {}

  const RetentionOptions& options() const { return options_; }
  void set_options(RetentionOptions options) { options_ = std::move(options); }

  // The next 20 runs are as if their hour had come. Java: executeDeleteFilesManually.
  void run_by_hand() { runs_by_hand_ = 20; }

  void begin_run(std::int32_t local_hour, std::int32_t used_percent);
  // About the oldest file. The disk is asked again for each, so that no more goes than must.
  // `is_needed`: somebody still waits for a message in it.
  Removal judge(std::int64_t modified_ms, bool is_needed, std::int64_t now_ms,
                std::int32_t used_percent) const;
  void removed() { --files_left_; }
  bool is_running() const { return files_left_ > 0; }
  void end_run() { files_left_ = 0; }

 private:
  RetentionOptions options_;
  std::int32_t runs_by_hand_ = 0;
  std::int32_t files_left_ = 0;  // that this run may remove
};

std::int32_t local_hour(std::int64_t wall_ms);

// "04" or "04;16", as broker.conf has it.
Result<std::vector<std::int32_t>> parse_delete_when(std::string_view text);

}  // namespace rocketmq::broker
