#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/local_offset_file.h"
#include "client/offset_store.h"

namespace rocketmq::client {

// As a broadcast consumer keeps them, for itself alone, in a file that is written on the loop: some
// kilobytes, when an offset has changed, every offset_commit_interval. Java: LocalFileOffsetStore.
class LocalOffsetStore final : public OffsetStore {
 public:
  // `core` outlives it.
  LocalOffsetStore(Client::Core& core, std::string path) : core_(core), file_(std::move(path)) {}

  // Reads the file; before anything else.
  Result<void> load();

  net::Task<Result<std::int64_t>> start_offset(MessageQueue queue, StartAt start_at) override;
  void save_soon(const MessageQueue& queue, std::int64_t offset) override;
  void doubt(const MessageQueue&) override {}
  net::Task<Result<void>> save(MessageQueue queue, std::int64_t offset,
                               net::Duration timeout) override;
  net::Task<SaveReport> save_all(std::vector<QueueOffset> offsets, net::Duration timeout) override;

 private:
  Result<void> write();

  Client::Core& core_;
  const LocalOffsetFile file_;
  LocalOffsetFile::Offsets offsets_;
  std::unique_ptr<net::Timer> write_timer_;  // there is one while a change is not written
};

}  // namespace rocketmq::client
