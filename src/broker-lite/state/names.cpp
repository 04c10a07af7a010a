#include "broker-lite/state/names.h"

#include <algorithm>
#include <array>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::string_view allowed = "^[%|a-zA-Z0-9_-]+$";

bool has_illegal_characters(std::string_view name) {
  return !std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '%' ||
           c == '|' || c == '_' || c == '-';
  });
}

// Java: StringUtils/UtilAll.isBlank.
bool is_blank(std::string_view name) {
  return name.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

Error invalid(std::string remark) {
  return Error{ResponseCode::invalid_parameter, std::move(remark)};
}

}  // namespace

std::string retry_topic(std::string_view group) { return str(retry_prefix, group); }

std::string revive_topic(std::string_view cluster) { return str("rmq_sys_REVIVE_LOG_", cluster); }

std::string dlq_topic(std::string_view group) { return str(dlq_prefix, group); }

Result<void> check_topic_name(std::string_view topic) {
  if (is_blank(topic)) return invalid("The specified topic is blank.");
  if (has_illegal_characters(topic)) {
    return invalid(str("The specified topic: ", topic,
                       ", contains illegal characters, allowing only ", allowed));
  }
  if (is_retry_topic(topic) || is_dlq_topic(topic)) {
    if (topic.size() <= retry_topic_length_max) return {};
    return invalid(str("The specified topic is DLQ or Retry topic: ", topic,
                       ", and it's longer than topic max length: ", retry_topic_length_max));
  }
  if (topic.size() <= topic_length_max) return {};
  return invalid(
      str("The specified topic: ", topic, ", is longer than topic max length: ", topic_length_max));
}

Result<void> check_group_name(std::string_view group) {
  if (is_blank(group)) return invalid("The specified group is blank.");
  if (has_illegal_characters(group)) {
    return invalid(str("The specified group: ", group,
                       ", contains illegal characters, allowing only ", allowed));
  }
  if (group.size() <= group_length_max) return {};
  return invalid(
      str("The specified group: ", group, ", is longer than group max length: ", group_length_max));
}

Result<void> check_may_send_to(std::string_view topic) {
  static constexpr std::array<std::string_view, 8> forbidden{
      schedule_topic,
      half_topic,
      op_half_topic,
      "TRANS_CHECK_MAX_TIME_TOPIC",
      "SELF_TEST_TOPIC",
      "OFFSET_MOVED_EVENT",
      "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
      "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC",
  };
  if (std::find(forbidden.begin(), forbidden.end(), topic) == forbidden.end()) return {};
  return Error{ResponseCode::no_permission,
               str("Sending message to topic[", topic, "] is forbidden.")};
}

}  // namespace rocketmq::broker
