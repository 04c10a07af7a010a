#include "broker-lite/store/message_reader.h"

#include <algorithm>
#include <array>

#include "protocol/bytes.h"
#include "protocol/str.h"

namespace rocketmq::broker {

std::string_view to_string(GetStatus status) {
  switch (status) {
    case GetStatus::found:
      return "FOUND";
    case GetStatus::no_matched_message:
      return "NO_MATCHED_MESSAGE";
    case GetStatus::message_was_removing:
      return "MESSAGE_WAS_REMOVING";
    case GetStatus::offset_found_null:
      return "OFFSET_FOUND_NULL";
    case GetStatus::offset_overflow_badly:
      return "OFFSET_OVERFLOW_BADLY";
    case GetStatus::offset_overflow_one:
      return "OFFSET_OVERFLOW_ONE";
    case GetStatus::offset_too_small:
      return "OFFSET_TOO_SMALL";
    case GetStatus::offset_reset:
      return "OFFSET_RESET";
    case GetStatus::no_matched_logic_queue:
      return "NO_MATCHED_LOGIC_QUEUE";
    case GetStatus::no_message_in_queue:
      return "NO_MESSAGE_IN_QUEUE";
  }
  return "";
}

// Java compares as int.
bool wants(std::span<const std::int32_t> tags_codes, std::int64_t tags_code) {
  return tags_codes.empty() ||
         std::ranges::find(tags_codes, static_cast<std::int32_t>(tags_code)) != tags_codes.end();
}

bool wants(const SqlFilter* sql, std::string_view record) {
  if (sql == nullptr) return true;
  const auto decoded = protocol::decode_record(record, protocol::CrcCheck::skip);
  return decoded && sql->matches(decoded->properties);
}

void GetResult::clear() {
  status = GetStatus::no_matched_logic_queue;
  next_begin_offset = min_offset = max_offset = 0;
  records.clear();
  bytes = 0;
  owners.clear();
}

// How much one get() returns. Java: DefaultMessageStore.isTheBatchFull.
class MessageReader::Limits {
 public:
  Limits(const StoreOptions& options, const GetRequest& request, std::int64_t log_end)
      : options_(options), request_(request), log_end_(log_end) {}

  bool have_room_for(const QueueEntry& entry, const GetResult& result) const {
    if (result.records.empty()) return true;  // one message always passes
    const bool is_in_memory = log_end_ - entry.position <= options_.access_message_in_memory_bytes;
    const auto count_max = static_cast<std::size_t>(
        std::min(request_.messages_max, is_in_memory ? options_.max_transfer_count_in_memory
                                                     : options_.max_transfer_count_on_disk));
    const auto bytes_max = static_cast<std::size_t>(
        std::min(request_.bytes_max, is_in_memory ? options_.max_transfer_bytes_in_memory
                                                  : options_.max_transfer_bytes_on_disk));
    return result.records.size() < count_max &&
           result.bytes + static_cast<std::size_t>(entry.size) <= bytes_max;
  }

  // Filtering must not keep the others waiting.
  bool allow_scanning(std::int64_t offset) const {
    return (offset - request_.offset) * QueueEntry::encoded_size <
           std::max<std::int64_t>(options_.max_filter_message_size,
                                  request_.messages_max * QueueEntry::encoded_size);
  }

 private:
  const StoreOptions& options_;
  const GetRequest& request_;
  std::int64_t log_end_;
};

namespace {

void add(GetResult& result, const CommitLog::Slice& slice) {
  result.records.push_back(slice.bytes);
  result.bytes += slice.bytes.size();
  if (result.owners.empty() || result.owners.back() != *slice.owner) {
    result.owners.push_back(*slice.owner);
  }
}

}  // namespace

void MessageReader::get(const GetRequest& request, GetResult& result) const {
  result.clear();
  const ConsumeQueue* queue = queues_.find(request.topic, request.queue_id);
  if (queue == nullptr) return;
  const std::int64_t min = result.min_offset = queue->min_offset();
  const std::int64_t max = result.max_offset = queue->max_offset();
  const auto answer = [&](GetStatus status, std::int64_t next) {
    result.status = status;
    result.next_begin_offset = next;
  };
  if (max == 0) return answer(GetStatus::no_message_in_queue, 0);
  if (request.offset < min) return answer(GetStatus::offset_too_small, min);
  if (request.offset == max) return answer(GetStatus::offset_overflow_one, max);
  if (request.offset > max) return answer(GetStatus::offset_overflow_badly, max);
  scan(*queue, request, result);
}

void MessageReader::scan(const ConsumeQueue& queue, const GetRequest& request,
                         GetResult& result) const {
  const Limits limits(options_, request, log_.committed());
  std::array<QueueEntry, 64> block;
  std::int64_t offset = request.offset;
  result.status = GetStatus::no_matched_message;

  const auto finish = [&] {
    if (!result.records.empty()) result.status = GetStatus::found;
    result.next_begin_offset = offset;
  };
  while (offset < result.max_offset) {
    const auto count = queue.read(offset, block);
    if (!count || *count == 0) {
      if (offset > request.offset) return finish();
      result.status = GetStatus::offset_found_null;
      result.next_begin_offset = std::min(queue.next_file_offset(offset), result.max_offset);
      return;
    }
    for (const QueueEntry& entry : std::span(block).first(*count)) {
      if (!limits.allow_scanning(offset)) return finish();
      if (!entry.is_blank() && wants(request.tags_codes, entry.tags_code)) {
        if (!limits.have_room_for(entry, result)) return finish();
        const auto slice = read(entry);
        if (!slice) {
          result.status = GetStatus::message_was_removing;  // with its log file, normally
        } else if (wants(request.sql, slice->bytes)) {
          add(result, *slice);
        }
      }
      ++offset;
    }
  }
  finish();
}

// Also refuses an entry that does not point at a record of its size: nobody gets other bytes.
std::optional<CommitLog::Slice> MessageReader::read(const QueueEntry& entry) const {
  const auto slice = log_.read(entry.position, entry.size);
  if (!slice || slice->bytes.size() < protocol::record_size_min ||
      protocol::load_big<std::int32_t>(slice->bytes.data()) != entry.size) {
    return std::nullopt;
  }
  return slice;
}

std::optional<std::int64_t> MessageReader::store_time(const ConsumeQueue& queue,
                                                      std::int64_t offset) const {
  QueueEntry entry;
  if (offset < queue.min_offset()) return std::nullopt;
  const auto count = queue.read(offset, std::span(&entry, 1));
  if (!count || *count == 0) return std::nullopt;
  const auto record = record_at(entry.log_position());
  if (!record) return std::nullopt;
  return record->record.store_timestamp;
}

std::optional<std::int64_t> MessageReader::store_time(std::string_view topic, std::int32_t queue_id,
                                                      std::int64_t offset) const {
  const ConsumeQueue* queue = queues_.find(topic, queue_id);
  return queue ? store_time(*queue, offset) : std::nullopt;
}

std::size_t MessageReader::entries(std::string_view topic, std::int32_t queue_id,
                                   std::int64_t offset, std::span<QueueEntry> to) const {
  const ConsumeQueue* queue = queues_.find(topic, queue_id);
  if (queue == nullptr || offset < queue->min_offset()) return 0;
  return queue->read(offset, to).value_or(0);
}

// Java: ConsumeQueue.getOffsetInQueueByTime. Store times do not decrease along a queue.
std::int64_t MessageReader::offset_by_time(std::string_view topic, std::int32_t queue_id,
                                           std::int64_t timestamp_ms, TimeBoundary boundary) const {
  const ConsumeQueue* queue = queues_.find(topic, queue_id);
  if (queue == nullptr) return 0;
  const bool is_lower = boundary == TimeBoundary::lower;
  // The first offset stored at or after the time; for `upper`, after it.
  std::int64_t from = queue->min_offset();
  std::int64_t to = queue->max_offset();
  while (from < to) {
    const std::int64_t middle = from + (to - from) / 2;
    const auto time = store_time(*queue, middle);
    const bool is_before = !time || *time < timestamp_ms || (!is_lower && *time == timestamp_ms);
    if (is_before) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  if (is_lower) return from;
  return from > queue->min_offset() ? from - 1 : 0;
}

Result<StoredRecord> MessageReader::record_at(std::int64_t position) const {
  const auto slice = log_.read_from(position);
  if (slice) {
    const auto record = protocol::decode_record(slice->bytes, protocol::CrcCheck::skip);
    if (record && record->physical_offset == position) return StoredRecord{*record, *slice->owner};
  }
  return Error{ResponseCode::query_not_found, str("no message at position ", position)};
}

}  // namespace rocketmq::broker
