#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "broker-lite/store/commit_log.h"
#include "protocol/message_codec.h"

namespace rocketmq::broker {

// Looks at single records of a log whose end is not known yet, and does not trust what it sees.
class LogReader {
 public:
  explicit LogReader(const CommitLog& log) : log_(log) {}

  // Of all files, used or not.
  std::int64_t begin() const { return log_.min_position(); }
  std::int64_t end() const;
  std::int64_t file_start(std::int64_t position) const;
  std::int64_t file_end(std::int64_t position) const;

  // From `position` to the end of its file; empty outside the log.
  std::string_view bytes(std::int64_t position) const;

  // The record that lies here, if it is a good one: lengths and CRC right, not torn, and of this
  // very position.
  std::optional<protocol::RecordView> record(std::int64_t position) const;
  // Whether the rest of the file is blank from here.
  bool is_blank(std::int64_t position) const;

  // The first good record behind a bad place, stored not before `store_timestamp_min`: in the same
  // file, or at the next file's beginning. Searches 64 MiB.
  std::optional<std::int64_t> next_record(std::int64_t bad, std::int64_t store_timestamp_min) const;

  // The queue offset of the next record of the same queue, if there is one not far behind.
  std::optional<std::int64_t> following_offset(const protocol::RecordView& record) const;

  // From `position` up to the last byte of its file that is not zero, as far as we look.
  std::int64_t used_bytes(std::int64_t position) const;

 private:
  using Use = std::function<bool(std::int64_t position, std::string_view bytes)>;
  void for_each_data_range(std::int64_t from, const Use& use) const;

  const CommitLog& log_;
};

}  // namespace rocketmq::broker
