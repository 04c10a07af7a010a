#pragma once

#include <cstdint>
#include <functional>

#include "broker-lite/store/index_file.h"
#include "protocol/message_codec.h"

namespace rocketmq::broker {

enum class FlushMode {
  async,  // acknowledged once the system has the bytes: survives kill -9, not a power cut
  sync,   // acknowledged once the disk has them
};

// Names and defaults are those of Java's MessageStoreConfig where it has the setting.
struct StoreOptions {
  FlushMode flush_mode = FlushMode::async;

  // A store can only be opened with the sizes it was written with.
  std::int64_t mapped_file_size_commit_log = 1LL << 30;
  std::int64_t mapped_file_size_consume_queue = 300'000 * 20;

  std::size_t max_message_size = 4 << 20;  // of a body; a record may be 64 KiB larger

  // How long acknowledged messages may be in danger of a power cut, in async mode.
  std::int64_t flush_interval_commit_log_ms = 500;

  // What one pull may return from messages likely in memory, and from older ones: reading the disk
  // holds up everybody else. Stock gives 32 messages from memory whatever the client asks for.
  std::int32_t max_transfer_count_in_memory = 1024;
  std::int32_t max_transfer_bytes_in_memory = 256 << 10;
  std::int32_t max_transfer_count_on_disk = 8;
  std::int32_t max_transfer_bytes_on_disk = 64 << 10;
  // "Likely in memory": so close to the log's end. Stock: 40 % of the machine's memory.
  std::int64_t access_message_in_memory_bytes = 4LL << 30;
  // A pull that filters gives up after so many bytes of queue entries. Java: maxFilterMessageSize.
  std::int32_t max_filter_message_size = 16'000;

  // Queue entries not yet in files: one queue's (written at once when it has so many), and how much
  // log they may lag behind, since that much is read again after a crash.
  std::int32_t consume_queue_buffer_bytes = 64 << 10;
  std::int64_t consume_queue_lag_bytes = 32 << 20;
  std::int32_t consume_queue_files_per_tick = 512;  // keeps a tick within some tens of ms
  // Of a stop: where more is to be written or synced it leaves that to the next start.
  std::int32_t consume_queue_files_at_stop = 2048;
  std::int32_t open_files_max = 512;  // consume-queue files kept open

  // The index by key. Without it nothing is found by a key, and its files are left alone.
  bool message_index_enable = true;
  IndexGeometry index_geometry;
  // Keys that wait to be written when the disk does not take them: 24 MB. The others wait in the
  // log.
  std::size_t index_pending_keys_max = 1'000'000;
  // Entries that one query looks at, some 0.3 us each: a tag's chain can hold millions.
  std::int32_t index_steps_max = 100'000;
  std::int32_t max_msgs_num_batch = 64;  // messages of one query

  // What a consume queue stores beside a message's position. The delay queues put a time here.
  // Default: the hash of TAGS.
  std::function<std::int64_t(const protocol::RecordView&, std::int64_t store_timestamp)> tags_code;
};

}  // namespace rocketmq::broker
