#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/store/commit_log.h"
#include "broker-lite/store/flusher.h"
#include "broker-lite/store/index_file.h"
#include "broker-lite/store/running_mark.h"
#include "broker-lite/store/store_options.h"

namespace rocketmq::broker {

// Messages by key: the files below index/, and what is not in them yet. Derived from the log, which
// it reads on from where it is; so it does not matter how far behind it is, after a crash or
// because the store was written without it.
//
//   log  | keys in files ......... | keys in memory | not read yet |
//                        last file's end       next_position      end
//
// Keys go to files in batches, on the flusher's thread. Files are synced when they are full, and by
// a clean stop. Java: IndexService.
class KeyIndex {
 public:
  KeyIndex(Directory& directory, const StoreOptions& options);

  // Opens the files, for a log of [log_min, log_end). Removes the last one where it may be torn: if
  // the machine may have been restarted and it was not full, which `full_timestamp`, the
  // checkpoint's, tells. Its keys are read from the log again.
  Result<void> load(const LastStop& last_stop, std::int64_t full_timestamp, std::int64_t log_min,
                    std::int64_t log_end);

  // The keys of a record that is being put at `position`: looked up now, while it is at hand, taken
  // once the log has it, or forgotten. What is not taken is read from the log later.
  void foresee(const protocol::RecordView& record, std::int64_t position,
               std::int64_t store_timestamp);
  // The log goes up to `end`; all that was foreseen is before that.
  void take_foreseen(std::int64_t end);
  void forget_foreseen();

  // Takes the keys of the log's next records up to `end`, but of no more than about `bytes_max`.
  void read_on(const CommitLog& log, std::int64_t end, std::int64_t bytes_max);
  std::int64_t next_position() const { return next_position_; }

  // Enough in memory to be worth a write.
  bool has_batch() const { return pending_.size() >= batch_keys; }
  // The job that writes the keys in memory, or the first of them; run it on any thread, then call
  // end_write(). Nothing where there is none to write, or one is under way.
  Result<std::optional<Flusher::Job>> begin_write(std::int64_t now_ms);
  void end_write(const Result<void>& written);
  // The last job filled a file, and not all of its keys had room.
  bool has_rest() const { return writing_ && !is_writing_; }
  // Writes and syncs all. Also while a job is under way: both write the same.
  Result<void> write_all(std::int64_t now_ms);

  // The store time of the last message in a full, synced file; 0 without one.
  std::int64_t full_timestamp() const { return full_timestamp_; }

  // Tells the messages that may have the key (index_keys.h), the newest first, until `found`
  // returns false. Of those stored outside the times not many; some have only the key's hash.
  Result<void> find(std::string_view index_text, std::int64_t begin_timestamp,
                    std::int64_t end_timestamp, const IndexFile::Found& found) const;

  // Of the newest message with a key in the files; zeros without.
  IndexHeader last_header() const { return files_.empty() ? IndexHeader{} : files_.back().header; }

  // Closes files whose messages are all before the log's first byte, but the last; gives their
  // paths, to be removed.
  std::vector<std::string> forget_before(std::int64_t log_min);

 private:
  static constexpr std::size_t batch_keys = 1 << 16;  // so many share pages of slots

  struct OpenFile {
    std::string name;
    IndexFile file;
    IndexHeader header;
  };
  struct Foreseen {
    std::int64_t begin = -1;  // of the first record; of none
    std::int64_t last = -1;
  };
  // What a job was given, and what it found out.
  struct Batch {
    std::vector<IndexedKey> keys;
    std::size_t written = 0;
    IndexHeader header;
  };

  bool is_full(const IndexHeader& header) const {
    return header.count >= options_.index_geometry.entries;
  }
  void add_keys(const protocol::RecordView& record, std::int64_t position,
                std::int64_t store_timestamp, std::vector<IndexedKey>& to);
  Result<void> add_file(std::int64_t now_ms);
  Result<void> remove_files_from(std::size_t first, const std::vector<std::string>& names);

  Directory& directory_;
  const StoreOptions& options_;
  std::vector<OpenFile> files_;  // by age
  Foreseen foreseen_;
  std::vector<IndexedKey> foreseen_keys_;
  std::vector<IndexedKey> pending_;
  std::vector<IndexedKey> spare_;   // its memory
  std::shared_ptr<Batch> writing_;  // kept until it is written
  bool is_writing_ = false;
  std::int64_t next_position_ = 0;
  std::int64_t indexed_position_ = -1;  // of the last record whose keys were taken
  std::int64_t full_timestamp_ = 0;
  std::string buffer_;
};

}  // namespace rocketmq::broker
