#include "broker-lite/store/recovery.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker-lite/store/log_reader.h"
#include "broker-lite/store/recovery_start.h"
#include "protocol/bytes.h"

namespace rocketmq::broker {
namespace {

using protocol::RecordView;

constexpr std::int64_t queue_gap_max = 1'000'000;     // entries that are filled with blanks
constexpr std::int64_t queue_offset_max = 1LL << 48;  // times 20 it is still a place in a file

class Recovery {
 public:
  Recovery(CommitLog& log, ConsumeQueues& queues, const LastStop& last_stop,
           const Checkpoint& checkpoint,
           const std::function<std::int64_t(const RecordView&, std::int64_t)>& tags_code,
           const std::function<Result<void>(std::int64_t)>& distrust)
      : log_(log),
        reader_(log),
        queues_(queues),
        last_stop_(last_stop),
        start_(log, queues, last_stop, checkpoint),
        tags_code_(tags_code),
        distrust_(distrust) {}

  Result<Recovered> run() {
    const auto noted = start_.noted();
    auto is_complete = noted ? confirm(*noted) : false;
    if (is_complete && !*is_complete) is_complete = make_anew();
    if (!is_complete) return std::move(is_complete).error();
    result_.cut_bytes = reader_.used_bytes(result_.end);
    if (auto cut = log_.truncate(result_.end); !cut) return std::move(cut).error();
    queues_.log_ends_at(result_.end);
    return result_;
  }

 private:
  // --- reading the log ---

  // After most stops only the last entries are missing. The others are left as they are, and queues
  // without any asleep: there may be a hundred thousand. False where the log or a queue shows
  // anything else; nothing was changed then that walk() would not take back.
  Result<bool> confirm(std::int64_t start) {
    result_ = {.start = start, .end = start};
    while (result_.end < reader_.end()) {
      if (const auto record = reader_.record(result_.end)) {
        auto confirmed = confirm_entry(*record);
        if (!confirmed || !*confirmed) return confirmed;
        count(*record);
      } else if (reader_.is_blank(result_.end)) {
        result_.end = reader_.file_end(result_.end);
      } else if (reader_.next_record(result_.end, result_.last_store_timestamp)) {
        return false;
      } else {
        break;
      }
    }
    return std::ranges::none_of(queues_.all(), [&](const ConsumeQueue* queue) {
      return queue->last_position() >= result_.end;
    });
  }

  // The record's entry is there, or it is the next one of its queue.
  Result<bool> confirm_entry(const RecordView& record) {
    if (!has_place(record)) return true;
    if (auto loaded = queues_.load_topic(record.topic); !loaded) return std::move(loaded).error();
    const ConsumeQueue* queue = queues_.find(record.topic, record.queue_id);
    const std::int64_t next = queue ? queue->max_offset() : 0;
    if (record.queue_offset == next) {
      const bool is_behind = !queue || queue->last_position() < record.physical_offset;
      if (is_behind) append(record, entry_of(record));
      return is_behind;
    }
    if (record.queue_offset > next || record.queue_offset < queue->min_offset()) return false;
    QueueEntry entry;
    const auto count = queue->read(record.queue_offset, std::span(&entry, 1));
    if (!count) return count.error();
    return entry.position == record.physical_offset &&
           entry.size == static_cast<std::int32_t>(record.bytes.size());
  }

  Result<bool> make_anew() {
    if (auto loaded = queues_.load_all(); !loaded) return std::move(loaded).error();
    std::int64_t start = start_.first();
    for (;;) {
      auto is_complete = walk(start);
      if (!is_complete || *is_complete) return is_complete;
      start = start_.earlier(start);
    }
  }

  // False when the queues lack entries of records before `start`.
  Result<bool> walk(std::int64_t start) {
    result_ = {.start = start, .end = start};
    if (const auto time = first_timestamp(start)) {
      if (auto distrusted = distrust_(*time); !distrusted) return std::move(distrusted).error();
    }
    queues_.discard_tails();
    const bool is_whole =  // what was written is there, so files have no holes
        last_stop_.kind == LastStop::Kind::clean || last_stop_.kind == LastStop::Kind::killed;
    const auto zero = is_whole ? ConsumeQueue::Zero::if_shorter : ConsumeQueue::Zero::always;
    for (ConsumeQueue* queue : queues_.all()) {
      if (auto dropped = queue->drop_from_position(start, zero); !dropped) {
        return std::move(dropped).error();
      }
    }

    while (result_.end < reader_.end()) {
      const std::int64_t position = result_.end;
      if (const auto record = reader_.record(position)) {
        auto taken = take(*record);
        if (!taken || !*taken) return taken;
      } else if (reader_.is_blank(position)) {
        result_.end = reader_.file_end(position);
      } else if (const auto next = reader_.next_record(position, result_.last_store_timestamp)) {
        auto set_aside = this->set_aside(position, *next);
        if (!set_aside) return std::move(set_aside).error();
      } else {
        break;
      }
    }
    return true;
  }

  // When what begins at `position` was stored: 0 where the log does not say, nothing where nothing
  // is.
  std::optional<std::int64_t> first_timestamp(std::int64_t position) const {
    while (position < reader_.end() && reader_.is_blank(position)) {
      position = reader_.file_end(position);
    }
    if (position >= reader_.end()) return std::nullopt;
    const auto record = reader_.record(position);
    return record ? record->store_timestamp : 0;
  }

  Result<bool> take(const RecordView& record) {
    auto entered = enter(record);
    if (!entered || !*entered) return entered;
    count(record);
    return true;
  }

  void count(const RecordView& record) {
    ++result_.records;
    result_.last_position = record.physical_offset;
    result_.last_store_timestamp = std::max(result_.last_store_timestamp, record.store_timestamp);
    result_.end += static_cast<std::int64_t>(record.bytes.size());
  }

  // What no send would have been allowed to store cannot be asked for either.
  static bool has_place(const RecordView& record) {
    return belongs_in_queue(record.sys_flag) && is_topic_name(record.topic) &&
           record.queue_id >= 0 && record.queue_offset >= 0 &&
           record.queue_offset <= queue_offset_max;
  }

  QueueEntry entry_of(const RecordView& record) const {
    return {record.physical_offset, static_cast<std::int32_t>(record.bytes.size()),
            tags_code_(record, record.store_timestamp)};
  }

  // Gives the record its place in its queue; false where an earlier start may explain a gap.
  Result<bool> enter(const RecordView& record) {
    if (!has_place(record)) return true;
    const ConsumeQueue* known = queues_.find(record.topic, record.queue_id);
    const std::int64_t expected = known ? known->max_offset() : 0;
    if (record.queue_offset < expected) {
      const auto is_torn = has_torn_entry(*known, record);
      if (!is_torn) return is_torn;
      if (*is_torn) {
        auto dropped = queues_.find_or_create(record.topic, record.queue_id)
                           .drop_from_offset(record.queue_offset);
        if (!dropped) return std::move(dropped).error();
        append(record, entry_of(record));
        return true;
      }
    }
    if (record.queue_offset != expected) {
      // No checksum covers the header, so ask the record that follows in the same queue.
      const auto following = reader_.following_offset(record);
      if (following == expected + 1) {  // only this record's offset is wrong
        append(record, QueueEntry::blank(record.physical_offset));
        return true;
      }
      const bool is_likely = following ? *following == record.queue_offset + 1
                                       : record.queue_offset > expected || record.queue_offset == 0;
      if (!is_likely) return true;
      auto moved = move_end(record);
      if (!moved || !*moved) return moved;
    }
    append(record, entry_of(record));
    return true;
  }

  // Does the entry at the record's offset lead to what is no record of that offset? Half of it was
  // lost with the power then.
  Result<bool> has_torn_entry(const ConsumeQueue& queue, const RecordView& record) const {
    if (record.queue_offset < queue.min_offset()) return false;
    QueueEntry entry;
    const auto count = queue.read(record.queue_offset, std::span(&entry, 1));
    if (!count) return count.error();
    if (*count == 0) return false;
    const auto other = reader_.record(entry.position);
    return !other || other->topic != record.topic || other->queue_id != record.queue_id ||
           other->queue_offset != record.queue_offset;
  }

  void append(const RecordView& record, const QueueEntry& entry) {
    queues_.append(queues_.find_or_create(record.topic, record.queue_id), entry);
  }

  // Makes the record's offset the next one of its queue, where the log says so.
  Result<bool> move_end(const RecordView& record) {
    ConsumeQueue& queue = queues_.find_or_create(record.topic, record.queue_id);
    const std::int64_t gap = record.queue_offset - queue.max_offset();
    Result<void> moved;
    if (queue.min_offset() == queue.max_offset()) {  // older entries went with older log files
      moved = queue.restart_at(record.queue_offset);
    } else if (gap < 0) {  // the topic was deleted and made anew
      moved = queue.drop_from_offset(record.queue_offset);
    } else if (result_.start > reader_.begin()) {
      return false;
    } else if (gap <= queue_gap_max) {
      queues_.mark_unwritten(queue, record.physical_offset);
      queue.fill_to(record.queue_offset, record.physical_offset);
    } else {
      moved = queue.restart_at(record.queue_offset);
    }
    if (!moved) return std::move(moved).error();
    return true;
  }

  // --- damage ---

  // Makes [from, to) readable for everybody: a record that carries the damaged bytes, or a BLANK
  // when the rest of a file is lost.
  Result<void> set_aside(std::int64_t from, std::int64_t to) {
    result_.damaged_bytes += to - from;
    const auto size = static_cast<std::size_t>(to - from);
    std::string bytes;
    if (to == reader_.file_end(from)) {
      if (size >= 8) {
        protocol::append_big(bytes, static_cast<std::int32_t>(size));
        protocol::append_big(bytes, protocol::blank_magic);
      }
    } else if (size > protocol::record_size_min) {
      bytes = wrap_damaged(reader_.bytes(from).substr(0, size), from);
    }
    if (bytes.empty()) {  // no room for a mark: only we can step over it
      result_.end = to;
      return {};
    }
    return log_.repair(from, bytes);  // and the walk reads it
  }

  std::string wrap_damaged(std::string_view damaged, std::int64_t position) {
    const std::size_t room = damaged.size() - protocol::record_size_min;
    const std::string_view topic = damaged_topic.substr(0, room);
    const ConsumeQueue* queue = queues_.find(topic, 0);
    const std::string body(damaged.substr(0, room - topic.size()));
    const RecordView record{.queue_offset = queue ? queue->max_offset() : 0,
                            .physical_offset = position,
                            .store_timestamp = result_.last_store_timestamp,
                            .body = body,
                            .topic = topic};
    std::string bytes(protocol::record_size(record), '\0');
    protocol::encode_record(record, bytes.data());
    return bytes;
  }

  CommitLog& log_;
  LogReader reader_;
  ConsumeQueues& queues_;
  const LastStop& last_stop_;
  RecoveryStart start_;
  const std::function<std::int64_t(const RecordView&, std::int64_t)>& tags_code_;
  const std::function<Result<void>(std::int64_t)>& distrust_;
  Recovered result_;
};

}  // namespace

Result<Recovered> recover(
    CommitLog& log, ConsumeQueues& queues, const LastStop& last_stop, const Checkpoint& checkpoint,
    const std::function<std::int64_t(const RecordView&, std::int64_t)>& tags_code,
    const std::function<Result<void>(std::int64_t)>& distrust) {
  return Recovery(log, queues, last_stop, checkpoint, tags_code, distrust).run();
}

bool belongs_in_queue(std::int32_t sys_flag) {
  const std::int32_t transaction = sys_flag & protocol::sys_flag::transaction_mask;
  return transaction == protocol::sys_flag::transaction_none ||
         transaction == protocol::sys_flag::transaction_commit;
}

}  // namespace rocketmq::broker
