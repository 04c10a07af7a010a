#include "broker-lite/store/mem_file.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

// Address space that costs memory only where it is written, and never moves: as a sparse file.
class Region final : public FileView {
 public:
  static std::shared_ptr<Region> make(std::size_t size) {
    void* start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return start == MAP_FAILED ? nullptr
                               : std::make_shared<Region>(static_cast<char*>(start), size);
  }
  Region(char* start, std::size_t size) : start_(start) { bytes_ = {start, size}; }
  ~Region() override { ::munmap(start_, bytes_.size()); }
  char* start() const { return start_; }

 private:
  char* start_;
};

// Starts as the bytes written so far, followed by zeros that are not there. Where a view is asked
// for, the bytes move to a region of their own. (Not from the start: 80,000 queue files would be as
// many mappings, more than a process may have.)
class MemFile final : public File {
 public:
  explicit MemFile(MemDirectory::Clock clock) : clock_(std::move(clock)), modified_ms_(clock_()) {}

  Result<void> write(std::int64_t position, std::span<const std::string_view> pieces) override {
    modified_ms_ = clock_();
    auto at = static_cast<std::size_t>(position);
    for (const std::string_view piece : pieces) {
      if (piece.empty()) continue;
      std::memcpy(room(at, at + piece.size()), piece.data(), piece.size());
      at += piece.size();
    }
    return {};
  }

  Result<std::size_t> read(std::int64_t position, char* to, std::size_t size) const override {
    const auto at = static_cast<std::size_t>(position);
    if (at >= size_) return std::size_t{0};
    const std::size_t count = std::min(size, size_ - at);
    const std::string_view written = this->written();
    const std::size_t copied = at < written.size() ? std::min(count, written.size() - at) : 0;
    if (copied > 0) std::memcpy(to, written.data() + at, copied);
    std::memset(to + copied, 0, count - copied);
    return count;
  }

  Result<void> sync() override { return {}; }
  Result<std::int64_t> size() const override { return static_cast<std::int64_t>(size_); }

  Result<std::int64_t> modified_ms() const override { return modified_ms_; }

  Result<void> resize(std::int64_t size) override {
    if (static_cast<std::size_t>(size) < size_) cut(static_cast<std::size_t>(size));
    size_ = static_cast<std::size_t>(size);
    return {};
  }

  Result<void> zero_from(std::int64_t position) override {
    if (static_cast<std::size_t>(position) < size_) cut(static_cast<std::size_t>(position));
    return {};
  }

  std::optional<Range> data_range(std::int64_t from) const override {
    const auto end = static_cast<std::int64_t>(std::min(written().size(), size_));
    return from < end ? std::optional(Range{from, end}) : std::nullopt;
  }

  Result<std::shared_ptr<const FileView>> view(std::int64_t size) override {
    if (!region_) {
      region_ = Region::make(static_cast<std::size_t>(size));
      if (!region_) return Error{Errc::io_error, str("no address space for ", size, " bytes")};
      std::memcpy(region_->start(), bytes_.data(), bytes_.size());
      bytes_ = {};
    }
    assert(region_->bytes().size() >= static_cast<std::size_t>(size));
    return std::shared_ptr<const FileView>(region_);
  }

 private:
  std::string_view written() const { return region_ ? region_->bytes() : bytes_; }

  // The place of byte `from`, after making sure that bytes up to `to` exist.
  char* room(std::size_t from, std::size_t to) {
    size_ = std::max(size_, to);
    if (region_) {
      assert(to <= region_->bytes().size());  // a viewed file does not grow
      return region_->start() + from;
    }
    if (bytes_.size() < to) bytes_.resize(to);
    return bytes_.data() + from;
  }

  void cut(std::size_t size) {
    if (region_) {
      std::memset(region_->start() + size, 0, region_->bytes().size() - size);
    } else if (size < bytes_.size()) {
      bytes_.resize(size);
    }
  }

  const MemDirectory::Clock clock_;
  std::int64_t modified_ms_;
  std::string bytes_;
  std::shared_ptr<Region> region_;
  std::size_t size_ = 0;
};

class MemLock final : public FileLock {
 public:
  MemLock(std::shared_ptr<std::set<std::string>> locked, std::string path)
      : locked_(std::move(locked)), path_(std::move(path)) {}
  ~MemLock() override { locked_->erase(path_); }

 private:
  std::shared_ptr<std::set<std::string>> locked_;
  std::string path_;
};

Error missing(const std::string& path) {
  return {Errc::io_error, str(path, ": ", std::strerror(ENOENT))};
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.substr(0, folder.size()) == folder &&
         path[folder.size()] == '/';
}

}  // namespace

std::int64_t MemDirectory::system_ms() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

Result<std::shared_ptr<File>> MemDirectory::open(const std::string& path, OpenMode mode) {
  const auto found = files_.find(path);
  if (found != files_.end()) return found->second;
  const std::size_t slash = path.rfind('/');
  const bool has_folder = slash == std::string::npos || folders_.contains(path.substr(0, slash));
  if (mode == OpenMode::existing || !has_folder) return missing(path);
  return files_[path] = std::make_shared<MemFile>(clock_);
}

Result<std::vector<DirectoryEntry>> MemDirectory::list(const std::string& path) {
  std::vector<DirectoryEntry> entries;
  const auto add_children = [&](const std::string& child, bool is_directory) {
    if (!path.empty() && !is_below(child, path)) return;
    const std::string name = child.substr(path.empty() ? 0 : path.size() + 1);
    if (name.find('/') == std::string::npos) entries.push_back({name, is_directory});
  };
  for (auto it = files_.lower_bound(path); it != files_.end(); ++it) {
    if (it->first.compare(0, path.size(), path) != 0) break;
    add_children(it->first, false);
  }
  for (auto it = folders_.lower_bound(path); it != folders_.end(); ++it) {
    if (it->compare(0, path.size(), path) != 0) break;
    add_children(*it, true);
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<bool> MemDirectory::exists(const std::string& path) {
  return files_.contains(path) || folders_.contains(path);
}

Result<void> MemDirectory::create_directories(const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    folders_.insert(path.substr(0, slash));
  }
  folders_.insert(path);
  return {};
}

Result<void> MemDirectory::rename(const std::string& from, const std::string& to) {
  const auto found = files_.find(from);
  if (found == files_.end()) return missing(from);
  auto file = found->second;
  files_.erase(found);
  files_[to] = std::move(file);
  return {};
}

Result<void> MemDirectory::remove(const std::string& path) {
  files_.erase(path);
  return {};
}

Result<void> MemDirectory::remove_all(const std::string& path) {
  std::erase_if(files_, [&](const auto& f) { return f.first == path || is_below(f.first, path); });
  std::erase_if(folders_, [&](const auto& f) { return f == path || is_below(f, path); });
  return {};
}

Result<void> MemDirectory::sync(const std::string&) { return {}; }

Result<std::unique_ptr<FileLock>> MemDirectory::lock(const std::string& path,
                                                     std::string_view content) {
  if (locked_->contains(path)) return Error{Errc::io_error, str(path, " is locked")};
  auto file = open(path, OpenMode::create);
  if (!file) return std::move(file).error();
  auto written = (*file)->write(0, content);
  if (!written) return std::move(written).error();
  locked_->insert(path);
  return std::unique_ptr<FileLock>(std::make_unique<MemLock>(locked_, path));
}

}  // namespace rocketmq::broker
