#include "broker-lite/store/file.h"

#include "protocol/str.h"

namespace rocketmq::broker {

std::int32_t DiskSpace::used_percent() const {
  const std::int64_t used = total - free;
  const std::int64_t ours = used + available;
  if (ours <= 0) return 0;
  return static_cast<std::int32_t>((used * 100 + ours - 1) / ours);
}

Result<std::string> read_text(Directory& directory, const std::string& path, std::size_t size_max) {
  auto file = directory.open(path, OpenMode::existing);
  if (!file) return std::move(file).error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (static_cast<std::uint64_t>(*size) > size_max) {
    return Error{Errc::io_error, str(path, " is longer than ", size_max, " bytes")};
  }
  std::string text(static_cast<std::size_t>(*size), '\0');
  const auto count = (*file)->read(0, text.data(), text.size());
  if (!count) return count.error();
  text.resize(*count);
  return text;
}

}  // namespace rocketmq::broker
