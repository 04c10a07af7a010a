#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "broker-lite/store/mem_file.h"

namespace rocketmq::broker {

// A MemDirectory that fails on command and can lose its power: for tests. What happens to files is
// counted in operations (write, sync, resize, open with create, rename, remove …; reading is none).
class FaultDirectory final : public Directory {
 public:
  explicit FaultDirectory(MemDirectory::Clock clock = MemDirectory::system_ms);
  ~FaultDirectory() override;

  // The operation with this number from now on (0 = the next) fails; a write is half done by then.
  void fail_operation(std::int64_t number) { fail_at_ = operations_ + number; }
  // And every operation after it.
  void fail_from(std::int64_t number) {
    fail_operation(number);
    keeps_failing_ = true;
  }
  void heal() {
    fail_at_ = -1;
    keeps_failing_ = false;
  }
  std::int64_t operations() const { return operations_; }

  // Every byte that was not synced becomes what it was at the last sync. Nobody has a file open.
  void lose_power();
  // Each unsynced write survives or not, or in part, by chance and whatever the order.
  void lose_power(std::mt19937& random);

  // What space() says; nothing at first.
  void set_space(std::optional<DiskSpace> space) { space_ = space; }

  // The content of a file, for looking and for damaging it.
  std::string content(const std::string& path);
  void overwrite(const std::string& path, std::int64_t position, std::string_view bytes);
  MemDirectory& files() { return files_; }

  Result<std::shared_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<std::vector<DirectoryEntry>> list(const std::string& path) override;
  Result<bool> exists(const std::string& path) override;
  Result<void> create_directories(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> remove_all(const std::string& path) override;
  Result<void> sync(const std::string& path) override;
  Result<void> sync_all() override;
  std::string incarnation() const override;
  std::optional<DiskSpace> space() const override { return space_; }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                         std::string_view content) override;

 private:
  class FaultFile;
  struct Unsynced {
    std::shared_ptr<File> file;
    std::int64_t position;
    std::string before;
    std::string after;
  };

  Result<void> operation(const char* name);
  void remember(const std::shared_ptr<File>& file, std::int64_t position, std::string after);
  void forget(const File* file);
  void lose_power(const std::function<std::size_t(std::size_t)>& surviving_bytes);

  MemDirectory files_;
  std::optional<DiskSpace> space_;
  std::vector<Unsynced> unsynced_;
  std::int64_t operations_ = 0;
  std::int64_t fail_at_ = -1;
  bool keeps_failing_ = false;
  int power_losses_ = 0;
};

}  // namespace rocketmq::broker
