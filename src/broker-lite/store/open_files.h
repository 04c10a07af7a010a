#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// Keeps a bounded number of files open, the ones used last, so that tens of thousands of queues
// need neither as many descriptors nor an open() for every access of the busy ones.
class OpenFiles {
 public:
  OpenFiles(Directory& directory, std::size_t files_max)
      : directory_(directory), files_max_(files_max) {}

  struct Key {
    std::uint64_t queue;  // a number no other queue has or had
    std::int64_t start;   // of the file in its sequence
    friend bool operator==(const Key&, const Key&) = default;
  };

  // The open file under `key`, or the one that `open` opens.
  template <class Open>
  Result<std::shared_ptr<File>> get(const Key& key, Open&& open) {
    if (auto file = find(key)) return file;
    Result<std::shared_ptr<File>> opened = open(directory_);
    if (opened) keep(key, *opened);
    return opened;
  }

  void forget(std::uint64_t queue);  // before its files are removed
  std::size_t size() const { return by_key_.size(); }
  Directory& directory() const { return directory_; }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::uint64_t>{}(key.queue * 0x9E3779B97F4A7C15U ^
                                        static_cast<std::uint64_t>(key.start));
    }
  };
  using Node = std::pair<Key, std::shared_ptr<File>>;

  std::shared_ptr<File> find(const Key& key);
  void keep(const Key& key, std::shared_ptr<File> file);

  Directory& directory_;
  std::size_t files_max_;
  std::list<Node> by_use_;  // the last used first
  std::unordered_map<Key, std::list<Node>::iterator, Hash> by_key_;
};

}  // namespace rocketmq::broker
