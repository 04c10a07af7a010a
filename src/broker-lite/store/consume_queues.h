#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "broker-lite/store/consume_queue.h"
#include "broker-lite/store/store_options.h"

namespace rocketmq::broker {

// A topic's name becomes the name of a folder: only what Java's TopicValidator allows, so no '/',
// no dots, 1 to 255 characters.
bool is_topic_name(std::string_view name);

// All consume queues, and when their new entries go to files: a few queues at a time, the ones that
// waited longest first, so that the work follows what was put and never the number of queues.
//
//   log  | entries synced | entries in files | entries in memory |
//                     synced_to()       written_to()          end
//
// Both marks are log positions: every entry of a record before them is there. What is behind
// synced_to() is built again from the log after a power cut.
class ConsumeQueues {
 public:
  ConsumeQueues(Directory& directory, const StoreOptions& options);

  // Finds the topics on disk, for a log that begins at `log_min`. Their queues are loaded when the
  // topic is first asked for: there may be a hundred thousand, most of them asleep. Folders with
  // other names are left alone.
  Result<void> load(std::int64_t log_min);
  Result<void> load_all();
  // Loads the topic's queues, unless they are. Tried again after a failure; until then the topic
  // has no queues.
  Result<void> load_topic(std::string_view topic) {
    return sleeping_.empty() ? Result<void>() : wake(topic);
  }
  // Recovery is done: entries behind the log's end, in queues that sleep on, are void.
  void log_ends_at(std::int64_t log_end) { recovered_end_ = log_end; }

  // Its first offset is right for the log as it is now.
  ConsumeQueue* find(std::string_view topic, std::int32_t queue_id) const;
  // `topic` satisfies is_topic_name(), and load_topic() has succeeded. Makes no file before the
  // first entry is written.
  ConsumeQueue& find_or_create(std::string_view topic, std::int32_t queue_id);
  // Those that are loaded.
  const std::vector<ConsumeQueue*>& all() const { return all_; }
  Result<void> remove_topic(std::string_view topic);
  // Of these topics those all of whose messages have gone with the log. Queues that never had a
  // message stay. Java: ConsumeQueueStore.cleanExpired.
  Result<void> remove_expired(std::span<const std::string> topics);
  std::vector<std::string> topics() const;

  // The log's beginning has moved; every entry before it is in files. Costs nothing here: a queue
  // follows when it is looked at.
  void log_begins_at(std::int64_t log_min);
  // Removes files with entries of the log's removed part only, some at a time: no more than
  // `files_max`, after looking at some hundred queues. False when there are none left.
  Result<bool> remove_old_files(std::size_t files_max);

  void append(ConsumeQueue& queue, const QueueEntry& entry);
  // Notes that the queue's tail begins with an entry of this log position.
  void mark_unwritten(ConsumeQueue& queue, std::int64_t position);

  // Writes the tails of up to `queues_max` queues whose entries begin before log position `before`.
  Result<void> write(std::int64_t before, std::size_t queues_max);
  Result<void> write_all();
  // Forgets what is not in files; recovery is about to read it from the log again.
  void discard_tails();
  // Gives back the memory of queues that got nothing since the call before.
  void release_idle();

  std::int64_t written_to(std::int64_t end) const;
  std::int64_t synced_to(std::int64_t end) const;

  // What to sync, in any order; then tell how it went. One sync at a time.
  bool has_unsynced() const { return !written_files_.empty(); }
  std::vector<std::string> begin_sync();
  void end_sync();
  // Those, and the ones whose sync has not ended.
  std::vector<std::string> unsynced_files() const;

  // Syncs such a list; any thread.
  static Result<void> sync(Directory& directory, const std::vector<std::string>& paths);

 private:
  struct Topic {
    std::string name;
    std::vector<std::unique_ptr<ConsumeQueue>> queues;  // by id
  };
  struct Waiting {
    ConsumeQueue* queue;
    std::int64_t position;  // stale when it is no longer queue->unwritten_from
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  ConsumeQueue* find_loaded(std::string_view topic, std::int32_t queue_id) const;
  Result<void> wake(std::string_view topic);
  Result<void> load_queue(const std::string& topic, std::int32_t queue_id);
  Result<void> remove_queues(std::vector<ConsumeQueue*> queues);
  Result<void> write_queue(ConsumeQueue& queue);

  Directory& directory_;
  OpenFiles files_;
  std::int64_t file_size_;
  std::size_t buffer_bytes_;  // a multiple of an entry
  std::uint64_t next_number_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Topic>, Hash, std::equal_to<>> topics_;
  std::unordered_set<std::string, Hash, std::equal_to<>> sleeping_;  // on disk, not loaded
  std::vector<ConsumeQueue*> all_;
  std::int64_t log_min_ = 0;
  std::int64_t recovered_end_;
  std::size_t old_files_from_ = 0;  // the next of all_ to be looked at for old files

  mutable std::deque<Waiting> waiting_;  // by position
  std::vector<ConsumeQueue*> written_lately_;
  std::set<std::string> written_files_;
  std::vector<std::string> syncing_files_;
  std::int64_t written_from_;  // the first unsynced entry's position, of written_files_
  std::int64_t syncing_from_;  // the same, of the files being synced now
};

}  // namespace rocketmq::broker
