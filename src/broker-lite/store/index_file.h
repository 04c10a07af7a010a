#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// How large an index file is. A store can only be opened with what it was written with.
struct IndexGeometry {
  std::int32_t slots = 5'000'000;     // Java: maxHashSlotNum
  std::int32_t entries = 20'000'000;  // Java: maxIndexNum

  std::int64_t file_size() const { return entry_position(entries); }
  static std::int64_t slot_position(std::int32_t slot) { return 40 + std::int64_t{4} * slot; }
  std::int64_t entry_position(std::int32_t entry) const {
    return slot_position(slots) + std::int64_t{20} * entry;
  }
};

// A key of a message on its way into a file.
struct IndexedKey {
  std::int32_t hash = 0;      // never negative
  std::int64_t position = 0;  // of the message, in the log
  std::int64_t store_timestamp = 0;
};

// The first 40 bytes.
struct IndexHeader {
  std::int64_t begin_timestamp = 0;
  std::int64_t end_timestamp = 0;
  std::int64_t begin_position = 0;
  std::int64_t end_position = 0;  // of the last message with a key here
  std::int32_t used_slots = 0;
  std::int32_t count = 1;  // the next entry's number; there is no entry 0

  friend bool operator==(const IndexHeader&, const IndexHeader&) = default;
};

// A hash table in a file: a slot for each remainder of a key's hash holds the number of the newest
// entry with it, and each entry the number of the one before. Java: IndexFile.
//
//   header | slots … | entries: 0 is never used, 1, 2, … count − 1 | nothing yet
//
// Holds no state: what is in the file is told by the header that its owner knows.
class IndexFile {
 public:
  // Creates it where it is not there. Fails with store_corrupt where it has another size.
  static Result<IndexFile> open(Directory& directory, const std::string& path,
                                const IndexGeometry& geometry);

  // Nothing of sense in it: count and positions cannot be.
  Result<IndexHeader> read_header() const;

  // Adds keys for which there is room, and returns the new header. May run on another thread than
  // find(). Entries are written first, the header last: who dies in between has written nothing.
  Result<IndexHeader> write(IndexHeader header, std::span<const IndexedKey> keys) const;

  Result<void> sync() const { return file_->sync(); }

  // Tells the messages with a key of this hash, the newest first, until `found` returns false or
  // `steps` entries were looked at: all keys of one slot are in one chain. `steps` goes down.
  using Found = std::function<bool(std::int64_t position)>;
  Result<void> find(const IndexHeader& header, std::int32_t hash, std::int64_t begin_timestamp,
                    std::int64_t end_timestamp, std::int32_t& steps, const Found& found) const;

 private:
  struct Entry {
    std::int32_t hash;
    std::int64_t position;
    std::int32_t seconds;  // after the header's begin_timestamp
    std::int32_t previous;
  };
  struct Link;

  IndexFile(std::shared_ptr<File> file, const IndexGeometry& geometry)
      : file_(std::move(file)), geometry_(geometry) {}

  Result<Entry> read_entry(std::int32_t number) const;
  Result<std::int32_t> newest_entry(std::int32_t in_slot, std::int32_t count) const;
  template <class Use>
  Result<void> for_each_page(std::span<const Link> links, Use use) const;
  Result<void> write_entries(IndexHeader& header, std::span<const IndexedKey> keys,
                             std::span<const Link> links) const;
  Result<void> write_slots(const IndexHeader& header, std::span<const Link> links) const;
  Result<void> write_header(const IndexHeader& header) const;

  std::shared_ptr<File> file_;
  IndexGeometry geometry_;
};

}  // namespace rocketmq::broker
