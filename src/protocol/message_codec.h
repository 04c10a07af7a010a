#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/host.h"

namespace rocketmq::protocol {

// A message as it lies in a commit log and as PULL, POP, QUERY and VIEW answers carry it. The bytes
// of a pull answer are the bytes of the file, so one codec serves broker, client and tools.

// Java: MessageDecoder.MESSAGE_MAGIC_CODE and _V2, CommitLog.BLANK_MAGIC_CODE.
inline constexpr std::uint32_t record_magic_v1 = 0xDAA320A7;  // the topic's length in 1 byte
inline constexpr std::uint32_t record_magic_v2 = 0xDAA320AB;  // in 2 bytes; topics over 127 bytes
inline constexpr std::uint32_t blank_magic = 0xCBD43194;      // fills a log file's end; never sent

inline constexpr std::size_t topic_size_max_v1 = 127;
inline constexpr std::size_t properties_size_max = 32767;  // a signed 16-bit length
inline constexpr std::size_t record_size_min = 91;  // v1, IPv4 hosts, no body, topic, properties

// Java: MessageSysFlag.
namespace sys_flag {
inline constexpr std::int32_t compressed = 0x1;
inline constexpr std::int32_t multi_tags = 0x2;
inline constexpr std::int32_t transaction_mask = 0xC;
inline constexpr std::int32_t transaction_none = 0x0;
inline constexpr std::int32_t transaction_prepared = 0x4;
inline constexpr std::int32_t transaction_commit = 0x8;
inline constexpr std::int32_t transaction_rollback = 0xC;
inline constexpr std::int32_t born_host_v6 = 0x10;
inline constexpr std::int32_t store_host_v6 = 0x20;
inline constexpr std::int32_t need_unwrap = 0x40;
inline constexpr std::int32_t inner_batch = 0x80;
inline constexpr std::int32_t compression_mask = 0x700;
}  // namespace sys_flag

// One message, both decoded and to be encoded. Text members are views: of the decoded bytes, or of
// whatever the encoding caller keeps alive during the call.
struct RecordView {
  std::int32_t queue_id = 0;
  std::int32_t flag = 0;
  std::int64_t queue_offset = 0;
  std::int64_t physical_offset = 0;
  std::int32_t sys_flag = 0;        // the two IPv6 bits follow the hosts when encoding
  std::int64_t born_timestamp = 0;  // ms since 1970
  Host born_host;
  std::int64_t store_timestamp = 0;  // ms since 1970
  Host store_host;
  std::int32_t reconsume_times = 0;
  std::int64_t prepared_transaction_offset = 0;
  std::string_view body;  // as stored: maybe compressed
  std::string_view topic;
  std::string_view properties;  // the text of properties.h

  std::uint32_t body_crc = 0;  // as found; the encoder computes its own
  std::string_view bytes;      // the whole record, once decoded; the encoder ignores it
};

// CRC-32 (zlib's polynomial) with the top bit cleared, as Java's UtilAll.crc32. 0 for no bytes.
std::uint32_t body_crc(std::string_view body);

enum class CrcCheck { verify, skip };

// The record at the beginning of `bytes`; more may follow it. Fails with bad_message when the magic
// is another, a length is impossible, the lengths do not add up, or the body's CRC differs.
Result<RecordView> decode_record(std::string_view bytes, CrcCheck crc = CrcCheck::verify);

// Walks records laid one behind the other, as in the body of a pull answer.
//   while (auto record = reader.next()) use(*record);
//   if (!reader.ok()) …                  // a record could not be decoded; the rest is `rest()`
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes, CrcCheck crc = CrcCheck::verify)
      : rest_(bytes), crc_(crc) {}

  std::optional<RecordView> next();  // nothing at the end, and for good after a bad record
  bool ok() const { return !error_.code; }
  const Error& error() const { return error_; }  // bad_message, where !ok()
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  CrcCheck crc_;
  Error error_;
};

// Bytes encode_record() will write: v2 exactly when the topic is longer than 127 bytes.
std::size_t record_size(const RecordView& record);

// Writes the record to `to`, which has room for record_size(record) bytes; returns that size.
// Allocates nothing. Topic (<= 32767), properties and body fit their length fields: a bug
// otherwise.
std::size_t encode_record(const RecordView& record, char* to);

// What only the log's owner knows is set after encoding: `record` is what encode_record() wrote.
void patch_queue_offset(char* record, std::int64_t queue_offset);
void patch_physical_offset(char* record, std::int64_t physical_offset);
void patch_store_timestamp(char* record, std::int64_t store_timestamp);

// One message in the body of SEND_BATCH_MESSAGE. Views, as above.
struct BatchEntry {
  std::int32_t flag = 0;
  std::string_view body;
  std::string_view properties;

  friend bool operator==(const BatchEntry&, const BatchEntry&) = default;
};

void append_batch_entry(std::string& to, const BatchEntry& entry);
// The same into memory that has room for batch_entry_size(entry) bytes; returns that size. The
// properties come last.
std::size_t batch_entry_size(const BatchEntry& entry);
std::size_t encode_batch_entry(const BatchEntry& entry, char* to);

// Walks a batch body the way RecordReader walks a pull body.
class BatchReader {
 public:
  explicit BatchReader(std::string_view body) : rest_(body) {}

  std::optional<BatchEntry> next();
  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace rocketmq::protocol
