#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// How the store was left.
struct LastStop {
  enum class Kind {
    clean,
    killed,          // ours, and what was written is there, synced or not
    crash_of_ours,   // what the checkpoint says is synced is there
    crash_of_stock,  // its checkpoint may run ahead of slowly filled queues
  };
  Kind kind = Kind::clean;
  // Where `killed`: the queue entries of all records before this one had been written.
  std::optional<std::int64_t> queues_written_to;
};

// The file "abort", which is there while a broker runs: nobody takes the store for cleanly closed
// then. Stock looks only whether it exists (its text is the pid). Ours says more, in one line:
//
//   4711 rmq-broker-lite <incarnation of the folder> <20 digits: queues written to>
class RunningMark {
 public:
  explicit RunningMark(Directory& directory) : directory_(directory) {}

  Result<LastStop> read() const;

  // Makes or replaces the file, durably.
  Result<void> set();
  // Notes how far queue entries are written: the position of the first record without, or of the
  // last record where all have theirs. Not synced: it serves when only the process dies.
  void update(std::int64_t queues_written_to);
  // What was written may not be there after all: the next start shall take this for a crash.
  void distrust();
  // A clean stop.
  Result<void> remove();

 private:
  Directory& directory_;
  std::shared_ptr<File> file_;
  std::int64_t digits_at_ = 0;
};

}  // namespace rocketmq::broker
