#include <cstddef>
#include <cstdlib>

#include "protocol/message_codec.h"
#include "protocol/message_id.h"

using namespace rocketmq::protocol;

// What decodes must encode to the same bytes, but for the CRC that was not checked.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  RecordReader records(bytes, CrcCheck::skip);
  while (const auto record = records.next()) {
    std::string again(record_size(*record), '\0');
    encode_record(*record, again.data());
    const auto back = decode_record(again);
    if (!back || back->body != record->body || back->topic != record->topic ||
        back->properties != record->properties || back->store_host != record->store_host) {
      std::abort();
    }
  }

  std::string batch;
  BatchReader entries(bytes);
  while (const auto entry = entries.next()) append_batch_entry(batch, *entry);
  if (batch.size() != bytes.size() - entries.rest().size()) std::abort();

  (void)parse_offset_message_id(bytes);
  (void)parse_host(bytes);
  return 0;
}
