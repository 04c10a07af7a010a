#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/ack_bits.h"
#include "protocol/pop_info.h"
#include "protocol/recall_handle.h"
#include "protocol/trace.h"

using namespace rocketmq::protocol;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// Texts inside fields and bodies, from whoever sends them: what is read from one, written and read
// again, is the same.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  if (const auto checkpoint = parse_pop_checkpoint(text)) {
    const std::string written = to_string(*checkpoint);
    must(parse_pop_checkpoint(written).value() == *checkpoint);
  }
  if (const auto offsets = parse_start_offsets(text)) {
    std::string written;
    for (const auto& [queue, offset] : *offsets) append_start_offset(written, queue, offset);
    must(parse_start_offsets(written).value() == *offsets);
  }
  if (const auto offsets = parse_message_offsets(text)) {
    std::string written;
    for (const auto& [queue, of_queue] : *offsets) append_message_offsets(written, queue, of_queue);
    must(parse_message_offsets(written).value() == *offsets);
  }
  (void)parse_order_counts(text);
  if (const auto handle = parse_recall_handle(text)) {
    must(parse_recall_handle(to_string(*handle)).value() == *handle);
  }
  for (const TraceRecord& record : decode_traces(text)) {
    std::string written;
    append_trace(written, record);
    const auto again = decode_traces(written);
    must(again.size() == 1 && again.front() == record);
  }
  if (const auto indexes = decode_ack_bits(text)) {
    must(decode_ack_bits(encode_ack_bits(*indexes)) == indexes);
  }
  return 0;
}
