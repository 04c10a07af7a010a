#include "broker-lite/store/message_store.h"

#include <algorithm>
#include <utility>

#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using protocol::RecordView;

constexpr std::size_t queues_per_commit = 32;
constexpr std::size_t queue_files_synced_singly = 64;   // more at once are cheaper all together
constexpr std::size_t queue_files_per_sync = 16;        // so that the log's syncs come in between
constexpr std::int64_t index_bytes_per_turn = 4 << 20;  // of log: some milliseconds
constexpr std::int64_t index_bytes_at_start = 64 << 20;

}  // namespace

// --- opening and closing ---

MessageStore::MessageStore(StoreOptions options, Directory& directory, Flusher& flusher)
    : options_(std::move(options)),
      directory_(directory),
      flusher_(flusher),
      log_(directory, options_.mapped_file_size_commit_log),
      queues_(directory, options_),
      index_(directory, options_),
      reader_(log_, queues_, options_),
      running_(directory),
      put_limits_{options_.max_message_size, log_.block_size_max()} {
  if (!options_.tags_code) {
    options_.tags_code = [](const RecordView& record, std::int64_t) {
      return protocol::tags_code(record.properties);
    };
  }
}

MessageStore::~MessageStore() = default;

Result<std::unique_ptr<MessageStore>> MessageStore::open(StoreOptions options, Directory& directory,
                                                         Flusher& flusher, std::int64_t now_ms) {
  constexpr std::int64_t log_file_size_min = 1024;  // some records each
  if (options.mapped_file_size_commit_log < log_file_size_min ||
      options.mapped_file_size_consume_queue < QueueEntry::encoded_size) {
    return Error{Errc::invalid_argument, "the store's files cannot be that small"};
  }
  std::unique_ptr<MessageStore> store(new MessageStore(std::move(options), directory, flusher));
  store->now_ms_ = now_ms;
  if (auto started = store->start(); !started) return std::move(started).error();
  return store;
}

Result<void> MessageStore::start() {
  auto lock = directory_.lock("lock", "lock");
  if (!lock) return std::move(lock).error();
  lock_ = *std::move(lock);

  const auto last_stop = running_.read();
  if (!last_stop) return last_stop.error();
  if (auto loaded = log_.load(); !loaded) return loaded;
  if (auto loaded = queues_.load(log_.min_position()); !loaded) return loaded;
  auto checkpoint = load_checkpoint(directory_);
  if (!checkpoint) return std::move(checkpoint).error();
  checkpoint_ = saved_checkpoint_ = *checkpoint;

  // From here on files change. A stock broker's mark stays until its crash has been dealt with.
  const bool was_clean = last_stop->kind == LastStop::Kind::clean;
  if (was_clean) {
    if (auto marked = running_.set(); !marked) return marked;
  }
  const auto distrust = [this](std::int64_t since_ms) -> Result<void> {
    if (checkpoint_.logics_msg_timestamp <= since_ms) return {};
    checkpoint_.logics_msg_timestamp = since_ms;
    saved_checkpoint_ = checkpoint_;
    return save_checkpoint(directory_, checkpoint_);
  };
  auto recovered = recover(log_, queues_, *last_stop, checkpoint_, options_.tags_code, distrust);
  if (!recovered) return std::move(recovered).error();
  recovered_ = *recovered;
  if (!was_clean) {
    if (auto marked = running_.set(); !marked) return marked;
  }
  last_position_ = recovered_.last_position;
  running_.update(queues_.written_to(std::max<std::int64_t>(last_position_, 0)));

  // A damaged time from the far future must not become the time of every message to come.
  constexpr std::int64_t day_ms = 86'400'000;
  if (recovered_.last_store_timestamp < now_ms_ + day_ms) {
    last_store_timestamp_ = readable_timestamp_ = recovered_.last_store_timestamp;
  }
  if (options_.message_index_enable) {
    auto loaded = index_.load(*last_stop, checkpoint_.index_msg_timestamp, log_.min_position(),
                              recovered_.end);
    if (!loaded) return loaded;
    index_readable(index_bytes_at_start);
  }
  flush_.start_at(synced_end(was_clean));
  next_flush_ms_ = now_ms_;
  return {};
}

// What may not be on disk yet is synced with the first messages to come. After a crash that is the
// last two files: more is never unsynced in sync mode, and async mode promises nothing.
std::int64_t MessageStore::synced_end(bool was_clean) const {
  if (was_clean && recovered_.damaged_bytes == 0) return recovered_.end;
  return std::max(log_.min_position(), recovered_.end - options_.mapped_file_size_commit_log);
}

Result<void> MessageStore::close(std::int64_t now_ms) {
  now_ms_ = now_ms;
  if (failure_.code) return failure_;
  if (auto committed = commit(); !committed) return committed;
  const std::int64_t end = log_.committed();
  for (const auto& file : log_.files_of(flush_.flushed(), end)) {
    if (auto synced = file->sync(); !synced) {
      fail(synced.error());
      return synced;
    }
  }
  *std::exchange(is_alive_, std::make_shared<bool>(true)) = false;  // a sync under way is no news
  flush_.begin(end);
  flush_.finish({});
  make_readable(end);
  failure_ = {ResponseCode::service_not_available, "the store has been closed"};

  const auto queues_synced = sync_queues_at_stop(end);
  if (!queues_synced) return queues_synced.error();
  if (options_.message_index_enable) {
    index_readable(index_bytes_at_start);
    if (auto indexed = index_.write_all(now_ms); !indexed) return indexed;
    checkpoint_.index_msg_timestamp = index_.full_timestamp();
  }
  if (auto removed = log_.remove_unused_files(); !removed) return removed;
  checkpoint_.physic_msg_timestamp = last_store_timestamp_;
  if (*queues_synced) checkpoint_.logics_msg_timestamp = last_store_timestamp_;
  checkpoint_.confirm_phy_offset = end;
  checkpoint_.last_position = last_position_;
  if (auto saved = save_checkpoint(directory_, checkpoint_); !saved) return saved;
  if (*queues_synced) return running_.remove();
  running_.update(queues_.written_to(std::max<std::int64_t>(last_position_, 0)));
  return {};
}

// False where it would take too long, as when thousands of queues were written to lately.
Result<bool> MessageStore::sync_queues_at_stop(std::int64_t end) {
  const auto files_max = static_cast<std::size_t>(options_.consume_queue_files_at_stop);
  if (auto written = queues_.write(end, files_max); !written) return std::move(written).error();
  const auto files = queues_.unsynced_files();
  if (queues_.written_to(end) < end || files.size() > files_max) return false;
  const bool are_many = files.size() > queue_files_synced_singly;
  auto synced = are_many ? directory_.sync_all() : ConsumeQueues::sync(directory_, files);
  if (!synced) return std::move(synced).error();
  return true;
}

// --- putting ---

const Error& MessageStore::failure() const {
  if (failure_.code) return failure_;
  return queue_failure_.code ? queue_failure_ : disk_full_;
}

void MessageStore::set_disk_use(std::int32_t used_percent, std::int32_t used_percent_max) {
  disk_used_percent_ = used_percent;
  const bool is_full = used_percent > used_percent_max;
  disk_full_ = is_full
                   ? Error{ResponseCode::service_not_available,
                           str("the disk is ", used_percent, " % full: messages are taken at ",
                               used_percent_max,
                               " % again; make room on it, or raise diskSpaceWarningLevelRatio")}
                   : Error();
}

Result<Placed> MessageStore::put(const RecordView& message, std::int64_t now_ms) {
  if (!is_writable()) return refusal(failure());
  if (auto checked = put_limits_.check(message); !checked) return std::move(checked).error();
  if (auto loaded = queues_.load_topic(message.topic); !loaded) return refusal(loaded.error());
  const CommitLog::Slot slot = log_.append(protocol::record_size(message));
  encode(message, slot.bytes, slot.position, now_ms);
  return Placed{uncommitted_.back().queue_offset, slot.position, log_.end(), last_store_timestamp_};
}

Result<PlacedBatch> MessageStore::put_batch(const RecordView& common, std::string_view batch_body,
                                            std::int64_t now_ms) {
  if (!is_writable()) return refusal(failure());
  if (batch_body.size() > options_.max_message_size) return put_limits_.illegal();
  if (auto loaded = queues_.load_topic(common.topic); !loaded) return refusal(loaded.error());

  std::vector<RecordView> messages;
  std::size_t size = 0;
  protocol::BatchReader reader(batch_body);
  while (const auto entry = reader.next()) {
    RecordView& message = messages.emplace_back(common);
    message.flag = entry->flag;
    message.body = entry->body;
    message.properties = entry->properties;
    if (auto checked = put_limits_.check(message); !checked) return std::move(checked).error();
    size += protocol::record_size(message);
  }
  if (!reader.ok() || messages.empty() || size > log_.block_size_max()) {
    return put_limits_.illegal();
  }

  const CommitLog::Slot slot = log_.append(size);
  const std::size_t first = uncommitted_.size();
  PlacedBatch batch;
  std::int64_t position = slot.position;
  for (const RecordView& message : messages) {
    encode(message, slot.bytes + (position - slot.position), position, now_ms);
    batch.positions.push_back(position);
    position += static_cast<std::int64_t>(protocol::record_size(message));
  }
  batch.placed = {uncommitted_[first].queue_offset, slot.position, position, last_store_timestamp_};
  return batch;
}

void MessageStore::encode(const RecordView& message, char* to, std::int64_t position,
                          std::int64_t now_ms) {
  now_ms_ = now_ms;
  last_store_timestamp_ = std::max(last_store_timestamp_, now_ms);
  Coming coming{.store_timestamp = last_store_timestamp_};
  if (belongs_in_queue(message.sys_flag)) {
    coming.queue = &queues_.find_or_create(message.topic, message.queue_id);
    coming.queue_offset = coming.queue->next_offset++;
  }
  const std::size_t size = protocol::encode_record(message, to);
  protocol::patch_queue_offset(to, coming.queue_offset);
  protocol::patch_physical_offset(to, position);
  protocol::patch_store_timestamp(to, coming.store_timestamp);
  coming.entry = {position, static_cast<std::int32_t>(size),
                  options_.tags_code(message, coming.store_timestamp)};
  uncommitted_.push_back(coming);
  if (options_.message_index_enable) {
    index_.foresee(message, position, coming.store_timestamp);
  }
}

Result<void> MessageStore::commit() {
  if (!log_.has_pending()) return {};
  if (auto written = log_.write_out(); !written) {
    take_back();
    return refusal(written.error());
  }
  if (options_.flush_mode == FlushMode::sync) {
    unflushed_.insert(unflushed_.end(), uncommitted_.begin(), uncommitted_.end());
    uncommitted_.clear();
    index_.forget_foreseen();  // they are not readable yet
    start_sync();
  } else {
    readable_now_.swap(uncommitted_);
    index_.take_foreseen(log_.committed());
    make_readable(log_.committed());
    if (now_ms_ >= next_flush_ms_) start_sync();
  }
  write_queues(log_.committed() - options_.consume_queue_lag_bytes, queues_per_commit);
  return {};
}

// The last first, so that every queue ends where it was.
void MessageStore::take_back() {
  for (auto it = uncommitted_.rbegin(); it != uncommitted_.rend(); ++it) {
    if (it->queue != nullptr) it->queue->next_offset = it->queue_offset;
  }
  uncommitted_.clear();
  index_.forget_foreseen();
}

Result<void> MessageStore::delete_topic(std::string_view topic) {
  // To commit is the caller's, who has senders waiting for what comes of it.
  if (has_uncommitted()) return Error{Errc::invalid_argument, "some messages are not committed"};
  std::erase_if(unflushed_, [&](const Coming& coming) {
    return coming.queue != nullptr && coming.queue->topic() == topic;
  });
  return queues_.remove_topic(topic);
}

// --- becoming readable and getting to disk ---

void MessageStore::make_readable(std::int64_t end) {
  while (!unflushed_.empty() && unflushed_.front().entry.position < end) {
    readable_now_.push_back(unflushed_.front());
    unflushed_.pop_front();
  }
  for (const Coming& coming : readable_now_) {
    readable_timestamp_ = coming.store_timestamp;
    last_position_ = coming.entry.position;
    if (coming.queue != nullptr) queues_.append(*coming.queue, coming.entry);
  }
  index_readable(index_bytes_per_turn);
  if (arrived_) {
    for (const Coming& coming : readable_now_) {
      if (coming.queue == nullptr) continue;
      const auto slice = log_.read(coming.entry.position, coming.entry.size);
      arrived_({coming.queue->topic(), coming.queue->queue_id(), coming.queue_offset + 1,
                coming.entry.tags_code, slice ? slice->bytes : std::string_view()});
    }
  }
  readable_now_.clear();
}

void MessageStore::on_flushed(std::int64_t end, Flushed flushed) {
  flush_.wait_for(end, std::move(flushed));
}

void MessageStore::start_sync() {
  if (flush_.is_syncing() || failure_.code || flush_.flushed() == log_.committed()) return;
  next_flush_ms_ = now_ms_ + options_.flush_interval_commit_log_ms;
  auto files = log_.files_of(flush_.flushed(), log_.committed());
  flush_.begin(log_.committed());
  // All that is committed carries a time up to this one.
  run(
      [files = std::move(files)]() -> Result<void> {
        for (const auto& file : files) {
          if (auto synced = file->sync(); !synced) return synced;
        }
        return {};
      },
      [this, time = last_store_timestamp_](const Result<void>& result) {
        sync_finished(time, result);
      });
}

void MessageStore::sync_finished(std::int64_t store_timestamp, const Result<void>& result) {
  if (!result) fail(result.error());
  if (result) checkpoint_.physic_msg_timestamp = store_timestamp;
  flush_.finish(result);
  if (options_.flush_mode == FlushMode::sync) {
    make_readable(flush_.flushed());
    start_sync();
  }
  if (failure_.code) flush_.fail(failure_);  // whatever failed meanwhile
}

// The system forgets which pages it could not write, so no later sync means anything.
void MessageStore::fail(const Error& error) {
  if (failure_.code) return;
  failure_ = error;
  running_.distrust();
  if (!flush_.is_syncing()) flush_.fail(error);
}

void MessageStore::tick(std::int64_t now_ms) {
  now_ms_ = std::max(now_ms_, now_ms);
  if (failure_.code) return;
  if (now_ms_ >= next_flush_ms_) start_sync();
  write_queues(log_.committed(), static_cast<std::size_t>(options_.consume_queue_files_per_tick));
  queues_.release_idle();
  index_readable(index_bytes_per_turn);
  start_index_write();
  running_.update(queues_.written_to(std::max<std::int64_t>(last_position_, 0)));
  start_queue_sync();
  save_checkpoint_if_moved();
  log_.prepare_next_file();
}

void MessageStore::index_readable(std::int64_t bytes_max) {
  if (!options_.message_index_enable) return;
  index_.read_on(log_, readable_end(), bytes_max);
  if (index_.has_batch()) start_index_write();
}

// A failure makes the keys wait for the next tick; they hold up nothing else.
void MessageStore::start_index_write() {
  auto job = index_.begin_write(now_ms_);
  if (!job || !*job) return;
  run(**std::move(job), [this](const Result<void>& written) {
    index_.end_write(written);
    checkpoint_.index_msg_timestamp = index_.full_timestamp();
    if (written && index_.has_rest()) start_index_write();
  });
}

void MessageStore::write_queues(std::int64_t before, std::size_t queues_max) {
  const auto written = queues_.write(before, queues_max);
  queue_failure_ = written ? Error() : written.error();
}

void MessageStore::start_queue_sync() {
  if (is_syncing_queues_ || !queues_.has_unsynced()) return;
  is_syncing_queues_ = true;
  queue_files_ = queues_.begin_sync();
  sync_some_queues();
}

void MessageStore::sync_some_queues() {
  const std::size_t count = std::min(queue_files_.size(), queue_files_per_sync);
  const auto first = queue_files_.end() - static_cast<std::ptrdiff_t>(count);
  std::vector<std::string> some(first, queue_files_.end());
  queue_files_.erase(first, queue_files_.end());
  run([&directory = directory_,
       paths = std::move(some)] { return ConsumeQueues::sync(directory, paths); },
      [this](const Result<void>& result) {
        if (!result) return fail(result.error());
        if (!queue_files_.empty()) return sync_some_queues();
        is_syncing_queues_ = false;
        queues_.end_sync();
        checkpoint_.logics_msg_timestamp = queues_synced_timestamp();
        save_checkpoint_if_moved();
      });
}

std::int64_t MessageStore::readable_end() const {
  return unflushed_.empty() ? log_.committed() : unflushed_.front().entry.position;
}

// Entries of all messages stored before this time are on disk.
std::int64_t MessageStore::queues_synced_timestamp() const {
  const std::int64_t end = readable_end();
  const std::int64_t synced = queues_.synced_to(end);
  if (synced >= end) return readable_timestamp_;
  const auto record = reader_.record_at(synced);
  return record ? record->record.store_timestamp : checkpoint_.logics_msg_timestamp;
}

// A checkpoint that could not be saved costs time at the next start, nothing else.
void MessageStore::save_checkpoint_if_moved() {
  if (is_saving_checkpoint_ || checkpoint_ == saved_checkpoint_) return;
  is_saving_checkpoint_ = true;
  checkpoint_.confirm_phy_offset = flush_.flushed();
  run([&directory = directory_,
       checkpoint = checkpoint_] { return save_checkpoint(directory, checkpoint); },
      [this, checkpoint = checkpoint_](const Result<void>& result) {
        is_saving_checkpoint_ = false;
        if (result) saved_checkpoint_ = checkpoint;
      });
}

void MessageStore::run(Flusher::Job job, Flusher::Done done) {
  flusher_.run(std::move(job), [alive = std::weak_ptr<bool>(is_alive_),
                                done = std::move(done)](Result<void> result) {
    if (const auto is_alive = alive.lock(); is_alive && *is_alive) done(std::move(result));
  });
}

// --- asking ---

bool MessageStore::has_queue(std::string_view topic, std::int32_t queue_id) const {
  return queues_.find(topic, queue_id) != nullptr;
}

std::int64_t MessageStore::min_offset(std::string_view topic, std::int32_t queue_id) const {
  const ConsumeQueue* queue = queues_.find(topic, queue_id);
  return queue ? queue->min_offset() : 0;
}

std::int64_t MessageStore::max_offset(std::string_view topic, std::int32_t queue_id) const {
  const ConsumeQueue* queue = queues_.find(topic, queue_id);
  return queue ? queue->max_offset() : 0;
}

}  // namespace rocketmq::broker
