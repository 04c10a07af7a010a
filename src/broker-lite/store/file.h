#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocketmq::broker {

// What the store needs of a file system, and no more, so that tests can put one underneath that
// fails, tears and forgets. Two real ones: posix_file.h and mem_file.h.
//
// All failures of the system come back as Errc::io_error with the path and the system's words.
// Everything is called by the store's owner, except File::sync() and whatever a Flusher runs.

// The bytes of a file for reading, in place. They stay readable as long as the view lives, and show
// later writes to the same file.
class FileView {
 public:
  virtual ~FileView() = default;
  std::string_view bytes() const { return bytes_; }

 protected:
  std::string_view bytes_;
};

class File {
 public:
  virtual ~File() = default;

  // Writes all pieces one behind the other from `position` on, in as few system calls as can be. A
  // failure may leave any part of it written.
  virtual Result<void> write(std::int64_t position, std::span<const std::string_view> pieces) = 0;
  Result<void> write(std::int64_t position, std::string_view bytes) {
    return write(position, std::span(&bytes, 1));
  }

  // How many bytes were read: fewer than `size` only where the file ends.
  virtual Result<std::size_t> read(std::int64_t position, char* to, std::size_t size) const = 0;

  // What was written is on the disk when this returns success. May run on another thread than
  // write(). After a failure nothing is known about earlier writes, and trying again proves
  // nothing: the system has forgotten which pages were lost.
  virtual Result<void> sync() = 0;

  virtual Result<std::int64_t> size() const = 0;
  // When it was written last, Unix ms.
  virtual Result<std::int64_t> modified_ms() const = 0;
  virtual Result<void> resize(std::int64_t size) = 0;  // new bytes are zero and need no space yet

  // From `position` to the end all bytes read zero afterwards; the size stays.
  virtual Result<void> zero_from(std::int64_t position) = 0;

  // The first range at or behind `from` that may hold other bytes than zero: files are mostly
  // holes.
  struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  virtual std::optional<Range> data_range(std::int64_t from) const = 0;

  // The first `size` bytes, which the file already has and will not lose while the view lives.
  virtual Result<std::shared_ptr<const FileView>> view(std::int64_t size) = 0;
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

// Of the disk a folder is on, in bytes.
struct DiskSpace {
  std::int64_t total = 0;
  std::int64_t free = 0;
  std::int64_t available = 0;  // of the free, what is not kept back for root

  // Of what we may use, rounded up. Java: UtilAll.getDiskPartitionSpaceUsedPercent.
  std::int32_t used_percent() const;
};

// Held until destroyed; the system lets go of it when the process dies.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode {
  existing,
  create,
  create_private,  // what nobody but its owner may read, where the system has owners
};

// A folder and everything below it. Paths are relative to it, with '/'.
class Directory {
 public:
  virtual ~Directory() = default;

  // Closed when the last owner lets go. With `create` a missing file is made, empty.
  virtual Result<std::shared_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  // Sorted by name; empty where there is no such folder.
  virtual Result<std::vector<DirectoryEntry>> list(const std::string& path) = 0;
  virtual Result<bool> exists(const std::string& path) = 0;
  virtual Result<void> create_directories(const std::string& path) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  // What is not there counts as removed.
  virtual Result<void> remove(const std::string& path) = 0;
  virtual Result<void> remove_all(const std::string& path) = 0;
  // Makes creations, renames and removals in the folder `path` durable.
  virtual Result<void> sync(const std::string& path) = 0;
  // Everything in the folder at once, files and names; on a disk shared with others maybe theirs,
  // too.
  virtual Result<void> sync_all() = 0;
  // The same text for as long as nothing written can have been lost, synced or not: the machine has
  // not been restarted. Empty where nobody knows.
  virtual std::string incarnation() const = 0;
  // Nothing where there is no disk, or it does not say.
  virtual std::optional<DiskSpace> space() const = 0;
  // Writes `content` to the file and locks its first byte; fails when another process holds it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                                 std::string_view content) = 0;
};

// The whole file as text. Fails with io_error when it is missing or longer than `size_max`.
Result<std::string> read_text(Directory& directory, const std::string& path, std::size_t size_max);

}  // namespace rocketmq::broker
