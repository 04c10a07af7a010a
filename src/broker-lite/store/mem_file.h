#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// A folder in memory: what `--store :memory:` and the tests use. Files live as long as somebody has
// them open or they have a name. Memory is used only for what was written, however long the file.
// One thread.
class MemDirectory final : public Directory {
 public:
  // Says when a file was written. Unix ms.
  using Clock = std::function<std::int64_t()>;
  explicit MemDirectory(Clock clock = system_ms) : clock_(std::move(clock)) {}
  static std::int64_t system_ms();

  Result<std::shared_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<std::vector<DirectoryEntry>> list(const std::string& path) override;
  Result<bool> exists(const std::string& path) override;
  Result<void> create_directories(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> remove_all(const std::string& path) override;
  Result<void> sync(const std::string& path) override;
  Result<void> sync_all() override { return {}; }
  std::string incarnation() const override { return "memory"; }
  std::optional<DiskSpace> space() const override { return std::nullopt; }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                         std::string_view content) override;

 private:
  const Clock clock_;
  std::map<std::string, std::shared_ptr<File>, std::less<>> files_;
  std::set<std::string, std::less<>> folders_;
  std::shared_ptr<std::set<std::string>> locked_ = std::make_shared<std::set<std::string>>();
};

}  // namespace rocketmq::broker
