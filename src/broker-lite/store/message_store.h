#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/store/file.h"
#include "broker-lite/store/flusher.h"
#include "broker-lite/store/store_options.h"
#include "protocol/message_codec.h"

namespace rocketmq::broker {

// Where a message was put. `position` and the storing host make its offset message id.
struct Placed {
  std::int64_t queue_offset = 0;  // of the first, for a batch
  std::int64_t position = 0;      // in the commit log; of the first, for a batch
  std::int64_t end = 0;           // behind the last byte: what on_flushed() waits for
  std::int64_t store_timestamp = 0;
};

struct PlacedBatch {
  Placed placed;
  std::vector<std::int64_t> positions;  // of each message, in order
};

// A message became readable.
struct Arrival {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t max_offset = 0;  // now: one past the message's offset
  std::int64_t tags_code = 0;
};

// Java: GetMessageStatus, by the same names.
enum class GetStatus {
  found,
  no_matched_message,
  message_was_removing,
  offset_found_null,
  offset_overflow_badly,
  offset_overflow_one,
  offset_too_small,
  no_matched_logic_queue,
  no_message_in_queue,
};
std::string_view to_string(GetStatus status);  // "FOUND", as the answer's remark says it

struct GetRequest {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t offset = 0;
  std::int32_t messages_max = 32;
  std::int32_t bytes_max = 128 << 20;
  std::span<const std::int32_t> tags_codes;  // hashes of the wanted tags; empty = every message
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

// A broker's messages on disk, byte-compatible with stock RocketMQ (FORMAT.md). Commit log, consume
// queues, checkpoint, recovery; opened on a Directory that nobody else uses meanwhile.
//
// One owner: every call, and every callback, is on the owner's thread, and callbacks come either
// from inside commit() and tick() or from what the Flusher posts.
//
// How a message gets in, and when it may be acknowledged:
//
//   put() put() put() …    place it in memory; nothing can be read yet
//   commit()               one write for all of them. After success they survive the process:
//                          async mode acknowledges now, and they are readable
//   on_flushed(end, …)     sync mode acknowledges when this says so; readable then
//
// A commit() that fails has taken back every message put since the one before, offsets included:
// the caller acknowledges none of them. A failed sync is final: is_writable() is false from then
// on, and nothing that was waiting for it is acknowledged. After a full disk the next commit()
// tries again.
class MessageStore {
 public:
  using Arrived = std::function<void(const Arrival&)>;
  using Flushed = std::function<void(Result<void>)>;

  // Opens, or creates, and recovers. `directory` and `flusher` outlive the store. Fails with
  // store_corrupt when files contradict each other in a way recovery must not guess about, and with
  // io_error when the system refuses, or another process has the store open.
  static Result<std::unique_ptr<MessageStore>> open(StoreOptions options, Directory& directory,
                                                    Flusher& flusher, std::int64_t now_ms);

  // Without close() it is as if the process had been killed.
  ~MessageStore();
  MessageStore(const MessageStore&) = delete;
  MessageStore& operator=(const MessageStore&) = delete;

  // Called for each message as it becomes readable, after its queue says so. May call get(), not
  // put().
  void set_arrived(Arrived arrived);

  // Puts one message. Of `message`, queue_offset, physical_offset and store_timestamp are ignored:
  // the store decides them. All views are only used during the call. Errors carry the broker's
  // answer: message_illegal or service_not_available, with stock's remark.
  Result<Placed> put(const protocol::RecordView& message, std::int64_t now_ms);

  // Puts the entries of a SEND_BATCH_MESSAGE body as messages of their own with consecutive
  // offsets, all or none: flag, body and properties are each entry's, the rest is `common`'s.
  Result<PlacedBatch> put_batch(const protocol::RecordView& common, std::string_view batch_body,
                                std::int64_t now_ms);

  // Once a loop turn, before answering senders. Nothing to do is success.
  Result<void> commit();
  bool has_uncommitted() const;

  // Calls `flushed` when the log is on disk up to `end`, at once if it is; or with the error that
  // means it never will be. Only after a successful commit(). In async mode it answers at the next
  // timed flush.
  void on_flushed(std::int64_t end, Flushed flushed);

  // Every second or oftener: starts the timed flush, writes queue entries to their files, moves the
  // checkpoint, makes the next log file. Never waits for a sync.
  void tick(std::int64_t now_ms);

  // False after a failed sync, a broken consume queue, or close(): every put() says
  // service_not_available.
  bool is_writable() const;
  // Why not, for the log.
  const Error& failure() const;

  void get(const GetRequest& request, GetResult& result) const;

  // Of what can be read. 0 for a queue that does not exist.
  std::int64_t min_offset(std::string_view topic, std::int32_t queue_id) const;
  std::int64_t max_offset(std::string_view topic, std::int32_t queue_id) const;
  bool has_queue(std::string_view topic, std::int32_t queue_id) const;

  // lower: the first message stored at or after the time, max offset when all are older. upper: the
  // last one at or before it; the last message when all are older, 0 when all are newer.
  std::int64_t offset_by_time(std::string_view topic, std::int32_t queue_id,
                              std::int64_t timestamp_ms, TimeBoundary boundary) const;
  // Nothing where there is no message at that offset. The two are -1 in stock's answers then.
  std::optional<std::int64_t> store_time(std::string_view topic, std::int32_t queue_id,
                                         std::int64_t offset) const;
  std::optional<std::int64_t> earliest_store_time(std::string_view topic,
                                                  std::int32_t queue_id) const;

  // The record at a position that may come from anybody. Fails with query_not_found.
  Result<StoredRecord> record_at(std::int64_t position) const;

  // Drops the topic's queues; its bytes stay in the log until the log's file goes. A later put()
  // starts at offset 0 again.
  Result<void> delete_topic(std::string_view topic);

  std::int64_t min_position() const;      // of the first log file
  std::int64_t max_position() const;      // behind the last committed byte
  std::int64_t flushed_position() const;  // on disk up to here

  // Clean stop: commits, writes and syncs everything, removes the mark of an unclean end. Waits for
  // the disk; call it once, when no more work of the flusher is under way. Without success the next
  // open() recovers as after a crash.
  Result<void> close(std::int64_t now_ms);

 private:
  class Impl;
  explicit MessageStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::broker
