#include "broker-lite/store/commit_log.h"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "protocol/bytes.h"
#include "protocol/message_codec.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

const std::string folder = "commitlog";
constexpr std::size_t name_size = 20;
constexpr std::int64_t blank_size = 8;
constexpr std::int64_t start_max = 1LL << 62;  // adding a file's size must not overflow

std::string path_of(std::int64_t start) { return folder + '/' + mapped_file_name(start); }

}  // namespace

std::string mapped_file_name(std::int64_t start) {
  const std::string digits = std::to_string(start);
  return std::string(name_size - digits.size(), '0') + digits;
}

std::optional<std::int64_t> parse_mapped_file_name(std::string_view name) {
  if (name.size() != name_size) return std::nullopt;
  if (name.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int64_t start = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), start);
  if (parsed.ec != std::errc() || start > start_max) return std::nullopt;
  return start;
}

CommitLog::CommitLog(Directory& directory, std::int64_t file_size)
    : directory_(directory), file_size_(file_size) {
  assert(file_size > blank_size);
}

Result<void> CommitLog::load() {
  if (auto made = directory_.create_directories(folder); !made) return made;
  auto entries = directory_.list(folder);
  if (!entries) return std::move(entries).error();

  for (const DirectoryEntry& entry : *entries) {
    const auto start = parse_mapped_file_name(entry.name);
    if (!start || entry.is_directory) continue;  // not ours
    if (!files_.empty() && *start != files_.back().start + file_size_) {
      return Error{Errc::store_corrupt, str("commit log has a gap before ", entry.name)};
    }
    if (*start % file_size_ != 0) {
      return Error{Errc::store_corrupt,
                   str("commit log file ", entry.name, " does not fit the file size ", file_size_)};
    }
    if (auto opened = open_file(*start, OpenMode::existing); !opened) return opened;
  }
  committed_ = end_ = min_position();
  return {};
}

// Java: MappedFileQueue.load. An empty last file is a creation that was cut short.
Result<void> CommitLog::open_file(std::int64_t start, OpenMode mode) {
  auto file = directory_.open(path_of(start), mode);
  if (!file) return std::move(file).error();
  auto size = (*file)->size();
  if (!size) return std::move(size).error();
  if (*size == 0) {
    if (auto sized = (*file)->resize(file_size_); !sized) return sized;
  } else if (*size != file_size_) {
    return Error{Errc::store_corrupt,
                 str(path_of(start), " has ", *size, " bytes instead of ", file_size_)};
  }
  auto view = (*file)->view(file_size_);
  if (!view) return std::move(view).error();
  files_.push_back({start, *std::move(file), *std::move(view)});
  return {};
}

Result<void> CommitLog::create_file(std::int64_t start) {
  if (auto opened = open_file(start, OpenMode::create); !opened) return opened;
  auto synced = directory_.sync(folder);
  if (!synced) files_.pop_back();
  return synced;
}

CommitLog::Slot CommitLog::append(std::size_t size) {
  assert(size > 0 && size <= block_size_max());
  const std::int64_t room = file_start_of(end_) + file_size_ - end_;
  const bool fits = static_cast<std::int64_t>(size) + blank_size <= room;
  if (!fits) append_blank();
  if (segments_.empty() || !fits) segments_.push_back({end_, pending_.size(), 0});

  const Slot slot{pending_.room(size), end_};
  pending_.commit(size);
  segments_.back().size += size;
  end_ += static_cast<std::int64_t>(size);
  return slot;
}

// Java: CommitLog.DefaultAppendMessageCallback, END_OF_FILE: the room that remains, the BLANK
// magic, and whatever the file holds behind it.
void CommitLog::append_blank() {
  if (segments_.empty()) segments_.push_back({end_, pending_.size(), 0});
  const std::int64_t next_start = file_start_of(end_) + file_size_;
  char* mark = pending_.room(blank_size);
  protocol::store_big(mark, static_cast<std::int32_t>(next_start - end_));
  protocol::store_big(mark + 4, protocol::blank_magic);
  pending_.commit(blank_size);
  segments_.back().size += blank_size;
  end_ = next_start;
}

Result<void> CommitLog::write_out() {
  if (!has_pending()) return {};
  Result<void> written = clean_dirty_tail();
  for (const Segment& segment : segments_) {
    if (!written) break;
    dirty_end_ = std::max(dirty_end_, segment.position + static_cast<std::int64_t>(segment.size));
    written = write_segment(segment);
  }
  if (written) {
    committed_ = end_;
  } else {
    end_ = committed_;
  }
  pending_.clear();
  segments_.clear();
  return written;
}

Result<void> CommitLog::write_segment(const Segment& segment) {
  const std::int64_t start = file_start_of(segment.position);
  if (files_.empty() || files_.back().start < start) {
    if (auto created = create_file(start); !created) return created;
  }
  return files_[file_index(segment.position)].file->write(
      segment.position - start, pending_.view().substr(segment.begin, segment.size));
}

Result<void> CommitLog::clean_dirty_tail() {
  for (const LogFile& file : files_) {
    if (dirty_end_ <= committed_) break;
    if (file.start + file_size_ <= committed_ || file.start >= dirty_end_) continue;
    auto cleaned = file.file->zero_from(std::max<std::int64_t>(committed_ - file.start, 0));
    if (!cleaned) return cleaned;
  }
  dirty_end_ = committed_;
  return {};
}

void CommitLog::prepare_next_file() {
  if (files_.empty()) return;
  const LogFile& last = files_.back();
  if (committed_ < last.start + file_size_ / 2) return;
  (void)create_file(last.start + file_size_);
}

std::size_t CommitLog::file_index(std::int64_t position) const {
  assert(position >= min_position());
  return static_cast<std::size_t>((position - min_position()) / file_size_);
}

std::vector<std::shared_ptr<File>> CommitLog::files_of(std::int64_t from, std::int64_t to) const {
  std::vector<std::shared_ptr<File>> files;
  for (const LogFile& file : files_) {
    if (file.start < to && file.start + file_size_ > from) files.push_back(file.file);
  }
  return files;
}

std::optional<CommitLog::Slice> CommitLog::read(std::int64_t position, std::int64_t size) const {
  if (size < 0 || position < 0) return std::nullopt;
  auto slice = read_from(position);
  if (!slice || static_cast<std::uint64_t>(size) > slice->bytes.size()) return std::nullopt;
  slice->bytes = slice->bytes.substr(0, static_cast<std::size_t>(size));
  return slice;
}

std::optional<CommitLog::Slice> CommitLog::read_from(std::int64_t position) const {
  if (position < min_position() || position >= committed_ || files_.empty()) return std::nullopt;
  const LogFile& file = files_[file_index(position)];
  const std::int64_t end = std::min(committed_, file.start + file_size_);
  return Slice{file.view->bytes().substr(static_cast<std::size_t>(position - file.start),
                                         static_cast<std::size_t>(end - position)),
               &file.view};
}

std::optional<File::Range> CommitLog::data_range(std::int64_t from) const {
  const LogFile& file = files_[file_index(from)];
  const auto range = file.file->data_range(from - file.start);
  if (!range) return std::nullopt;
  return File::Range{range->begin + file.start, range->end + file.start};
}

Result<void> CommitLog::repair(std::int64_t position, std::string_view bytes) {
  const LogFile& file = files_[file_index(position)];
  return file.file->write(position - file.start, bytes);
}

Result<void> CommitLog::remove_file(Directory& directory, const std::string& path) {
  if (auto removed = directory.remove(path); !removed) return removed;
  return directory.sync(folder);
}

std::string CommitLog::first_path() const { return path_of(files_.front().start); }

void CommitLog::forget_first() {
  assert(files_.size() > 1 && files_[1].start <= committed_);
  files_.erase(files_.begin());
}

Result<void> CommitLog::truncate(std::int64_t position) {
  assert(!has_pending());
  committed_ = end_ = dirty_end_ = position;
  if (files_.empty()) return {};
  const std::int64_t start = file_start_of(position);
  if (auto removed = remove_files_from(start + file_size_); !removed) return removed;
  if (files_.back().start != start) return {};  // the end of a full file
  return files_.back().file->zero_from(position - start);
}

Result<void> CommitLog::remove_unused_files() { return remove_files_from(committed_); }

// The newest first, so that a crash in between leaves no gap. One file always stays: it remembers
// where the log is, once older ones have been cleaned away.
Result<void> CommitLog::remove_files_from(std::int64_t start) {
  bool has_removed = false;
  while (files_.size() > 1 && files_.back().start >= start) {
    const std::string path = path_of(files_.back().start);
    files_.pop_back();
    if (auto removed = directory_.remove(path); !removed) return removed;
    has_removed = true;
  }
  return has_removed ? directory_.sync(folder) : Result<void>();
}

}  // namespace rocketmq::broker
