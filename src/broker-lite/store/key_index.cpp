#include "broker-lite/store/key_index.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "broker-lite/store/index_keys.h"
#include "protocol/bytes.h"
#include "protocol/message_codec.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using protocol::RecordView;

const std::string folder = "index";

// A name of 17 digits: yyyyMMddHHmmssSSS, local time, as stock names its files.
std::string name_of_time(std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 32> text;
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y%m%d%H%M%S", &local);
  const std::string rest = std::to_string(1000 + ms % 1000);
  return std::string(text.data(), size) + rest.substr(1);
}

bool is_index_name(std::string_view name) {
  return name.size() == 17 &&
         std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

// The order of the names is that of the files, also when the clock went back.
std::string name_after(const std::string& last, std::int64_t now_ms) {
  std::string name = name_of_time(now_ms);
  if (name > last) return name;
  name = last;
  for (auto digit = name.rbegin(); digit != name.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      break;
    }
    *digit = '0';
  }
  return name;
}

bool is_in(const IndexHeader& header, std::int64_t begin, std::int64_t end) {
  return begin <= header.end_timestamp && header.begin_timestamp <= end;
}

bool is_blank(std::string_view bytes) {
  return bytes.size() >= 8 &&
         protocol::load_big<std::uint32_t>(bytes.data() + 4) == protocol::blank_magic;
}

}  // namespace

KeyIndex::KeyIndex(Directory& directory, const StoreOptions& options)
    : directory_(directory), options_(options) {}

Result<void> KeyIndex::load(const LastStop& last_stop, std::int64_t full_timestamp,
                            std::int64_t log_min, std::int64_t log_end) {
  auto listed = directory_.list(folder);
  if (!listed) return std::move(listed).error();
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : *listed) {
    if (!entry.is_directory && is_index_name(entry.name)) names.push_back(entry.name);
  }
  const bool may_be_torn = last_stop.kind == LastStop::Kind::crash_of_ours ||
                           last_stop.kind == LastStop::Kind::crash_of_stock;
  for (const std::string& name : names) {
    auto file = IndexFile::open(directory_, folder + '/' + name, options_.index_geometry);
    if (!file) return std::move(file).error();
    const auto header = file->read_header();
    if (!header || (may_be_torn && header->end_timestamp > full_timestamp) ||
        header->end_position >= std::max<std::int64_t>(log_end, 1)) {
      break;
    }
    files_.push_back({name, *std::move(file), *header});
  }
  if (auto removed = remove_files_from(files_.size(), names); !removed) return removed;
  full_timestamp_ = full_timestamp;
  if (!files_.empty() && files_.back().header.end_timestamp > 0) {
    indexed_position_ = files_.back().header.end_position;
  }
  next_position_ = std::max(log_min, indexed_position_);
  return {};
}

// The newest first, so that a crash in between leaves no gap.
Result<void> KeyIndex::remove_files_from(std::size_t first, const std::vector<std::string>& names) {
  for (std::size_t i = names.size(); i-- > first;) {
    if (auto removed = directory_.remove(folder + '/' + names[i]); !removed) return removed;
  }
  return {};
}

std::vector<std::string> KeyIndex::forget_before(std::int64_t log_min) {
  std::vector<std::string> paths;
  const auto is_needed = [&](const OpenFile& file) { return file.header.end_position >= log_min; };
  while (files_.size() > 1 && !is_needed(files_.front())) {
    paths.push_back(folder + '/' + files_.front().name);
    files_.erase(files_.begin());
  }
  return paths;
}

// --- taking keys ---

void KeyIndex::read_on(const CommitLog& log, std::int64_t end, std::int64_t bytes_max) {
  next_position_ = std::max(next_position_, log.min_position());
  const std::int64_t stop = std::min(end, next_position_ + bytes_max);
  while (next_position_ < stop && pending_.size() < options_.index_pending_keys_max) {
    const auto slice = log.read_from(next_position_);
    if (!slice) return;
    const auto record = protocol::decode_record(slice->bytes, protocol::CrcCheck::skip);
    if (record && record->physical_offset == next_position_) {
      if (next_position_ > indexed_position_) {
        indexed_position_ = next_position_;
        add_keys(*record, next_position_, record->store_timestamp, pending_);
      }
      next_position_ += static_cast<std::int64_t>(record->bytes.size());
    } else {  // a blank; or damage, and nobody knows where the next record begins
      if (!is_blank(slice->bytes) && next_position_ + log.file_size() > end) return;
      next_position_ = log.file_start(log.file_index(next_position_)) + log.file_size();
    }
  }
}

void KeyIndex::add_keys(const RecordView& record, std::int64_t position,
                        std::int64_t store_timestamp, std::vector<IndexedKey>& to) {
  IndexedKey key{.hash = 0, .position = position, .store_timestamp = store_timestamp};
  // Two references: a std::function of more would be allocated.
  for_each_index_text(record, buffer_, [&key, &to](std::string_view text) {
    key.hash = index_hash(text);
    to.push_back(key);
  });
}

void KeyIndex::foresee(const RecordView& record, std::int64_t position,
                       std::int64_t store_timestamp) {
  if (foreseen_.begin < 0) foreseen_.begin = position;
  foreseen_.last = position;
  add_keys(record, position, store_timestamp, foreseen_keys_);
}

// Keys are taken in the order of the log: not where something before them has yet to be read.
void KeyIndex::take_foreseen(std::int64_t end) {
  if (foreseen_.begin == next_position_ && foreseen_.begin > indexed_position_ &&
      pending_.size() + foreseen_keys_.size() <= options_.index_pending_keys_max) {
    pending_.insert(pending_.end(), foreseen_keys_.begin(), foreseen_keys_.end());
    indexed_position_ = foreseen_.last;
    next_position_ = end;
  }
  forget_foreseen();
}

void KeyIndex::forget_foreseen() {
  foreseen_ = {};
  foreseen_keys_.clear();
}

// --- writing ---

Result<void> KeyIndex::add_file(std::int64_t now_ms) {
  const std::string name = name_after(files_.empty() ? "" : files_.back().name, now_ms);
  if (auto made = directory_.create_directories(folder); !made) return made;
  auto file = IndexFile::open(directory_, folder + '/' + name, options_.index_geometry);
  if (!file) return std::move(file).error();
  files_.push_back({name, *std::move(file), {}});
  return {};
}

Result<std::optional<Flusher::Job>> KeyIndex::begin_write(std::int64_t now_ms) {
  using NoJob = std::optional<Flusher::Job>;
  if (is_writing_) return NoJob();
  if (!writing_) {
    if (pending_.empty()) return NoJob();
    writing_ = std::make_shared<Batch>();
    writing_->keys.swap(pending_);
    pending_.swap(spare_);
  }
  if (files_.empty() || is_full(files_.back().header)) {
    if (auto added = add_file(now_ms); !added) return std::move(added).error();
  }
  is_writing_ = true;
  const OpenFile& last = files_.back();
  return NoJob([&directory = directory_, file = last.file, header = last.header, batch = writing_,
                entries = options_.index_geometry.entries]() -> Result<void> {
    const auto left = std::span(batch->keys).subspan(batch->written);
    auto written = file.write(header, left);
    if (!written) return std::move(written).error();
    batch->header = *written;
    if (written->count < entries) return {};
    if (auto synced = file.sync(); !synced) return synced;
    return directory.sync(folder);
  });
}

void KeyIndex::end_write(const Result<void>& written) {
  if (!std::exchange(is_writing_, false) || !written) return;
  OpenFile& last = files_.back();
  writing_->written += static_cast<std::size_t>(writing_->header.count - last.header.count);
  last.header = writing_->header;
  if (is_full(last.header)) full_timestamp_ = last.header.end_timestamp;
  if (writing_->written < writing_->keys.size()) return;
  spare_.swap(writing_->keys);
  spare_.clear();
  writing_.reset();
}

Result<void> KeyIndex::write_all(std::int64_t now_ms) {
  is_writing_ = false;
  for (;;) {
    const auto job = begin_write(now_ms);
    if (!job) return job.error();
    if (!*job) break;
    const auto written = (**job)();
    end_write(written);
    if (!written) return written;
  }
  if (files_.empty()) return {};
  if (auto synced = files_.back().file.sync(); !synced) return synced;
  return directory_.sync(folder);
}

// --- asking ---

Result<void> KeyIndex::find(std::string_view index_text, std::int64_t begin_timestamp,
                            std::int64_t end_timestamp, const IndexFile::Found& found) const {
  const std::int32_t hash = index_hash(index_text);
  bool goes_on = true;
  const auto ask = [&](std::int64_t position) { return goes_on = found(position); };
  const auto find_among = [&](std::span<const IndexedKey> keys) {
    for (std::size_t i = keys.size(); i-- > 0 && goes_on;) {
      if (keys[i].hash == hash) ask(keys[i].position);
    }
  };
  find_among(pending_);
  if (writing_) find_among(std::span(writing_->keys).subspan(writing_->written));

  std::int32_t steps = options_.index_steps_max;
  for (std::size_t i = files_.size(); i-- > 0 && goes_on;) {
    const IndexHeader& header = files_[i].header;
    if (is_in(header, begin_timestamp, end_timestamp)) {
      auto looked = files_[i].file.find(header, hash, begin_timestamp, end_timestamp, steps, ask);
      if (!looked) return looked;
    }
    if (header.begin_timestamp < begin_timestamp) break;  // older files are older still
  }
  return {};
}

}  // namespace rocketmq::broker
