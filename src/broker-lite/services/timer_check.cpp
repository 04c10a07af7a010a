#include "broker-lite/services/timer_check.h"

#include <string>

#include "protocol/bytes.h"

namespace rocketmq::broker {
namespace {

const std::string path = "config/timercheck";
constexpr std::size_t file_size = 4096;  // Java: MappedFile.OS_PAGE_SIZE

}  // namespace

Result<TimerCheck> load_timer_check(Directory& directory) {
  const auto exists = directory.exists(path);
  if (!exists) return exists.error();
  if (!*exists) return TimerCheck{};
  const auto text = read_text(directory, path, file_size);
  if (!text) return text.error();
  protocol::ByteReader reader(*text);
  TimerCheck check;
  check.last_read_time_ms = reader.read<std::int64_t>();
  check.last_timer_log_flush_pos = reader.read<std::int64_t>();
  check.last_timer_queue_offset = reader.read<std::int64_t>();
  check.master_timer_queue_offset = reader.read<std::int64_t>();
  return check;
}

Result<void> save_timer_check(Directory& directory, const TimerCheck& check) {
  auto file = directory.open(path, OpenMode::create);
  if (!file) return std::move(file).error();
  std::string bytes;
  for (const std::int64_t field :
       {check.last_read_time_ms, check.last_timer_log_flush_pos, check.last_timer_queue_offset,
        check.master_timer_queue_offset}) {
    protocol::append_big(bytes, field);
  }
  bytes.resize(file_size);
  if (auto written = (*file)->write(0, bytes); !written) return written;
  if (auto synced = (*file)->sync(); !synced) return synced;
  if (auto removed = directory.remove_all("timerlog"); !removed) return removed;
  return directory.remove("timerwheel");
}

}  // namespace rocketmq::broker
