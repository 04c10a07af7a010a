#include "broker-lite/store/log_reader.h"

#include <algorithm>

#include "broker-lite/store/consume_queues.h"
#include "protocol/bytes.h"

namespace rocketmq::broker {
namespace {

using protocol::RecordView;

constexpr std::int64_t search_bytes_max = 64 << 20;
constexpr std::int64_t following_search_bytes_max = 4 << 20;

// The CRC does not reach behind the body. What was not written there is zero.
bool is_torn(const RecordView& record) {
  return record.properties.ends_with('\0') || record.topic.find('\0') != std::string_view::npos;
}

}  // namespace

std::int64_t LogReader::end() const {
  return begin() + static_cast<std::int64_t>(log_.file_count()) * log_.file_size();
}

std::int64_t LogReader::file_start(std::int64_t position) const {
  return log_.file_start(log_.file_index(position));
}

std::int64_t LogReader::file_end(std::int64_t position) const {
  return file_start(position) + log_.file_size();
}

std::string_view LogReader::bytes(std::int64_t position) const {
  if (position < begin() || position >= end()) return {};
  return log_.file_bytes(log_.file_index(position))
      .substr(static_cast<std::size_t>(position - file_start(position)));
}

std::optional<RecordView> LogReader::record(std::int64_t position) const {
  auto decoded = protocol::decode_record(bytes(position));
  if (!decoded || decoded->physical_offset != position || is_torn(*decoded)) return std::nullopt;
  return *decoded;
}

bool LogReader::is_blank(std::int64_t position) const {
  const std::string_view rest = bytes(position);
  return rest.size() >= 8 &&
         protocol::load_big<std::uint32_t>(rest.data() + 4) == protocol::blank_magic;
}

std::optional<std::int64_t> LogReader::next_record(std::int64_t bad,
                                                   std::int64_t store_timestamp_min) const {
  const auto is_successor = [&](std::int64_t position) {
    const auto record = this->record(position);
    return record && record->store_timestamp >= store_timestamp_min && is_topic_name(record->topic);
  };
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
  const std::int64_t next_file = file_end(bad);
  if (!found && is_successor(next_file)) found = next_file;
  return found;
}

// Calls use(position, bytes) for what may not be zero from `from` to the end of the file, until
// use() returns false or enough was seen.
void LogReader::for_each_data_range(std::int64_t from, const Use& use) const {
  const std::int64_t file_end = this->file_end(from);
  std::int64_t budget = search_bytes_max;
  while (from < file_end && budget > 0) {
    const auto range = log_.data_range(from);
    if (!range) return;
    const std::int64_t range_end = std::min({range->end, file_end, range->begin + budget});
    const auto size = static_cast<std::size_t>(range_end - range->begin);
    if (size == 0 || !use(range->begin, bytes(range->begin).substr(0, size))) return;
    budget -= range_end - range->begin;
    from = range_end;
  }
}

std::optional<std::int64_t> LogReader::following_offset(const RecordView& record) const {
  std::int64_t position = record.physical_offset + static_cast<std::int64_t>(record.bytes.size());
  const std::int64_t search_end = position + following_search_bytes_max;
  while (position < search_end) {
    if (const auto next = this->record(position)) {
      if (next->topic == record.topic && next->queue_id == record.queue_id) {
        return next->queue_offset;
      }
      position += static_cast<std::int64_t>(next->bytes.size());
    } else if (is_blank(position)) {
      position = file_end(position);
    } else {
      break;
    }
  }
  return std::nullopt;
}

std::int64_t LogReader::used_bytes(std::int64_t position) const {
  std::int64_t count = 0;
  if (position >= end()) return count;
  for_each_data_range(position, [&](std::int64_t begin, std::string_view bytes) {
    const std::size_t last = bytes.find_last_not_of('\0');
    if (last != std::string_view::npos) {
      count = begin + static_cast<std::int64_t>(last) + 1 - position;
    }
    return true;
  });
  return count;
}

}  // namespace rocketmq::broker
