#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/store/file.h"
#include "protocol/buffer.h"

namespace rocketmq::broker {

// The folder and file name of a mapped file: 20 digits of its first byte's offset in the sequence.
std::string mapped_file_name(std::int64_t start);
// Nothing for a name that is not exactly 20 digits, or beyond all reason (2^62).
std::optional<std::int64_t> parse_mapped_file_name(std::string_view name);

// The sequence of files that holds every message once, in the order of arrival.
//
//   min_position          flushed        committed              end
//   | files … ............. | ............ | pending, in memory   |
//                     on disk     the system has it      write_out() has not run
//
// A record lies within one file. Where the next one does not fit with 8 bytes to spare, a BLANK
// mark ends the file. Behind `committed` all bytes of the files are zero, except after a failed
// write, and then they are made zero before the next one: what was taken back must not come to life
// again.
class CommitLog {
 public:
  CommitLog(Directory& directory, std::int64_t file_size);

  // Finds the files that are there; the end is then unknown until truncate() sets it. Fails with
  // store_corrupt on a gap or a file of another size.
  Result<void> load();

  // --- appending ---

  // The largest block append() takes.
  std::size_t block_size_max() const { return static_cast<std::size_t>(file_size_) - 8; }

  struct Slot {
    char* bytes;  // to be filled before the next call
    std::int64_t position;
  };
  // Room for `size` bytes of records that must stay together. Cannot fail: nothing is written yet.
  Slot append(std::size_t size);

  // Writes all that is pending, one call a file. On failure everything pending is dropped and end()
  // goes back to committed().
  Result<void> write_out();

  // So that rolling over costs nothing: makes the next file when the last is mostly full. A failure
  // does not matter; write_out() tries again.
  void prepare_next_file();

  // --- positions ---

  std::int64_t min_position() const { return files_.empty() ? 0 : files_.front().start; }
  std::int64_t committed() const { return committed_; }
  std::int64_t end() const { return end_; }
  bool has_pending() const { return end_ != committed_; }

  // The files that hold [from, to): what to sync.
  std::vector<std::shared_ptr<File>> files_of(std::int64_t from, std::int64_t to) const;

  // --- reading ---

  struct Slice {
    std::string_view bytes;
    const std::shared_ptr<const FileView>* owner;
  };
  // Nothing unless all of it is committed, in one file, and still there.
  std::optional<Slice> read(std::int64_t position, std::int64_t size) const;
  // From a committed position to the end of its file or of what is committed.
  std::optional<Slice> read_from(std::int64_t position) const;

  // --- recovery and cleaning ---

  std::int64_t file_size() const { return file_size_; }
  std::size_t file_count() const { return files_.size(); }
  std::int64_t file_start(std::size_t index) const { return files_[index].start; }
  // Of the whole file, committed or not.
  std::string_view file_bytes(std::size_t index) const { return files_[index].view->bytes(); }
  std::size_t file_index(std::int64_t position) const;

  // The next range of the same file that may hold other bytes than zero, as positions.
  std::optional<File::Range> data_range(std::int64_t from) const;

  // Overwrites bytes where a record was found damaged. Only in recovery.
  Result<void> repair(std::int64_t position, std::string_view bytes);

  // The first file goes: removed by this, for good, on any thread; then forgotten here. In that
  // order and one at a time, so that no crash leaves a gap.
  static Result<void> remove_file(Directory& directory, const std::string& path);
  std::string first_path() const;
  Result<std::int64_t> first_modified_ms() const { return files_.front().file->modified_ms(); }
  void forget_first();

  // Sets the end. What is behind it in its file becomes zero, later files are removed.
  Result<void> truncate(std::int64_t position);

  // Before a clean stop: files that hold nothing yet go, as stock does it.
  Result<void> remove_unused_files();

 private:
  struct LogFile {
    std::int64_t start = 0;
    std::shared_ptr<File> file;
    std::shared_ptr<const FileView> view;
  };
  struct Segment {  // of pending_, for one file
    std::int64_t position;
    std::size_t begin;
    std::size_t size;
  };

  std::int64_t file_start_of(std::int64_t position) const {
    return position / file_size_ * file_size_;
  }
  Result<void> open_file(std::int64_t start, OpenMode mode);
  Result<void> create_file(std::int64_t start);
  Result<void> write_segment(const Segment& segment);
  Result<void> clean_dirty_tail();
  void append_blank();
  Result<void> remove_files_from(std::int64_t start);

  Directory& directory_;
  std::int64_t file_size_;
  std::vector<LogFile> files_;  // contiguous
  std::int64_t committed_ = 0;
  std::int64_t end_ = 0;
  std::int64_t dirty_end_ = 0;  // where a failed write may have left bytes, if > committed_
  protocol::Buffer pending_;
  std::vector<Segment> segments_;
};

}  // namespace rocketmq::broker
