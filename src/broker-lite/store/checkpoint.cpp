#include "broker-lite/store/checkpoint.h"

#include <algorithm>

#include "protocol/bytes.h"

namespace rocketmq::broker {
namespace {

const std::string path = "checkpoint";
constexpr std::size_t file_size = 4096;  // Java: MappedFile.OS_PAGE_SIZE
constexpr std::size_t last_position_at = file_size - sizeof(std::int64_t);

}  // namespace

std::int64_t Checkpoint::min_timestamp() const {
  // Read from a file: whatever is below 3000 must not be reckoned with.
  return std::max<std::int64_t>(std::min(physic_msg_timestamp, logics_msg_timestamp), 3000) - 3000;
}

Result<Checkpoint> load_checkpoint(Directory& directory) {
  const auto exists = directory.exists(path);
  if (!exists) return exists.error();
  if (!*exists) return Checkpoint{};
  const auto text = read_text(directory, path, file_size);
  if (!text) return text.error();

  protocol::ByteReader reader(*text);
  Checkpoint checkpoint;
  checkpoint.physic_msg_timestamp = reader.read<std::int64_t>();
  checkpoint.logics_msg_timestamp = reader.read<std::int64_t>();
  checkpoint.index_msg_timestamp = reader.read<std::int64_t>();
  checkpoint.master_flushed_offset = reader.read<std::int64_t>();
  checkpoint.confirm_phy_offset = reader.read<std::int64_t>();
  if (text->size() == file_size) {  // one more than the position: zeros mean none
    checkpoint.last_position =
        protocol::load_big<std::int64_t>(text->data() + last_position_at) - 1;
  }
  return checkpoint;
}

Result<void> save_checkpoint(Directory& directory, const Checkpoint& checkpoint) {
  auto file = directory.open(path, OpenMode::create);
  if (!file) return std::move(file).error();
  std::string bytes;
  for (const std::int64_t field : {checkpoint.physic_msg_timestamp, checkpoint.logics_msg_timestamp,
                                   checkpoint.index_msg_timestamp, checkpoint.master_flushed_offset,
                                   checkpoint.confirm_phy_offset}) {
    protocol::append_big(bytes, field);
  }
  bytes.resize(last_position_at);
  protocol::append_big(bytes, checkpoint.last_position + 1);
  if (auto written = (*file)->write(0, bytes); !written) return written;
  return (*file)->sync();
}

}  // namespace rocketmq::broker
