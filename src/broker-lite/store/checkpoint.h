#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// How far the store's files are known to be on disk, by the store timestamps of messages (ms since
// 1970). Recovery after a crash begins a little before. Java: StoreCheckpoint.
struct Checkpoint {
  std::int64_t physic_msg_timestamp = 0;  // of the last message synced in the commit log
  std::int64_t logics_msg_timestamp = 0;  // of the last one whose queue entry is synced
  std::int64_t index_msg_timestamp = 0;   // of the last full index file
  std::int64_t master_flushed_offset = 0;
  std::int64_t confirm_phy_offset = 0;
  // Of the last record when we stopped cleanly; older after a stock broker, which leaves it alone.
  // At the very end of the file, where stock has nothing.
  std::int64_t last_position = -1;

  // Java: StoreCheckpoint.getMinTimestamp: three seconds for clocks that step back.
  std::int64_t min_timestamp() const;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// A missing or short file reads as zeros: recovery then begins at the beginning.
Result<Checkpoint> load_checkpoint(Directory& directory);

// Writes and syncs. May run on the flusher's thread.
Result<void> save_checkpoint(Directory& directory, const Checkpoint& checkpoint);

}  // namespace rocketmq::broker
