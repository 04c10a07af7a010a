#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// A folder in memory: what `--store :memory:` and the tests use. Files live as long as somebody has
// them open or they have a name. Memory is used only for what was written, however long the file.
// One thread.
class MemDirectory final : public Directory {
 public:
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
  Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                         std::string_view content) override;

 private:
  std::map<std::string, std::shared_ptr<File>, std::less<>> files_;
  std::set<std::string, std::less<>> folders_;
  std::shared_ptr<std::set<std::string>> locked_ = std::make_shared<std::set<std::string>>();
};

}  // namespace rocketmq::broker
