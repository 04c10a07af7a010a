#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "broker-lite/filter/sql_filter.h"
#include "broker-lite/store/commit_log.h"
#include "broker-lite/store/consume_queues.h"
#include "broker-lite/store/store_options.h"
#include "protocol/message_codec.h"

namespace rocketmq::broker {

// Java: GetMessageStatus, by the same names.
enum class GetStatus {
  found,
  no_matched_message,
  message_was_removing,
  offset_found_null,
  offset_overflow_badly,
  offset_overflow_one,
  offset_too_small,
  offset_reset,  // never said by the store: a tool has moved the consumer
  no_matched_logic_queue,
  no_message_in_queue,
};
std::string_view to_string(GetStatus status);  // "FOUND", as the answer's remark says it

// What a queue's entry tells. Java: ExpressionMessageFilter.isMatchedByConsumeQueue.
bool wants(std::span<const std::int32_t> tags_codes, std::int64_t tags_code);
// And the stored record. Java: isMatchedByCommitLog.
bool wants(const SqlFilter* sql, std::string_view record);

struct GetRequest {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t offset = 0;
  std::int32_t messages_max = 32;
  std::int32_t bytes_max = 128 << 20;
  std::span<const std::int32_t> tags_codes;  // hashes of the wanted tags; empty: whatever the tag
  const SqlFilter* sql = nullptr;            // asked of the properties, where there is one
};

// Reuse one object: its vectors keep their memory.
struct GetResult {
  GetStatus status = GetStatus::no_matched_logic_queue;
  std::int64_t next_begin_offset = 0;
  std::int64_t min_offset = 0;
  std::int64_t max_offset = 0;
  // Whole records in order, ready for the answer's body: their concatenation is the body.
  // Valid as long as `owners` is kept.
  std::vector<std::string_view> records;
  std::size_t bytes = 0;  // of all records together
  std::vector<std::shared_ptr<const FileView>> owners;

  void clear();
};

enum class TimeBoundary { lower, upper };

// One record and what keeps its bytes in place.
struct StoredRecord {
  protocol::RecordView record;
  std::shared_ptr<const FileView> owner;
};

// What can be asked of log and queues. Looks only, never waits for anything but the disk.
class MessageReader {
 public:
  MessageReader(const CommitLog& log, const ConsumeQueues& queues, const StoreOptions& options)
      : log_(log), queues_(queues), options_(options) {}

  // Java: DefaultMessageStore.getMessage.
  void get(const GetRequest& request, GetResult& result) const;

  std::int64_t offset_by_time(std::string_view topic, std::int32_t queue_id,
                              std::int64_t timestamp_ms, TimeBoundary boundary) const;
  std::optional<std::int64_t> store_time(std::string_view topic, std::int32_t queue_id,
                                         std::int64_t offset) const;
  Result<StoredRecord> record_at(std::int64_t position) const;

  // What the queue itself holds, from `offset` on; how many entries that was.
  std::size_t entries(std::string_view topic, std::int32_t queue_id, std::int64_t offset,
                      std::span<QueueEntry> to) const;

 private:
  class Limits;

  void scan(const ConsumeQueue& queue, const GetRequest& request, GetResult& result) const;
  std::optional<CommitLog::Slice> read(const QueueEntry& entry) const;
  std::optional<std::int64_t> store_time(const ConsumeQueue& queue, std::int64_t offset) const;

  const CommitLog& log_;
  const ConsumeQueues& queues_;
  const StoreOptions& options_;
};

}  // namespace rocketmq::broker
