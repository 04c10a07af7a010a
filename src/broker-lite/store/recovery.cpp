#include "broker-lite/store/recovery.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "protocol/bytes.h"

namespace rocketmq::broker {
namespace {

using protocol::RecordView;

constexpr std::size_t search_bytes_max = 64 << 20;
constexpr std::size_t boundary_queues_max = 16;       // asked for a record near the checkpoint
constexpr std::int64_t queue_gap_max = 1'000'000;     // entries that are filled with blanks
constexpr std::int64_t queue_offset_max = 1LL << 48;  // times 20 it is still a place in a file
constexpr std::int64_t following_search_bytes_max = 4 << 20;

// Reads single records of a log whose end is not known yet.
class LogReader {
 public:
  explicit LogReader(const CommitLog& log) : log_(log) {}

  std::int64_t begin() const { return log_.min_position(); }
  std::int64_t end() const {
    return begin() + static_cast<std::int64_t>(log_.file_count()) * log_.file_size();
  }
  std::int64_t file_start(std::int64_t position) const {
    return log_.file_start(log_.file_index(position));
  }
  std::int64_t file_end(std::int64_t position) const {
    return file_start(position) + log_.file_size();
  }

  // From `position` to the end of its file.
  std::string_view bytes(std::int64_t position) const {
    if (position < begin() || position >= end()) return {};
    return log_.file_bytes(log_.file_index(position))
        .substr(static_cast<std::size_t>(position - file_start(position)));
  }

  std::optional<RecordView> record(std::int64_t position) const {
    auto decoded = protocol::decode_record(bytes(position));
    if (!decoded || decoded->physical_offset != position || is_torn(*decoded)) return std::nullopt;
    return *decoded;
  }

  // The CRC does not reach behind the body. What was not written there is zero.
  static bool is_torn(const RecordView& record) {
    return record.properties.ends_with('\0') || record.topic.find('\0') != std::string_view::npos;
  }

  bool is_blank(std::int64_t position) const {
    const std::string_view rest = bytes(position);
    return rest.size() >= 8 &&
           protocol::load_big<std::uint32_t>(rest.data() + 4) == protocol::blank_magic;
  }

 private:
  const CommitLog& log_;
};

class Recovery {
 public:
  Recovery(CommitLog& log, ConsumeQueues& queues, const LastStop& last_stop,
           const Checkpoint& checkpoint,
           const std::function<std::int64_t(const RecordView&)>& tags_code)
      : log_(log),
        reader_(log),
        queues_(queues),
        last_stop_(last_stop),
        time_(checkpoint.min_timestamp()),
        tags_code_(tags_code) {}

  Result<Recovered> run() {
    std::int64_t start = first_start();
    for (;;) {
      const auto is_complete = walk(start);
      if (!is_complete) return is_complete.error();
      if (*is_complete) break;
      start = earlier_start(start);
    }
    result_.cut_bytes = nonzero_bytes(result_.end);
    if (auto cut = log_.truncate(result_.end); !cut) return std::move(cut).error();
    return result_;
  }

 private:
  // --- where to start ---

  std::int64_t first_start() const {
    const bool have_queues = std::any_of(queues_.all().begin(), queues_.all().end(),
                                         [](auto* queue) { return queue->last_position() >= 0; });
    if (!have_queues) return reader_.begin();
    std::optional<std::int64_t> start;
    switch (last_stop_.kind) {
      case LastStop::Kind::clean:
        start = last_known_record();
        break;
      case LastStop::Kind::killed:
        start = first_unwritten_record();
        if (!start) start = record_before_checkpoint();
        break;
      case LastStop::Kind::crash_of_ours:
        start = record_before_checkpoint();
        break;
      case LastStop::Kind::crash_of_stock:
        break;
    }
    return start ? *start : file_before_checkpoint();
  }

  std::optional<std::int64_t> first_unwritten_record() const {
    const std::int64_t position = *last_stop_.queues_written_to;
    if (reader_.record(position) || reader_.is_blank(position)) return position;
    const auto last = last_known_record();  // nothing was put behind it
    return last && *last < position ? last : std::nullopt;
  }

  std::optional<std::int64_t> last_known_record() const {
    std::int64_t last = -1;
    for (const ConsumeQueue* queue : queues_.all()) last = std::max(last, queue->last_position());
    if (last < 0 || !reader_.record(last)) return std::nullopt;
    return last;
  }

  // Any queue gives places of records; the ones that were used last have places near the end.
  std::optional<std::int64_t> record_before_checkpoint() const {
    std::vector<const ConsumeQueue*> by_last(queues_.all().begin(), queues_.all().end());
    const std::size_t count = std::min(by_last.size(), boundary_queues_max);
    std::partial_sort(by_last.begin(), by_last.begin() + static_cast<std::ptrdiff_t>(count),
                      by_last.end(), [](const ConsumeQueue* a, const ConsumeQueue* b) {
                        return a->last_position() > b->last_position();
                      });
    std::optional<std::int64_t> best;
    for (std::size_t i = 0; i < count; ++i) {
      const auto position = last_record_before_checkpoint(*by_last[i]);
      if (position && (!best || *position > *best)) best = position;
    }
    return best;
  }

  std::optional<std::int64_t> last_record_before_checkpoint(const ConsumeQueue& queue) const {
    std::optional<std::int64_t> best;
    std::int64_t from = queue.min_offset();
    std::int64_t to = queue.max_offset();
    while (from < to) {
      const std::int64_t middle = from + (to - from) / 2;
      QueueEntry entry;
      const auto count = queue.read(middle, std::span(&entry, 1));
      const auto record = count && *count == 1 ? reader_.record(entry.position) : std::nullopt;
      if (record && record->store_timestamp <= time_) {
        best = entry.position;
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return best;
  }

  // Java: CommitLog.isMappedFileMatchedRecover.
  std::int64_t file_before_checkpoint() const {
    for (std::size_t i = log_.file_count(); i-- > 1;) {
      const auto record = reader_.record(log_.file_start(i));
      if (record && record->store_timestamp != 0 && record->store_timestamp <= time_) {
        return log_.file_start(i);
      }
    }
    return reader_.begin();
  }

  std::int64_t earlier_start(std::int64_t start) const {
    std::int64_t earlier = reader_.file_start(start);
    while (earlier > reader_.begin() && (earlier == start || !reader_.record(earlier))) {
      earlier -= log_.file_size();
    }
    return earlier;
  }

  // --- reading the log ---

  // False when the queues lack entries of records before `start`.
  Result<bool> walk(std::int64_t start) {
    result_ = {.start = start, .end = start};
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
      } else if (const auto next = next_record(position)) {
        auto set_aside = this->set_aside(position, *next);
        if (!set_aside) return std::move(set_aside).error();
      } else {
        break;
      }
    }
    return true;
  }

  Result<bool> take(const RecordView& record) {
    auto entered = enter(record);
    if (!entered || !*entered) return entered;
    ++result_.records;
    result_.last_store_timestamp = std::max(result_.last_store_timestamp, record.store_timestamp);
    result_.end += static_cast<std::int64_t>(record.bytes.size());
    return true;
  }

  // Gives the record its place in its queue; false where an earlier start may explain a gap.
  Result<bool> enter(const RecordView& record) {
    // What no send would have been allowed to store cannot be asked for either.
    if (!belongs_in_queue(record.sys_flag) || !is_topic_name(record.topic) || record.queue_id < 0 ||
        record.queue_offset < 0 || record.queue_offset > queue_offset_max) {
      return true;
    }
    const ConsumeQueue* known = queues_.find(record.topic, record.queue_id);
    const std::int64_t expected = known ? known->max_offset() : 0;
    if (record.queue_offset != expected) {
      // No checksum covers the header, so ask the record that follows in the same queue.
      const auto following = following_offset(record);
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
    append(record, {record.physical_offset, static_cast<std::int32_t>(record.bytes.size()),
                    tags_code_(record)});
    return true;
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

  // The queue offset of the next record of the same queue, if there is one not far behind.
  std::optional<std::int64_t> following_offset(const RecordView& record) const {
    std::int64_t position = record.physical_offset + static_cast<std::int64_t>(record.bytes.size());
    const std::int64_t search_end = position + following_search_bytes_max;
    while (position < search_end) {
      if (const auto next = reader_.record(position)) {
        if (next->topic == record.topic && next->queue_id == record.queue_id) {
          return next->queue_offset;
        }
        position += static_cast<std::int64_t>(next->bytes.size());
      } else if (reader_.is_blank(position)) {
        position = reader_.file_end(position);
      } else {
        break;
      }
    }
    return std::nullopt;
  }

  // --- damage ---

  // The first good record behind a bad one: in the same file, or at the next file's beginning.
  std::optional<std::int64_t> next_record(std::int64_t bad) const {
    std::optional<std::int64_t> found;
    for_each_data_range(bad, [&](std::int64_t begin, std::string_view bytes) {
      constexpr std::size_t magic_at = 4;
      constexpr char first_byte = static_cast<char>(protocol::record_magic_v1 >> 24);
      for (std::size_t at = bytes.find(first_byte, magic_at + (begin == bad ? 1 : 0));
           at != std::string_view::npos; at = bytes.find(first_byte, at + 1)) {
        const std::int64_t position = begin + static_cast<std::int64_t>(at - magic_at);
        if (!is_successor(position)) continue;
        found = position;
        return false;
      }
      return true;
    });
    const std::int64_t next_file = reader_.file_end(bad);
    if (!found && is_successor(next_file)) found = next_file;
    return found;
  }

  // Calls use(position, bytes) for what may not be zero from `from` to the end of the file, until
  // use() returns false or enough was seen.
  template <class Use>
  void for_each_data_range(std::int64_t from, Use&& use) const {
    const std::int64_t file_end = reader_.file_end(from);
    auto budget = static_cast<std::int64_t>(search_bytes_max);
    while (from < file_end && budget > 0) {
      const auto range = log_.data_range(from);
      if (!range) return;
      const std::int64_t end = std::min({range->end, file_end, range->begin + budget});
      const auto size = static_cast<std::size_t>(end - range->begin);
      if (size == 0 || !use(range->begin, reader_.bytes(range->begin).substr(0, size))) return;
      budget -= end - range->begin;
      from = end;
    }
  }

  bool is_successor(std::int64_t position) const {
    const auto record = reader_.record(position);
    return record && record->store_timestamp >= result_.last_store_timestamp &&
           is_topic_name(record->topic);
  }

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

  std::int64_t nonzero_bytes(std::int64_t position) const {
    std::int64_t count = 0;
    if (position >= reader_.end()) return count;
    for_each_data_range(position, [&](std::int64_t begin, std::string_view bytes) {
      const std::size_t last = bytes.find_last_not_of('\0');
      if (last != std::string_view::npos) {
        count = begin + static_cast<std::int64_t>(last) + 1 - position;
      }
      return true;
    });
    return count;
  }

  CommitLog& log_;
  LogReader reader_;
  ConsumeQueues& queues_;
  const LastStop& last_stop_;
  std::int64_t time_;
  const std::function<std::int64_t(const RecordView&)>& tags_code_;
  Recovered result_;
};

}  // namespace

Result<Recovered> recover(CommitLog& log, ConsumeQueues& queues, const LastStop& last_stop,
                          const Checkpoint& checkpoint,
                          const std::function<std::int64_t(const RecordView&)>& tags_code) {
  return Recovery(log, queues, last_stop, checkpoint, tags_code).run();
}

bool belongs_in_queue(std::int32_t sys_flag) {
  const std::int32_t transaction = sys_flag & protocol::sys_flag::transaction_mask;
  return transaction == protocol::sys_flag::transaction_none ||
         transaction == protocol::sys_flag::transaction_commit;
}

}  // namespace rocketmq::broker
