#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/store/checkpoint.h"
#include "broker-lite/store/commit_log.h"
#include "broker-lite/store/consume_queues.h"
#include "broker-lite/store/file.h"
#include "broker-lite/store/flusher.h"
#include "broker-lite/store/key_index.h"
#include "broker-lite/store/key_query.h"
#include "broker-lite/store/log_flush.h"
#include "broker-lite/store/message_reader.h"
#include "broker-lite/store/put_limits.h"
#include "broker-lite/store/recovery.h"
#include "broker-lite/store/running_mark.h"
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
  std::string_view record;  // as stored
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
  using Flushed = LogFlush::Flushed;

  // Opens, or creates, and recovers. `directory` and `flusher` outlive the store. Fails with
  // store_corrupt when files contradict each other in a way recovery must not guess about, and with
  // io_error when the system refuses, or another process has the store open.
  static Result<std::unique_ptr<MessageStore>> open(StoreOptions options, Directory& directory,
                                                    Flusher& flusher, std::int64_t now_ms);

  // Without close() it is as if the process had been killed. Results that the flusher posts later
  // find nobody.
  ~MessageStore();
  MessageStore(const MessageStore&) = delete;
  MessageStore& operator=(const MessageStore&) = delete;

  // How the store was found; worth a line in the log.
  const Recovered& recovered() const { return recovered_; }

  // Called for each message that became readable, when all that became so with it are. May call
  // get(), not put().
  void set_arrived(Arrived arrived) { arrived_ = std::move(arrived); }

  // Puts one message. Of `message`, queue_offset, physical_offset and store_timestamp are ignored:
  // the store decides them. All views are only used during the call. Errors carry the broker's
  // answer: message_illegal or service_not_available, with stock's remark.
  Result<Placed> put(const protocol::RecordView& message, std::int64_t now_ms);

  // Puts the entries of a SEND_BATCH_MESSAGE body as messages of their own with consecutive
  // offsets, all or none: flag, body and properties are each entry's, the rest is `common`'s.
  Result<PlacedBatch> put_batch(const protocol::RecordView& common, std::string_view batch_body,
                                std::int64_t now_ms);

  // Once a loop turn, before answering senders. Nothing to do is success. The error is again the
  // broker's answer: service_not_available, with the system's words.
  Result<void> commit();
  bool has_uncommitted() const { return log_.has_pending(); }

  // Calls `flushed` when the log is on disk up to `end`, at once if it is; or with the error that
  // means it never will be. Only after a successful commit(). In async mode it answers at the next
  // timed flush.
  void on_flushed(std::int64_t end, Flushed flushed);

  // Every second or oftener: starts the timed flush, writes queue entries to their files, moves the
  // checkpoint, makes the next log file. Waits for a sync only there, once in a log file.
  void tick(std::int64_t now_ms);

  // False after a failed sync or close(), for good; while queue entries cannot be written, as on a
  // full disk, until a tick() could; and while too much of the disk is used. Every put() then says
  // service_not_available.
  bool is_writable() const { return !failure().code; }
  // Why not, for the log.
  const Error& failure() const;
  // The used part of the disk, and above which no message is taken.
  void set_disk_use(std::int32_t used_percent, std::int32_t used_percent_max);

  void get(const GetRequest& request, GetResult& result) const { reader_.get(request, result); }

  // Of what can be read. 0 for a queue that does not exist.
  std::int64_t min_offset(std::string_view topic, std::int32_t queue_id) const;
  std::int64_t max_offset(std::string_view topic, std::int32_t queue_id) const;
  bool has_queue(std::string_view topic, std::int32_t queue_id) const;

  // lower: the first message stored at or after the time, max offset when all are older. upper: the
  // last one at or before it; the last message when all are older, 0 when all are newer.
  std::int64_t offset_by_time(std::string_view topic, std::int32_t queue_id,
                              std::int64_t timestamp_ms, TimeBoundary boundary) const {
    return reader_.offset_by_time(topic, queue_id, timestamp_ms, boundary);
  }
  // Nothing where there is no message (stock's answers say -1 then).
  std::optional<std::int64_t> store_time(std::string_view topic, std::int32_t queue_id,
                                         std::int64_t offset) const {
    return reader_.store_time(topic, queue_id, offset);
  }
  std::optional<std::int64_t> earliest_store_time(std::string_view topic,
                                                  std::int32_t queue_id) const {
    return store_time(topic, queue_id, min_offset(topic, queue_id));
  }

  // The record at a position that may come from anybody. Fails with query_not_found.
  Result<StoredRecord> record_at(std::int64_t position) const {
    return reader_.record_at(position);
  }

  std::size_t queue_entries(std::string_view topic, std::int32_t queue_id, std::int64_t offset,
                            std::span<QueueEntry> to) const {
    return reader_.entries(topic, queue_id, offset, to);
  }

  // The messages with a key, of those that can be read. After a crash, while the index is being
  // made again, maybe not all.
  Result<KeyResult> find_by_key(const KeyQuery& query) const {
    return rocketmq::broker::find_by_key(query, index_, reader_, options_.max_msgs_num_batch);
  }

  // Drops the topic's queues; its bytes stay in the log until the log's file goes. A later put()
  // starts at offset 0 again. Fails with invalid_argument while has_uncommitted().
  Result<void> delete_topic(std::string_view topic);
  // Those that have queues here.
  std::vector<std::string> topics() const { return queues_.topics(); }

  // --- old files: what goes, and when, is a Cleaner's to decide ---

  // The log's first file, if it may go: the log goes on behind it, and the queue entries of its
  // messages are on disk. So no crash makes a queue begin again at an offset it has given already.
  struct OldFile {
    std::string path;
    std::int64_t end = 0;
    std::int64_t modified_ms = 0;
  };
  std::optional<OldFile> oldest_file() const;
  // Removes it, on the flusher's thread, and tells when min_position() and the queues' first
  // offsets have moved; or what went wrong. One at a time.
  void remove_oldest_file(std::function<void(const Result<void>&)> removed);
  // Files of queues that only point there, some at a time. False when there are none left.
  Result<bool> remove_old_queue_files(std::size_t files_max) {
    return queues_.remove_old_files(files_max);
  }

  // Drops those of these topics' queues whose messages have all gone. What is put there later
  // starts at offset 0 again.
  Result<void> remove_expired_queues(std::span<const std::string> topics) {
    return queues_.remove_expired(topics);
  }

  std::int64_t min_position() const { return log_.min_position(); }   // of the first log file
  std::int64_t max_position() const { return log_.committed(); }      // behind the last byte
  std::int64_t flushed_position() const { return flush_.flushed(); }  // on disk up to here

  // Clean stop: commits, writes and syncs everything, removes the mark of an unclean end. Waits for
  // the disk. Where too many queue files are not synced yet the mark stays, and the next open()
  // makes what they lack from the log; without success it recovers as after a crash.
  Result<void> close(std::int64_t now_ms);

 private:
  // A message on its way from put() to being readable. Without a queue: one that stays unreadable.
  struct Coming {
    ConsumeQueue* queue = nullptr;
    QueueEntry entry;
    std::int64_t queue_offset = 0;
    std::int64_t store_timestamp = 0;
  };

  MessageStore(StoreOptions options, Directory& directory, Flusher& flusher);
  Result<void> start();
  std::int64_t synced_end(bool was_clean) const;
  Result<bool> sync_queues_at_stop(std::int64_t end);

  Error refusal(const Error& why) const { return not_available(why, disk_used_percent_); }
  void first_file_removed();
  void encode(const protocol::RecordView& message, char* to, std::int64_t position,
              std::int64_t now_ms);
  void take_back();

  void make_readable(std::int64_t end);
  void start_sync();
  void sync_finished(std::int64_t store_timestamp, const Result<void>& result);
  void start_queue_sync();
  void sync_some_queues();
  void save_checkpoint_if_moved();
  void index_readable(std::int64_t bytes_max);
  void start_index_write();
  void write_queues(std::int64_t before, std::size_t queues_max);
  std::int64_t readable_end() const;
  std::int64_t queues_synced_timestamp() const;
  void fail(const Error& error);
  // Runs `job` on the flusher and `done` here, unless the store is gone by then.
  void run(Flusher::Job job, Flusher::Done done);

  StoreOptions options_;
  Directory& directory_;
  Flusher& flusher_;
  std::unique_ptr<FileLock> lock_;
  CommitLog log_;
  ConsumeQueues queues_;
  KeyIndex index_;
  MessageReader reader_;
  RunningMark running_;
  PutLimits put_limits_;
  LogFlush flush_;
  Recovered recovered_;
  Checkpoint checkpoint_;
  Checkpoint saved_checkpoint_;
  Arrived arrived_;

  std::vector<Coming> uncommitted_;
  std::deque<Coming> unflushed_;  // committed, not yet readable: sync mode only
  std::vector<Coming> readable_now_;
  std::int64_t last_store_timestamp_ = 0;  // of all put; times do not go back
  std::int64_t readable_timestamp_ = 0;    // of the last readable message
  std::int64_t last_position_ = -1;        // of the same
  std::int64_t next_flush_ms_ = 0;
  std::int64_t now_ms_ = 0;
  bool is_syncing_queues_ = false;
  std::vector<std::string> queue_files_;  // still to be synced
  bool is_saving_checkpoint_ = false;
  Error failure_;
  Error queue_failure_;
  Error disk_full_;
  std::optional<std::int32_t> disk_used_percent_;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);  // for posted results
};

}  // namespace rocketmq::broker
