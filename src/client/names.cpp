#include "client/names.h"

#include <algorithm>
#include <array>

#include "protocol/str.h"

namespace rocketmq::client {
namespace {

constexpr std::size_t topic_bytes_max = 127;
constexpr std::size_t group_bytes_max = 120;

// Java: TopicValidator.NOT_ALLOWED_SEND_TOPIC_SET.
constexpr std::array<std::string_view, 8> topics_of_brokers{
    "SCHEDULE_TOPIC_XXXX",
    "RMQ_SYS_TRANS_HALF_TOPIC",
    "RMQ_SYS_TRANS_OP_HALF_TOPIC",
    "TRANS_CHECK_MAX_TIME_TOPIC",
    "SELF_TEST_TOPIC",
    "OFFSET_MOVED_EVENT",
    "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
    "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC",
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '%' || c == '|';
}

Result<void> check_name(std::string_view kind, std::string_view name, std::size_t bytes_max) {
  if (name.empty()) return Error{Errc::invalid_argument, str("the ", kind, " is empty")};
  if (name.size() > bytes_max) {
    return Error{Errc::invalid_argument,
                 str("the ", kind, " has ", name.size(), " bytes, more than ", bytes_max)};
  }
  if (!std::ranges::all_of(name, is_name_character)) {
    return Error{Errc::invalid_argument,
                 str("the ", kind, " ", name, " has a character other than %|a-zA-Z0-9_-")};
  }
  return {};
}

}  // namespace

Result<void> check_topic(std::string_view topic) {
  return check_name("topic", topic, topic_bytes_max);
}

Result<void> check_topic_to_send(std::string_view topic) {
  if (auto checked = check_topic(topic); !checked) return checked;
  if (std::ranges::find(topics_of_brokers, topic) != topics_of_brokers.end()) {
    return Error{Errc::invalid_argument, str("topic ", topic, " is written by brokers only")};
  }
  return {};
}

Result<void> check_namespace(std::string_view ns) {
  return check_name("namespace", ns, topic_bytes_max);
}

Result<void> check_group(std::string_view kind, std::string_view group) {
  if (auto checked = check_name(str(kind, " group"), group, group_bytes_max); !checked) {
    return checked;
  }
  // Java refuses its own defaults: unrelated programs would meet in one group.
  if (group == "DEFAULT_PRODUCER" || group == "DEFAULT_CONSUMER") {
    return Error{Errc::invalid_argument, str(kind, " group ", group, " is reserved")};
  }
  return {};
}

}  // namespace rocketmq::client
