#include <utility>

#include "broker-lite/store/message_store.h"

namespace rocketmq::broker {

std::optional<MessageStore::OldFile> MessageStore::oldest_file() const {
  if (log_.file_count() < 2 || failure_.code) return std::nullopt;
  const std::int64_t end = log_.file_start(1);
  if (queues_.synced_to(readable_end()) < end) return std::nullopt;
  const auto modified_ms = log_.first_modified_ms();
  if (!modified_ms) return std::nullopt;
  return OldFile{log_.first_path(), end, *modified_ms};
}

void MessageStore::remove_oldest_file(std::function<void(const Result<void>&)> removed) {
  run([&directory = directory_,
       path = log_.first_path()] { return CommitLog::remove_file(directory, path); },
      [this, removed = std::move(removed)](const Result<void>& gone) {
        if (gone) first_file_removed();
        removed(gone);
      });
}

// An index file that could not be removed goes with the next log file after a start.
void MessageStore::first_file_removed() {
  log_.forget_first();
  queues_.log_begins_at(log_.min_position());
  auto paths = index_.forget_before(log_.min_position());
  if (paths.empty()) return;
  run(
      [&directory = directory_, paths = std::move(paths)]() -> Result<void> {
        for (const std::string& path : paths) {
          if (auto gone = directory.remove(path); !gone) return gone;
        }
        return {};
      },
      [](const Result<void>&) {});
}

}  // namespace rocketmq::broker
