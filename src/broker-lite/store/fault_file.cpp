#include "broker-lite/store/fault_file.h"

#include <algorithm>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::broker {

class FaultDirectory::FaultFile final : public File {
 public:
  FaultFile(FaultDirectory& owner, std::shared_ptr<File> file)
      : owner_(owner), file_(std::move(file)) {}

  Result<void> write(std::int64_t position, std::span<const std::string_view> pieces) override {
    std::string all;
    for (const std::string_view piece : pieces) all += piece;
    auto allowed = owner_.operation("write");
    if (!allowed) all.resize(all.size() / 2);
    owner_.remember(file_, position, all);
    (void)file_->write(position, std::string_view(all));
    return allowed;
  }

  Result<std::size_t> read(std::int64_t position, char* to, std::size_t size) const override {
    return file_->read(position, to, size);
  }

  Result<void> sync() override {
    if (auto allowed = owner_.operation("sync"); !allowed) return allowed;
    owner_.forget(file_.get());
    return {};
  }

  Result<std::int64_t> size() const override { return file_->size(); }
  Result<std::int64_t> modified_ms() const override { return file_->modified_ms(); }

  Result<void> resize(std::int64_t size) override {
    if (auto allowed = owner_.operation("resize"); !allowed) return allowed;
    return file_->resize(size);
  }

  Result<void> zero_from(std::int64_t position) override {
    if (auto allowed = owner_.operation("zero"); !allowed) return allowed;
    const auto all = file_->size();
    if (all && position < *all) {
      owner_.remember(file_, position,
                      std::string(static_cast<std::size_t>(*all - position), '\0'));
    }
    return file_->zero_from(position);
  }

  std::optional<Range> data_range(std::int64_t from) const override {
    return file_->data_range(from);
  }

  Result<std::shared_ptr<const FileView>> view(std::int64_t size) override {
    return file_->view(size);
  }

 private:
  FaultDirectory& owner_;
  std::shared_ptr<File> file_;
};

FaultDirectory::FaultDirectory(MemDirectory::Clock clock) : files_(std::move(clock)) {}
FaultDirectory::~FaultDirectory() = default;

Result<void> FaultDirectory::operation(const char* name) {
  const std::int64_t number = operations_++;
  const bool fails = keeps_failing_ ? number >= fail_at_ : number == fail_at_;
  if (fails) return Error{Errc::io_error, str(name, ": a fault on command")};
  return {};
}

void FaultDirectory::remember(const std::shared_ptr<File>& file, std::int64_t position,
                              std::string after) {
  std::string before(after.size(), '\0');
  (void)file->read(position, before.data(), before.size());
  unsynced_.push_back({file, position, std::move(before), std::move(after)});
}

void FaultDirectory::forget(const File* file) {
  std::erase_if(unsynced_, [&](const Unsynced& write) { return write.file.get() == file; });
}

void FaultDirectory::lose_power() {
  lose_power([](std::size_t) { return std::size_t{0}; });
}

void FaultDirectory::lose_power(std::mt19937& random) {
  lose_power([&random](std::size_t size) {
    const auto luck = random() % 4;
    if (luck == 0) return std::size_t{0};
    return luck == 1 ? static_cast<std::size_t>(random() % (size + 1)) : size;
  });
}

void FaultDirectory::lose_power(const std::function<std::size_t(std::size_t)>& surviving_bytes) {
  for (auto it = unsynced_.rbegin(); it != unsynced_.rend(); ++it) {
    (void)it->file->write(it->position, it->before);
  }
  for (const Unsynced& write : unsynced_) {
    const std::size_t size = surviving_bytes(write.after.size());
    (void)write.file->write(write.position, std::string_view(write.after).substr(0, size));
  }
  unsynced_.clear();
  ++power_losses_;
}

Result<void> FaultDirectory::sync_all() {
  if (auto allowed = operation("sync"); !allowed) return allowed;
  unsynced_.clear();
  return {};
}

std::string FaultDirectory::incarnation() const { return str("power-", power_losses_); }

std::string FaultDirectory::content(const std::string& path) {
  return read_text(files_, path, 1 << 30).value();
}

void FaultDirectory::overwrite(const std::string& path, std::int64_t position,
                               std::string_view bytes) {
  files_.open(path, OpenMode::existing).value()->write(position, bytes).value();
}

Result<std::shared_ptr<File>> FaultDirectory::open(const std::string& path, OpenMode mode) {
  if (mode != OpenMode::existing) {
    if (auto allowed = operation("open"); !allowed) return std::move(allowed).error();
  }
  auto file = files_.open(path, mode);
  if (!file) return file;
  return std::shared_ptr<File>(std::make_shared<FaultFile>(*this, *std::move(file)));
}

Result<std::vector<DirectoryEntry>> FaultDirectory::list(const std::string& path) {
  return files_.list(path);
}

Result<bool> FaultDirectory::exists(const std::string& path) { return files_.exists(path); }

Result<void> FaultDirectory::create_directories(const std::string& path) {
  if (auto allowed = operation("create"); !allowed) return allowed;
  return files_.create_directories(path);
}

Result<void> FaultDirectory::rename(const std::string& from, const std::string& to) {
  if (auto allowed = operation("rename"); !allowed) return allowed;
  return files_.rename(from, to);
}

Result<void> FaultDirectory::remove(const std::string& path) {
  if (auto allowed = operation("remove"); !allowed) return allowed;
  return files_.remove(path);
}

Result<void> FaultDirectory::remove_all(const std::string& path) {
  if (auto allowed = operation("remove"); !allowed) return allowed;
  return files_.remove_all(path);
}

Result<void> FaultDirectory::sync(const std::string&) { return operation("sync"); }

Result<std::unique_ptr<FileLock>> FaultDirectory::lock(const std::string& path,
                                                       std::string_view content) {
  if (auto allowed = operation("lock"); !allowed) return std::move(allowed).error();
  return files_.lock(path, content);
}

}  // namespace rocketmq::broker
