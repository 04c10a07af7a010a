#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>

#include "broker-lite/store/checkpoint.h"
#include "broker-lite/store/commit_log.h"
#include "broker-lite/store/consume_queues.h"
#include "broker-lite/store/running_mark.h"
#include "protocol/message_codec.h"

namespace rocketmq::broker {

struct Recovered {
  std::int64_t start = 0;  // the log was read from here
  std::int64_t end = 0;    // and ends here
  std::int64_t records = 0;
  std::int64_t last_position = -1;  // of the last of them
  std::int64_t last_store_timestamp = 0;
  std::int64_t damaged_bytes = 0;  // in the middle, set aside; tell the operator
  std::int64_t cut_bytes = 0;      // behind the last good record, as far as they were not zero
};

// A topic nobody sends to. Cut short where a damaged place has no room for the name.
inline constexpr std::string_view damaged_topic = "rmq_sys_damaged";

// Brings log and queues to agree after any stop, and finds the log's end.
//
// The log is read from a start position to its end. Queue entries for records from there on are
// dropped and made anew; those before are trusted. Reading starts
//   clean            at the last record, which the checkpoint or a queue knows
//   killed           where queue entries were not written yet
//   crash of ours    at a record, found through a queue, stored 3 s before the checkpoint
//   crash of stock   at the last file that begins before that. Java: CommitLog.recoverAbnormally
// and further back when an entry before the start turns out to be missing. So the work follows what
// was written since the last checkpoint, not the size of the log. Where the first two show nothing
// but missing entries, those that are there stay, and queues without a record in what is read are
// not even loaded.
//
// The end. Stock takes the first bad record for it and drops everything behind. We look further:
//   nothing good behind it: the tail was torn. The log is cut there and the rest made zero.
//   a good record behind it: bytes in the middle are damaged. They are wrapped into the body of a
//     record of `damaged_topic`, so that this store and stock read on; the message itself is lost,
//     the others are not, and a queue shows a blank in its place.
// "Good" means: CRC and lengths right, lying where it says it lies, and not stored before the
// record that precedes it; else it may be left over from before an earlier cut. Only 64 MiB are
// searched.
//
// A header has no checksum. An offset that does not follow its predecessor's in the queue is
// believed only when the next record of the queue agrees: then the topic was deleted and made anew,
// or a record between is lost.
//
// Damage in what is not read here shows when it is consumed.
//
// `distrust` is called before entries that may be on disk are written anew, with the time since
// which their records were stored: until they are synced again, no checkpoint may vouch for them.
Result<Recovered> recover(
    CommitLog& log, ConsumeQueues& queues, const LastStop& last_stop, const Checkpoint& checkpoint,
    const std::function<std::int64_t(const protocol::RecordView&, std::int64_t)>& tags_code,
    const std::function<Result<void>(std::int64_t)>& distrust);

// Stock gives half messages and rollbacks no place in a queue.
// Java: CommitLogDispatcherBuildConsumeQueue.
bool belongs_in_queue(std::int32_t sys_flag);

}  // namespace rocketmq::broker
