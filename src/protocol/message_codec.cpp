#include "protocol/message_codec.h"

#include <libdeflate.h>

#include <cassert>
#include <cstring>

#include "protocol/bytes.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

// Where the patched fields lie: everything before bornHost has a fixed place.
constexpr std::size_t queue_offset_at = 20;
constexpr std::size_t physical_offset_at = 28;
constexpr std::size_t sys_flag_at = 36;
constexpr std::size_t store_timestamp_at = 56;  // 68 when bornHost is IPv6
constexpr std::size_t v6_extra = 12;            // how much longer an IPv6 host is

constexpr std::size_t batch_entry_size_min = 22;

// Appends to memory whose size the caller has computed.
class RawWriter {
 public:
  explicit RawWriter(char* to) : to_(to) {}

  template <std::integral I>
  void put(I value) {
    store_big(to_, value);
    to_ += sizeof value;
  }
  void put(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(to_, bytes.data(), bytes.size());
    to_ += bytes.size();
  }
  void put(const Host& host) {
    put(host.ip_bytes());
    put(host.port);
  }
  char* end() const { return to_; }

 private:
  char* to_;
};

bool needs_v2(const RecordView& record) { return record.topic.size() > topic_size_max_v1; }

std::int32_t sys_flag_with_hosts(const RecordView& record) {
  std::int32_t flags = record.sys_flag & ~(sys_flag::born_host_v6 | sys_flag::store_host_v6);
  if (record.born_host.is_v6()) flags |= sys_flag::born_host_v6;
  if (record.store_host.is_v6()) flags |= sys_flag::store_host_v6;
  return flags;
}

// A failed read leaves the host zero; the reader remembers.
void read_host(ByteReader& reader, bool is_v6, Host& host) {
  const std::string_view ip = reader.read_bytes(is_v6 ? 16 : 4);
  host.ip_size = is_v6 ? 16 : 4;
  if (!ip.empty()) std::memcpy(host.ip.data(), ip.data(), ip.size());
  host.port = reader.read<std::int32_t>();
}

Error bad(std::string why) { return {Errc::bad_message, std::move(why)}; }

// The bytes of the record that begins here, by its own first field.
Result<std::string_view> cut_record(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto size = reader.read<std::int32_t>();
  const auto magic = reader.read<std::uint32_t>();
  if (!reader.ok()) return bad("record cut short");
  if (magic != record_magic_v1 && magic != record_magic_v2) return bad(str("record magic ", magic));
  if (size < static_cast<std::int32_t>(record_size_min)) return bad(str("record size ", size));
  if (static_cast<std::size_t>(size) > bytes.size()) {
    return bad(str("record of ", size, " bytes in ", bytes.size()));
  }
  return bytes.substr(0, static_cast<std::size_t>(size));
}

}  // namespace

std::uint32_t body_crc(std::string_view body) {
  return libdeflate_crc32(0, body.data(), body.size()) & 0x7fffffffU;
}

// Java: MessageDecoder.decode, CommitLog.checkMessageAndReturnSize.
Result<RecordView> decode_record(std::string_view bytes, CrcCheck crc) {
  auto cut = cut_record(bytes);
  if (!cut) return std::move(cut).error();

  RecordView record;
  record.bytes = *cut;
  ByteReader reader(record.bytes);
  reader.read<std::int32_t>();  // total size
  const bool is_v2 = reader.read<std::uint32_t>() == record_magic_v2;
  record.body_crc = reader.read<std::uint32_t>();
  record.queue_id = reader.read<std::int32_t>();
  record.flag = reader.read<std::int32_t>();
  record.queue_offset = reader.read<std::int64_t>();
  record.physical_offset = reader.read<std::int64_t>();
  record.sys_flag = reader.read<std::int32_t>();
  record.born_timestamp = reader.read<std::int64_t>();
  read_host(reader, record.sys_flag & sys_flag::born_host_v6, record.born_host);
  record.store_timestamp = reader.read<std::int64_t>();
  read_host(reader, record.sys_flag & sys_flag::store_host_v6, record.store_host);
  record.reconsume_times = reader.read<std::int32_t>();
  record.prepared_transaction_offset = reader.read<std::int64_t>();
  record.body = reader.read_bytes(reader.read<std::int32_t>());
  record.topic =
      reader.read_bytes(is_v2 ? reader.read<std::int16_t>() : reader.read<std::uint8_t>());
  record.properties = reader.read_bytes(reader.read<std::int16_t>());

  if (!reader.ok() || !reader.rest().empty()) return bad("record lengths do not add up");
  if (crc == CrcCheck::verify && body_crc(record.body) != record.body_crc) {
    return bad(str("record body CRC differs at ", record.physical_offset));
  }
  return record;
}

std::optional<RecordView> RecordReader::next() {
  if (!ok() || rest_.empty()) return std::nullopt;
  auto record = decode_record(rest_, crc_);
  if (!record) {
    error_ = std::move(record).error();
    return std::nullopt;
  }
  rest_.remove_prefix(record->bytes.size());
  return *record;
}

std::size_t record_size(const RecordView& record) {
  return record_size_min + (record.born_host.is_v6() ? v6_extra : 0) +
         (record.store_host.is_v6() ? v6_extra : 0) + (needs_v2(record) ? 1 : 0) +
         record.body.size() + record.topic.size() + record.properties.size();
}

// Java: MessageExtEncoder.
std::size_t encode_record(const RecordView& record, char* to) {
  assert(record.topic.size() <= 32767);
  assert(record.properties.size() <= properties_size_max);
  const std::size_t size = record_size(record);
  assert(size <= 0x7fffffff);

  RawWriter writer(to);
  writer.put(static_cast<std::int32_t>(size));
  writer.put(needs_v2(record) ? record_magic_v2 : record_magic_v1);
  writer.put(body_crc(record.body));
  writer.put(record.queue_id);
  writer.put(record.flag);
  writer.put(record.queue_offset);
  writer.put(record.physical_offset);
  writer.put(sys_flag_with_hosts(record));
  writer.put(record.born_timestamp);
  writer.put(record.born_host);
  writer.put(record.store_timestamp);
  writer.put(record.store_host);
  writer.put(record.reconsume_times);
  writer.put(record.prepared_transaction_offset);
  writer.put(static_cast<std::int32_t>(record.body.size()));
  writer.put(record.body);
  if (needs_v2(record)) {
    writer.put(static_cast<std::int16_t>(record.topic.size()));
  } else {
    writer.put(static_cast<std::uint8_t>(record.topic.size()));
  }
  writer.put(record.topic);
  writer.put(static_cast<std::int16_t>(record.properties.size()));
  writer.put(record.properties);
  assert(writer.end() == to + size);
  return size;
}

void patch_queue_offset(char* record, std::int64_t queue_offset) {
  store_big(record + queue_offset_at, queue_offset);
}

void patch_physical_offset(char* record, std::int64_t physical_offset) {
  store_big(record + physical_offset_at, physical_offset);
}

void patch_store_timestamp(char* record, std::int64_t store_timestamp) {
  const bool is_v6 = load_big<std::int32_t>(record + sys_flag_at) & sys_flag::born_host_v6;
  store_big(record + store_timestamp_at + (is_v6 ? v6_extra : 0), store_timestamp);
}

std::size_t batch_entry_size(const BatchEntry& entry) {
  return batch_entry_size_min + entry.body.size() + entry.properties.size();
}

// Java: MessageDecoder.encodeMessage. The size comes first; magic and CRC are left zero.
std::size_t encode_batch_entry(const BatchEntry& entry, char* to) {
  assert(entry.properties.size() <= properties_size_max);
  const std::size_t size = batch_entry_size(entry);
  assert(size <= 0x7fffffff);
  RawWriter writer(to);
  writer.put(static_cast<std::int32_t>(size));
  writer.put(std::int32_t{0});
  writer.put(std::int32_t{0});
  writer.put(entry.flag);
  writer.put(static_cast<std::int32_t>(entry.body.size()));
  writer.put(entry.body);
  writer.put(static_cast<std::int16_t>(entry.properties.size()));
  writer.put(entry.properties);
  return size;
}

void append_batch_entry(std::string& to, const BatchEntry& entry) {
  const std::size_t at = to.size();
  to.resize(at + batch_entry_size(entry));
  encode_batch_entry(entry, to.data() + at);
}

// Java: MessageDecoder.decodeMessage reads on by the inner lengths; we also hold the entry to its
// total size, since a disagreement means that somebody else would read other messages.
std::optional<BatchEntry> BatchReader::next() {
  if (!ok_ || rest_.empty()) return std::nullopt;
  ok_ = false;
  ByteReader outer(rest_);
  const std::int64_t size = outer.read<std::int32_t>();
  ByteReader reader(outer.read_bytes(size - 4));

  BatchEntry entry;
  reader.read<std::int32_t>();  // magic
  reader.read<std::int32_t>();  // CRC
  entry.flag = reader.read<std::int32_t>();
  entry.body = reader.read_bytes(reader.read<std::int32_t>());
  entry.properties = reader.read_bytes(reader.read<std::int16_t>());
  if (!outer.ok() || !reader.ok() || !reader.rest().empty()) return std::nullopt;

  ok_ = true;
  rest_.remove_prefix(static_cast<std::size_t>(size));
  return entry;
}

}  // namespace rocketmq::protocol
