#include "proxy/http/receipt.h"

#include <array>
#include <charconv>

#include "client/message_view.h"
#include "protocol/base64.h"
#include "protocol/pop_info.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "proxy/http/loan_name.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

constexpr std::string_view prefix = "P1.";

Error not_one() { return {Slug::invalid_receipt, "this is not a receipt of a received message"}; }

}  // namespace

std::string to_text(const Receipt& receipt) {
  return str(prefix, protocol::to_base64_url(
                         str(receipt.topic, '\n', receipt.group, '\n', receipt.checkpoint, '\n',
                             receipt.commit_log_offset, '\n', receipt.message_id)));
}

Result<Receipt> parse_receipt(std::string_view text) {
  if (!text.starts_with(prefix)) return not_one();
  const auto plain = protocol::from_base64_url(text.substr(prefix.size()));
  std::array<std::string_view, 5> parts;
  if (!plain || !protocol::split_exactly(*plain, '\n', parts)) return not_one();
  Receipt receipt{.topic = std::string(parts[0]),
                  .group = std::string(parts[1]),
                  .checkpoint = std::string(parts[2]),
                  .message_id = std::string(parts[4])};
  const char* const end = parts[3].data() + parts[3].size();
  const auto offset = std::from_chars(parts[3].data(), end, receipt.commit_log_offset);
  const bool is_number = offset.ec == std::errc() && offset.ptr == end;
  const bool is_lent = parse_loan_name(receipt.checkpoint) ||
                       protocol::parse_pop_checkpoint(receipt.checkpoint).has_value();
  if (!is_number || !is_lent) return not_one();
  return receipt;
}

Receipt receipt_of(const MessageView& message, std::string_view topic, std::string_view group) {
  return {.topic = std::string(topic),
          .group = std::string(group),
          .checkpoint = message.data().pop_checkpoint,
          .commit_log_offset = message.commit_log_offset(),
          .message_id = std::string(message.message_id())};
}

}  // namespace rocketmq::gateway
