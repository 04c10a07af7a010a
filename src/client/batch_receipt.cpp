#include "client/batch_receipt.h"

#include <algorithm>
#include <utility>

namespace rocketmq::client {
namespace {

std::size_t count_of(std::string_view joined) {
  return 1 + static_cast<std::size_t>(std::ranges::count(joined, ','));
}

// The text at an index of a comma-joined list; the only one there is, for any.
std::string_view item(std::string_view joined, std::size_t index) {
  if (count_of(joined) == 1) return joined;
  for (; index > 0; --index) {
    const std::size_t comma = joined.find(',');
    if (comma == joined.npos) return {};
    joined.remove_prefix(comma + 1);
  }
  return joined.substr(0, joined.find(','));
}

}  // namespace

Result<SendReceipt> part_of_batch(const Result<SendReceipt>& whole, std::size_t index,
                                  std::string_view message_id) {
  if (!whole) return whole.error();
  SendReceipt part = *whole;
  part.message_id = message_id;
  part.offset_message_id = item(whole->offset_message_id, index);
  part.queue_offset += static_cast<std::int64_t>(index);
  return part;
}

void each_of_batch(
    std::string_view message_ids, const Result<SendReceipt>& whole,
    const std::function<void(const std::string&, const Result<SendReceipt>&)>& told) {
  const std::size_t count = count_of(message_ids);
  if (count == 1) return told(std::string(message_ids), whole);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id(item(message_ids, i));
    told(id, part_of_batch(whole, i, id));
  }
}

}  // namespace rocketmq::client
