#include "broker-lite/store/posix_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

Error system_error(std::string_view what, const std::string& path, int number) {
  return {Errc::io_error, str(what, ' ', path, ": ", std::strerror(number))};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

class MappedView final : public FileView {
 public:
  MappedView(void* start, std::size_t size) {
    bytes_ = std::string_view(static_cast<const char*>(start), size);
  }
  ~MappedView() override { ::munmap(const_cast<char*>(bytes_.data()), bytes_.size()); }
};

class PosixFile final : public File {
 public:
  PosixFile(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<void> write(std::int64_t position, std::span<const std::string_view> pieces) override {
    while (!pieces.empty()) {
      const std::size_t count = std::min(pieces.size(), iovecs_max);
      auto written = write_some(position, pieces.first(count));
      if (!written) return written;
      for (const std::string_view piece : pieces.first(count)) {
        position += static_cast<std::int64_t>(piece.size());
      }
      pieces = pieces.subspan(count);
    }
    return {};
  }

  Result<std::size_t> read(std::int64_t position, char* to, std::size_t size) const override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = ::pread(fd_.get(), to + done, size - done,
                                    static_cast<off_t>(position) + static_cast<off_t>(done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error("read", path_, errno);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  Result<void> sync() override {
    if (::fdatasync(fd_.get()) != 0) return system_error("sync", path_, errno);
    return {};
  }

  Result<std::int64_t> size() const override {
    struct stat status{};
    if (::fstat(fd_.get(), &status) != 0) return system_error("stat", path_, errno);
    return static_cast<std::int64_t>(status.st_size);
  }

  Result<std::int64_t> modified_ms() const override {
    struct stat status{};
    if (::fstat(fd_.get(), &status) != 0) return system_error("stat", path_, errno);
    return std::int64_t{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1'000'000;
  }

  Result<void> resize(std::int64_t size) override {
    if (::ftruncate(fd_.get(), size) != 0) return system_error("resize", path_, errno);
    return {};
  }

  Result<void> zero_from(std::int64_t position) override {
    const auto old_size = size();
    if (!old_size) return old_size.error();
    if (position >= *old_size) return {};
    // A hole keeps the file's size at every moment, so that a crash here harms nothing.
    if (::fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, position,
                    *old_size - position) == 0) {
      return {};
    }
    if (errno != EOPNOTSUPP && errno != ENOSYS) return system_error("zero", path_, errno);
    auto cut = resize(position);
    return cut ? resize(*old_size) : cut;
  }

  std::optional<Range> data_range(std::int64_t from) const override {
    const off_t begin = ::lseek(fd_.get(), from, SEEK_DATA);
    if (begin >= 0) {
      const off_t end = ::lseek(fd_.get(), begin, SEEK_HOLE);
      return Range{begin, end};
    }
    if (errno == ENXIO) return std::nullopt;
    const auto all = size();  // a file system that does not know its holes
    return all && from < *all ? std::optional(Range{from, *all}) : std::nullopt;
  }

  Result<std::shared_ptr<const FileView>> view(std::int64_t size) override {
    const auto bytes = static_cast<std::size_t>(size);
    void* start = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd_.get(), 0);
    if (start == MAP_FAILED) return system_error("map", path_, errno);
    return std::shared_ptr<const FileView>(std::make_shared<MappedView>(start, bytes));
  }

 private:
  static constexpr std::size_t iovecs_max = 64;

  // All of the pieces, going on after a write that was cut short.
  Result<void> write_some(std::int64_t position, std::span<const std::string_view> pieces) {
    std::array<iovec, iovecs_max> vectors{};
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    }
    iovec* next = vectors.data();
    iovec* const end = next + pieces.size();
    while (next != end) {
      const ssize_t count = ::pwritev(fd_.get(), next, static_cast<int>(end - next), position);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error("write", path_, errno);
      position += count;
      auto rest = static_cast<std::size_t>(count);
      while (next != end && rest >= next->iov_len) {
        rest -= next->iov_len;
        ++next;
      }
      if (next == end) break;
      if (count == 0) return system_error("write", path_, ENOSPC);
      next->iov_base = static_cast<char*>(next->iov_base) + rest;
      next->iov_len -= rest;
    }
    return {};
  }

  Descriptor fd_;
  std::string path_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  Descriptor fd_;  // closing it lets go of the lock
};

class PosixDirectory final : public Directory {
 public:
  explicit PosixDirectory(std::string root) : root_(std::move(root)) {}

  Result<std::shared_ptr<File>> open(const std::string& path, OpenMode mode) override {
    const std::string full = full_path(path);
    const bool is_private = mode == OpenMode::create_private;
    const int flags = O_RDWR | O_CLOEXEC | (mode == OpenMode::existing ? 0 : O_CREAT);
    Descriptor fd(::open(full.c_str(), flags, is_private ? 0600 : 0644));
    if (!fd.is_open()) return system_error("open", full, errno);
    // It may have been there, with other rights.
    if (is_private && ::fchmod(fd.get(), 0600) != 0) return system_error("chmod", full, errno);
    return std::shared_ptr<File>(std::make_shared<PosixFile>(std::move(fd), full));
  }

  Result<std::vector<DirectoryEntry>> list(const std::string& path) override {
    const std::string full = full_path(path);
    std::vector<DirectoryEntry> entries;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(full.c_str()), &::closedir);
    if (!folder) {
      if (errno == ENOENT) return entries;
      return system_error("list", full, errno);
    }
    errno = 0;
    while (const dirent* entry = ::readdir(folder.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") {
        entries.push_back({std::string(name), is_directory(full, *entry)});
      }
      errno = 0;
    }
    if (errno != 0) return system_error("list", full, errno);
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
  }

  Result<bool> exists(const std::string& path) override {
    const std::string full = full_path(path);
    if (::access(full.c_str(), F_OK) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return system_error("look for", full, errno);
  }

  Result<void> create_directories(const std::string& path) override {
    const std::string full = full_path(path);
    std::error_code failed;
    std::filesystem::create_directories(full, failed);
    if (failed) return system_error("create", full, failed.value());
    return {};
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    const std::string full = full_path(from);
    if (::rename(full.c_str(), full_path(to).c_str()) != 0) {
      return system_error("rename", full, errno);
    }
    return {};
  }

  Result<void> remove(const std::string& path) override {
    const std::string full = full_path(path);
    if (::unlink(full.c_str()) != 0 && errno != ENOENT) return system_error("remove", full, errno);
    return {};
  }

  Result<void> remove_all(const std::string& path) override {
    const std::string full = full_path(path);
    std::error_code failed;
    std::filesystem::remove_all(full, failed);
    if (failed) return system_error("remove", full, failed.value());
    return {};
  }

  Result<void> sync(const std::string& path) override {
    const std::string full = full_path(path);
    const Descriptor fd(::open(full.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.is_open()) return system_error("open", full, errno);
    if (::fsync(fd.get()) != 0) return system_error("sync", full, errno);
    return {};
  }

  Result<void> sync_all() override {
    const Descriptor fd(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.is_open()) return system_error("open", root_, errno);
    if (::syncfs(fd.get()) != 0) return system_error("sync", root_, errno);
    return {};
  }

  std::string incarnation() const override {
    const int fd = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    const Descriptor file(fd);
    char text[36];  // a UUID
    return ::read(fd, text, sizeof text) == sizeof text ? std::string(text, sizeof text) : "";
  }

  std::optional<DiskSpace> space() const override {
    struct statvfs disk{};
    if (::statvfs(root_.c_str(), &disk) != 0) return std::nullopt;
    const auto bytes = [&](fsblkcnt_t blocks) {
      return static_cast<std::int64_t>(blocks * disk.f_frsize);
    };
    return DiskSpace{bytes(disk.f_blocks), bytes(disk.f_bfree), bytes(disk.f_bavail)};
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                         std::string_view content) override {
    const std::string full = full_path(path);
    Descriptor fd(::open(full.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!fd.is_open()) return system_error("open", full, errno);
    if (const int number = lock_first_byte(fd.get()); number != 0) {
      if (number != EAGAIN && number != EACCES) return system_error("lock", full, number);
      return Error{Errc::io_error, str(root_, " is open in another process")};
    }
    if (::pwrite(fd.get(), content.data(), content.size(), 0) < 0) {
      return system_error("write", full, errno);
    }
    return std::unique_ptr<FileLock>(std::make_unique<PosixLock>(std::move(fd)));
  }

 private:
  std::string full_path(const std::string& path) const {
    return path.empty() ? root_ : root_ + '/' + path;
  }

  static bool is_directory(const std::string& folder, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
    struct stat status{};
    return ::stat((folder + '/' + entry.d_name).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  }

  // Two kinds of lock. Java's FileChannel.lock(0, 1) is a POSIX record lock, so a stock broker sees
  // the first; but those do not bind within one process, which flock does.
  static int lock_first_byte(int fd) {
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return errno;
    struct flock range{};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = 0;
    range.l_len = 1;
    return ::fcntl(fd, F_SETLK, &range) == 0 ? 0 : errno;
  }

  std::string root_;
};

}  // namespace

Result<std::unique_ptr<Directory>> open_posix_directory(const std::string& path) {
  auto directory = std::make_unique<PosixDirectory>(path);
  auto made = directory->create_directories("");
  if (!made) return std::move(made).error();
  return std::unique_ptr<Directory>(std::move(directory));
}

}  // namespace rocketmq::broker
