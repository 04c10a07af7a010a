#include "protocol/recall_handle.h"

#include <array>

#include "protocol/base64.h"
#include "protocol/describe.h"
#include "protocol/split.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

constexpr std::string_view version_1 = "v1";

Error not_a_handle() { return Error{Errc::invalid_argument, "the recall handle is invalid"}; }

}  // namespace

std::string to_string(const RecallHandle& handle) {
  return to_base64_url(str(version_1, ' ', handle.topic, ' ', handle.broker_name, ' ',
                           handle.timestamp, ' ', handle.message_id));
}

Result<RecallHandle> parse_recall_handle(std::string_view text) {
  const auto plain = from_base64_url(text);
  if (!plain) return not_a_handle();
  std::array<std::string_view, 5> parts;
  if (!split_exactly(*plain, ' ', parts) || parts[0] != version_1) return not_a_handle();
  RecallHandle handle{std::string(parts[1]), std::string(parts[2]), 0, std::string(parts[4])};
  if (!from_text(parts[3], handle.timestamp)) return not_a_handle();
  return handle;
}

}  // namespace rocketmq::protocol
