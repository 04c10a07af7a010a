#include "broker-lite/store/consume_queue.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "broker-lite/store/commit_log.h"
#include "protocol/bytes.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr auto entry_size = QueueEntry::encoded_size;
constexpr std::size_t read_block = 200;  // entries read at once into a stack buffer: 4000 bytes

using protocol::load_big;
using protocol::store_big;

void encode(const QueueEntry& entry, char* to) {
  store_big(to, entry.position);
  store_big(to + 8, entry.size);
  store_big(to + 12, entry.tags_code);
}

QueueEntry decode(const char* from) {
  return {load_big<std::int64_t>(from), load_big<std::int32_t>(from + 8),
          load_big<std::int64_t>(from + 12)};
}

}  // namespace

ConsumeQueue::ConsumeQueue(OpenFiles& files, std::int64_t file_size, const std::string& topic,
                           std::int32_t queue_id, std::uint64_t number)
    : files_(files), topic_(topic), file_size_(file_size), number_(number), queue_id_(queue_id) {
  assert(file_size % entry_size == 0);
}

std::string ConsumeQueue::folder() const { return str("consumequeue/", topic_, '/', queue_id_); }

std::string ConsumeQueue::file_path(std::int64_t start) const {
  return folder() + '/' + mapped_file_name(start);
}

std::int64_t ConsumeQueue::file_start_of(std::int64_t offset) const {
  return offset / entries_a_file() * file_size_;
}

std::int64_t ConsumeQueue::next_file_offset(std::int64_t offset) const {
  return (offset / entries_a_file() + 1) * entries_a_file();
}

// Java: MappedFileQueue.load: contiguous names and full sizes; an empty last file is a creation
// that was cut short.
Result<void> ConsumeQueue::load(std::int64_t log_min) {
  auto entries = files_.directory().list(folder());
  if (!entries) return std::move(entries).error();
  for (const DirectoryEntry& entry : *entries) {
    const auto start = parse_mapped_file_name(entry.name);
    if (!start || entry.is_directory) continue;
    if (*start % file_size_ != 0 || (files_end_ > 0 && *start != files_end_)) {
      return Error{Errc::store_corrupt, str(file_path(*start), " does not follow its predecessor")};
    }
    if (files_end_ == 0) files_begin_ = *start;
    files_end_ = *start + file_size_;
  }
  const auto end = first_not(files_begin_ / entry_size, files_end_ / entry_size,
                             [](const QueueEntry& entry) { return entry.is_valid(); });
  if (!end) return end.error();
  min_ = files_begin_ / entry_size;
  if (auto ended = set_end(*end, false); !ended) return ended;
  return follow_log(log_min);
}

Result<std::shared_ptr<File>> ConsumeQueue::open_file(std::int64_t start) const {
  return files_.get({number_, start}, [&](Directory& directory) -> Result<std::shared_ptr<File>> {
    auto file = directory.open(file_path(start), OpenMode::existing);
    if (!file) return file;
    const auto size = (*file)->size();
    if (!size) return size.error();
    if (*size == 0) {
      if (auto sized = (*file)->resize(file_size_); !sized) return std::move(sized).error();
    } else if (*size != file_size_) {
      return Error{Errc::store_corrupt,
                   str(file_path(start), " has ", *size, " bytes instead of ", file_size_)};
    }
    return file;
  });
}

Result<std::shared_ptr<File>> ConsumeQueue::open_or_create_file(std::int64_t start) {
  if (start < files_end_) return open_file(start);
  Directory& directory = files_.directory();
  if (auto made = directory.create_directories(folder()); !made) return std::move(made).error();
  if (auto made = directory.open(file_path(start), OpenMode::create); !made) return made;
  if (files_end_ == 0) files_begin_ = start;
  files_end_ = start + file_size_;
  return open_file(start);  // sets the size
}

void ConsumeQueue::append(const QueueEntry& entry) {
  const std::size_t at = tail_.size();
  tail_.resize(at + entry_size);
  encode(entry, tail_.data() + at);
  ++max_;
  next_offset = std::max(next_offset, max_);
  last_position_ = entry.log_position();
}

void ConsumeQueue::fill_to(std::int64_t offset, std::int64_t position) {
  while (max_ < offset) append(QueueEntry::blank(position));
}

Result<void> ConsumeQueue::write_out(std::set<std::string>& touched) {
  std::string_view rest = tail_;
  std::int64_t at = written_;
  while (!rest.empty()) {
    const std::int64_t start = file_start_of(at);
    const std::int64_t in_file = at * entry_size - start;
    if (start >= files_end_) touched.insert(folder() + '/');
    touched.insert(file_path(start));
    auto file = open_or_create_file(start);
    if (!file) return std::move(file).error();
    if (at == min_ && in_file > 0) {
      if (auto filled = fill_blanks(at, **file); !filled) return filled;
    }
    const auto room = static_cast<std::size_t>(file_size_ - in_file);
    const std::string_view part = rest.substr(0, room);
    if (auto written = (*file)->write(in_file, part); !written) return written;
    rest.remove_prefix(part.size());
    at += static_cast<std::int64_t>(part.size()) / entry_size;
  }
  written_ = max_;
  tail_.clear();
  return {};
}

// Before the first entry of all, in its file. Entries that the log has left behind may stay.
Result<void> ConsumeQueue::fill_blanks(std::int64_t offset, File& file) const {
  const auto before = entry_in_files(offset - 1);
  if (!before) return before.error();
  if (before->is_valid()) return {};
  const std::int64_t count = offset % entries_a_file();
  std::string blanks(static_cast<std::size_t>(count * entry_size), '\0');
  for (std::int64_t i = 0; i < count; ++i) {
    encode(QueueEntry::blank(), blanks.data() + i * entry_size);
  }
  return file.write(0, blanks);
}

void ConsumeQueue::release_memory() {
  if (tail_.empty()) std::string().swap(tail_);
}

Result<std::size_t> ConsumeQueue::read(std::int64_t offset, std::span<QueueEntry> entries) const {
  assert(offset >= min_);
  const auto wanted = static_cast<std::int64_t>(entries.size());
  const std::int64_t end = std::min(offset + wanted, max_);
  if (offset >= end) return std::size_t{0};
  if (offset < written_) {
    const auto in_files = static_cast<std::size_t>(std::min(end, written_) - offset);
    return read_files(offset, entries.first(in_files));
  }
  const char* from = tail_.data() + (offset - written_) * entry_size;
  const auto count = static_cast<std::size_t>(end - offset);
  for (QueueEntry& entry : entries.first(count)) {
    entry = decode(from);
    from += entry_size;
  }
  return count;
}

// Up to the end of the file that holds `offset`, or a block.
Result<std::size_t> ConsumeQueue::read_files(std::int64_t offset,
                                             std::span<QueueEntry> entries) const {
  std::array<char, read_block * entry_size> bytes;
  const auto in_file = static_cast<std::size_t>(next_file_offset(offset) - offset);
  const std::size_t count = std::min({entries.size(), in_file, read_block});
  const std::int64_t start = file_start_of(offset);
  auto file = open_file(start);
  if (!file) return std::move(file).error();
  auto size = (*file)->read(offset * entry_size - start, bytes.data(), count * entry_size);
  if (!size) return size;
  const std::size_t complete = *size / entry_size;
  for (std::size_t i = 0; i < complete; ++i) entries[i] = decode(bytes.data() + i * entry_size);
  return complete;
}

Result<QueueEntry> ConsumeQueue::entry_in_files(std::int64_t offset) const {
  QueueEntry entry;
  const auto count = read_files(offset, std::span(&entry, 1));
  if (!count) return count.error();
  return entry;  // zero, thus not valid, where nothing could be read
}

// The first offset in [from, to) for which `is` does not hold, when it holds for all before and
// none behind; else `to`. Most queues are short, so it looks at the first block before it halves.
template <class Is>
Result<std::int64_t> ConsumeQueue::first_not(std::int64_t from, std::int64_t to, Is&& is) const {
  if (from >= to) return from;
  std::array<QueueEntry, read_block> block;
  const auto wanted = static_cast<std::size_t>(
      std::min<std::int64_t>(to - from, static_cast<std::int64_t>(block.size())));
  const auto count = read_files(from, std::span(block).first(wanted));
  if (!count) return count.error();
  const auto entries = std::span(block).first(*count);
  const auto found = std::find_if_not(entries.begin(), entries.end(), is);
  if (found != entries.end()) return from + (found - entries.begin());

  from += static_cast<std::int64_t>(*count);
  while (from < to) {
    const std::int64_t middle = from + (to - from) / 2;
    const auto entry = entry_in_files(middle);
    if (!entry) return entry.error();
    if (is(*entry)) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

void ConsumeQueue::discard_tail() {
  tail_.clear();
  max_ = next_offset = written_;
  unwritten_from = -1;
}

Result<void> ConsumeQueue::drop_from_position(std::int64_t position, Zero zero) {
  assert(tail_.empty());
  if (zero == Zero::if_shorter && last_position_ < position) return {};
  const auto is_before = [position](const QueueEntry& entry) {
    return entry.is_valid() && entry.log_position() < position;
  };
  auto end = first_not(min_, files_end_ / entry_size, is_before);
  if (!end) return std::move(end).error();
  // Where power was lost entries may be half old and half new: they do not follow the one before.
  // (Blanks may lie where the next entry lies.)
  while (*end > min_ + 1) {
    const auto last = entry_in_files(*end - 1);
    const auto before = entry_in_files(*end - 2);
    if (!last) return last.error();
    if (!before) return before.error();
    if (is_before(*last) && last->log_position() >= before->log_position()) break;
    --*end;
  }
  return set_end(*end, true);
}

Result<void> ConsumeQueue::drop_from_offset(std::int64_t offset) {
  if (offset <= min_) return restart_at(offset);
  std::set<std::string> touched;
  if (auto written = write_out(touched); !written) return written;
  return set_end(offset, true);
}

Result<void> ConsumeQueue::restart_at(std::int64_t offset) {
  files_.forget(number_);
  if (files_end_ > 0) {
    if (auto removed = files_.directory().remove_all(folder()); !removed) return removed;
  }
  files_begin_ = files_end_ = 0;
  min_ = written_ = max_ = next_offset = offset;
  last_position_ = -1;
  tail_.clear();
  return {};
}

// Everything behind `offset` is gone: in memory, and in the files where they may hold something.
Result<void> ConsumeQueue::set_end(std::int64_t offset, bool has_stale_bytes) {
  tail_.clear();
  written_ = max_ = next_offset = offset;
  min_ = std::min(min_, offset);
  last_position_ = -1;
  if (offset * entry_size > files_begin_ && offset * entry_size <= files_end_) {
    const auto last = entry_in_files(offset - 1);
    if (!last) return last.error();
    last_position_ = last->log_position();
  }
  if (!has_stale_bytes || files_end_ == 0) return {};

  const std::int64_t keep = std::max(file_start_of(offset), files_begin_);
  while (files_end_ > keep + file_size_) {
    files_.forget(number_);
    const std::string path = file_path(files_end_ - file_size_);
    if (auto removed = files_.directory().remove(path); !removed) return removed;
    files_end_ -= file_size_;
  }
  if (keep >= files_end_) return {};
  auto file = open_file(keep);
  if (!file) return std::move(file).error();
  return (*file)->zero_from(offset * entry_size - keep);
}

Result<void> ConsumeQueue::follow_log(std::int64_t log_min) {
  if (log_min == log_min_) return {};
  const auto first = first_not(min_, written_, [&](const QueueEntry& entry) {
    return entry.log_position() < log_min || entry == QueueEntry::blank();
  });
  if (!first) return first.error();
  min_ = *first;
  log_min_ = log_min;
  return {};
}

Result<std::size_t> ConsumeQueue::remove_old_files(std::size_t files_max) {
  const std::int64_t keep = std::min(file_start_of(min_), files_end_ - file_size_);
  std::size_t removed = 0;
  while (files_begin_ < keep && removed < files_max) {
    files_.forget(number_);
    const std::string path = file_path(files_begin_);
    if (auto gone = files_.directory().remove(path); !gone) return std::move(gone).error();
    files_begin_ += file_size_;
    ++removed;
  }
  return removed;
}

}  // namespace rocketmq::broker
