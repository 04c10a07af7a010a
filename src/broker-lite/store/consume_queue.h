#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "broker-lite/store/open_files.h"

namespace rocketmq::broker {

// Where one message of a queue lies. Entry i of a queue is at byte 20 i of the queue's files.
struct QueueEntry {
  std::int64_t position = 0;  // in the commit log
  std::int32_t size = 0;
  std::int64_t tags_code = 0;

  static constexpr std::int64_t encoded_size = 20;

  // Fills places that no message has: before the first message of a queue that does not begin at 0
  // (Java: ConsumeQueue.fillPreBlank), and where a record was lost. Readers skip it. The second
  // kind holds in tags_code the position of the record behind the gap, to keep entries in order.
  static QueueEntry blank(std::int64_t before_position = 0) {
    return {.size = 0x7fffffff, .tags_code = before_position};
  }
  bool is_blank() const { return position == 0 && size == 0x7fffffff; }
  std::int64_t log_position() const { return is_blank() ? tags_code : position; }
  // What files hold where nothing was written yet is all zero.
  bool is_valid() const { return position >= 0 && size > 0; }

  friend bool operator==(const QueueEntry&, const QueueEntry&) = default;
};

// The queue of one topic and queue id: 20 bytes a message, in files that are opened only while they
// are used. New entries stay in memory until write_out().
//
//   min_offset                    written              max_offset
//   | entries in files ........... | tail, in memory ... |
//
// Everything here can be built again from the commit log, so nothing waits for a sync.
class ConsumeQueue {
 public:
  // `topic` outlives the queue. `number` is unique in `files`.
  ConsumeQueue(OpenFiles& files, std::int64_t file_size, const std::string& topic,
               std::int32_t queue_id, std::uint64_t number);
  ConsumeQueue(const ConsumeQueue&) = delete;
  ConsumeQueue& operator=(const ConsumeQueue&) = delete;

  const std::string& topic() const { return topic_; }
  std::int32_t queue_id() const { return queue_id_; }

  // Finds what the files hold: entries from the first for a log that begins at `log_min`, up to the
  // first that is not valid.
  Result<void> load(std::int64_t log_min);

  std::int64_t min_offset() const { return min_; }
  std::int64_t max_offset() const { return max_; }
  // In the log, of the last entry; -1 without one.
  std::int64_t last_position() const { return last_position_; }

  // What the next message will get; runs ahead of max_offset() until append() follows.
  std::int64_t next_offset = 0;
  // Kept by ConsumeQueues: the log position of the first entry in the tail, -1 without one.
  std::int64_t unwritten_from = -1;

  // The entry of max_offset().
  void append(const QueueEntry& entry);
  // Blanks up to `offset`, whose message will be at log position `position`.
  void fill_to(std::int64_t offset, std::int64_t position);

  std::size_t tail_bytes() const { return tail_.size(); }
  // Writes the tail to the files, and adds to `touched` what to sync: the files, and the queue's
  // folder with a '/' behind it where a file was made. On failure the tail stays.
  Result<void> write_out(std::set<std::string>& touched);
  // The tail's memory, where nothing was appended lately.
  void release_memory();

  // Reads up to entries.size() entries from `offset` on; returns how many. Fewer at max_offset().
  Result<std::size_t> read(std::int64_t offset, std::span<QueueEntry> entries) const;

  // Forgets the tail, which the log holds as well.
  void discard_tail();
  // Drops the entries at and behind log position `position`, none in the tail; what the files hold
  // there becomes zero, whatever it was. With Zero::if_shorter files are only touched where entries
  // were dropped.
  enum class Zero { always, if_shorter };
  Result<void> drop_from_position(std::int64_t position, Zero zero);
  // Drops the entries from `offset` on.
  Result<void> drop_from_offset(std::int64_t offset);
  // Drops everything, files too; the queue begins at `offset`.
  Result<void> restart_at(std::int64_t offset);
  // For a log that begins at `log_min` now: the first entry that is not blank and not before it
  // becomes the first of the queue. Entries before it are in files. Nothing to do is cheap.
  Result<void> follow_log(std::int64_t log_min);
  // Removes up to `files_max` files whose entries are all before min_offset(), the oldest first so
  // that a crash leaves no gap; says how many. The last file always stays: it knows the offset.
  Result<std::size_t> remove_old_files(std::size_t files_max);
  bool has_many_files() const { return files_end_ - files_begin_ > file_size_; }

  // Where the first file behind the one of `offset` begins.
  std::int64_t next_file_offset(std::int64_t offset) const;
  std::string folder() const;

 private:
  std::int64_t entries_a_file() const { return file_size_ / QueueEntry::encoded_size; }
  std::int64_t file_start_of(std::int64_t offset) const;
  std::string file_path(std::int64_t start) const;
  Result<std::shared_ptr<File>> open_file(std::int64_t start) const;
  Result<std::shared_ptr<File>> open_or_create_file(std::int64_t start);
  Result<void> fill_blanks(std::int64_t offset, File& file) const;
  Result<std::size_t> read_files(std::int64_t offset, std::span<QueueEntry> entries) const;
  Result<QueueEntry> entry_in_files(std::int64_t offset) const;
  template <class Is>
  Result<std::int64_t> first_not(std::int64_t from, std::int64_t to, Is&& is) const;
  Result<void> set_end(std::int64_t offset, bool has_stale_bytes);

  OpenFiles& files_;
  const std::string& topic_;
  std::int64_t file_size_;
  std::uint64_t number_;
  std::int32_t queue_id_;
  std::int64_t files_begin_ = 0;  // the files cover bytes [begin, end) of the sequence
  std::int64_t files_end_ = 0;
  std::int64_t log_min_ = -1;
  std::int64_t min_ = 0;  // for log_min_
  std::int64_t written_ = 0;
  std::int64_t max_ = 0;
  std::int64_t last_position_ = -1;
  std::string tail_;  // encoded entries [written_, max_)
};

}  // namespace rocketmq::broker
