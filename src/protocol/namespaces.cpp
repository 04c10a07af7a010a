#include "protocol/namespaces.h"

#include <algorithm>
#include <array>

#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

// TopicValidator's set as of 5.5.0.
constexpr std::array<std::string_view, 12> system_topics{
    "BenchmarkTest",
    "CHECKPOINT_TOPIC",
    "OFFSET_MOVED_EVENT",
    "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
    "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC",
    "RMQ_SYS_TRACE_TOPIC",
    "RMQ_SYS_TRANS_HALF_TOPIC",
    "RMQ_SYS_TRANS_OP_HALF_TOPIC",
    "SCHEDULE_TOPIC_XXXX",
    "SELF_TEST_TOPIC",
    "TBW102",
    "TRANS_CHECK_MAX_TIME_TOPIC",
};

// Takes %RETRY% or %DLQ% off `name`.
std::string_view take_prefix(std::string_view& name) {
  for (const std::string_view prefix : {std::string_view("%RETRY%"), std::string_view("%DLQ%")}) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    return prefix;
  }
  return {};
}

bool is_in(std::string_view ns, std::string_view plain_name) {
  return plain_name.size() > ns.size() && plain_name.starts_with(ns) &&
         plain_name[ns.size()] == '%';
}

}  // namespace

bool is_system_topic(std::string_view topic) {
  return topic.starts_with("rmq_sys_") ||
         std::ranges::find(system_topics, topic) != system_topics.end();
}

bool is_system_group(std::string_view group) { return group.starts_with("CID_RMQ_SYS_"); }

std::string wrap_namespace(std::string_view ns, std::string_view name) {
  std::string_view plain = name;
  const std::string_view prefix = take_prefix(plain);
  if (ns.empty() || name.empty() || is_in(ns, plain) || is_system_topic(name) ||
      is_system_group(name)) {
    return std::string(name);
  }
  return str(prefix, ns, '%', plain);
}

std::string without_namespace(std::string_view ns, std::string_view name) {
  std::string_view plain = name;
  const std::string_view prefix = take_prefix(plain);
  if (ns.empty() || !is_in(ns, plain)) return std::string(name);
  return str(prefix, plain.substr(ns.size() + 1));
}

}  // namespace rocketmq::protocol
