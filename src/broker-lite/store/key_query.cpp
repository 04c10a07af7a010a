#include "broker-lite/store/key_query.h"

#include <algorithm>
#include <string>
#include <utility>

namespace rocketmq::broker {
namespace {

constexpr std::size_t query_bytes_max = 8 << 20;  // a frame holds 16 MiB

}  // namespace

Result<KeyResult> find_by_key(const KeyQuery& query, const KeyIndex& index,
                              const MessageReader& reader, std::int32_t messages_max) {
  KeyResult result;
  const std::string text = index_text(query.topic, query.key, query.kind);
  const auto count_max = static_cast<std::size_t>(std::clamp(query.messages_max, 0, messages_max));
  std::size_t bytes = 0;
  std::string buffer;
  const auto has_key = [&](const protocol::RecordView& record) {
    bool found = false;
    for_each_index_text(record, buffer, [&](std::string_view own) { found |= own == text; });
    return found && record.store_timestamp >= query.begin_timestamp &&
           record.store_timestamp <= query.end_timestamp;
  };
  auto looked =
      index.find(text, query.begin_timestamp, query.end_timestamp, [&](std::int64_t position) {
        if (result.records.size() == count_max || bytes > query_bytes_max) return false;
        const bool has_it =  // a message's keys come together, and may have one hash
            !result.records.empty() && result.records.back().record.physical_offset == position;
        if (has_it) return true;
        auto record = reader.record_at(position);
        if (record && has_key(record->record)) {
          bytes += record->record.bytes.size();
          result.records.push_back(*std::move(record));
        }
        return true;
      });
  if (!looked) return std::move(looked).error();
  std::ranges::reverse(result.records);
  if (!result.records.empty()) {
    result.index_timestamp = index.last_header().end_timestamp;
    result.index_position = index.last_header().end_position;
  }
  return result;
}

}  // namespace rocketmq::broker
