#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstdint>
#include <map>
#include <string>

namespace rocketmq::client {

// The offsets of a broadcast consumer in a file, as Java writes it: a stock consumer can go on
// where ours stopped, and the other way round. The content before is kept beside it as <path>.bak.
// Java: LocalFileOffsetStore.
class LocalOffsetFile {
 public:
  using Offsets = std::map<MessageQueue, std::int64_t>;

  explicit LocalOffsetFile(std::string path) : path_(std::move(path)) {}
  // <dir>/<client id>/<group>/offsets.json; an empty `dir` is ~/.rocketmq_offsets.
  static std::string path_for(const std::string& dir, const std::string& client_id,
                              const std::string& group);

  // A file that is missing or cannot be read is replaced by its .bak, and a missing .bak is nothing
  // at all. Errors: invalid_argument for a .bak that cannot be read.
  Result<Offsets> load() const;
  // Writes these and keeps the others that are there. Errors: invalid_argument, with the path.
  Result<void> save(const Offsets& offsets) const;

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

}  // namespace rocketmq::client
