#pragma once

#include <rocketmq/result.h>

#include <string>
#include <string_view>

// The names of topics and groups: the one place where a name that came from the network is judged.
// A name that passed holds no '/', no '.', no NUL and no '@', and is at most 255 bytes long, so it
// is safe as a directory and as half of the key "topic@group".

namespace rocketmq::broker {

// Java: MixAll.
inline constexpr std::string_view retry_prefix = "%RETRY%";
inline constexpr std::string_view dlq_prefix = "%DLQ%";
// Java: TopicValidator.
inline constexpr std::string_view system_topic_prefix = "rmq_sys_";
inline constexpr std::string_view auto_create_topic = "TBW102";
inline constexpr std::string_view schedule_topic = "SCHEDULE_TOPIC_XXXX";
inline constexpr std::string_view half_topic = "RMQ_SYS_TRANS_HALF_TOPIC";
inline constexpr std::string_view op_half_topic = "RMQ_SYS_TRANS_OP_HALF_TOPIC";
inline constexpr std::string_view timer_topic = "rmq_sys_wheel_timer";
inline constexpr std::string_view trace_topic = "RMQ_SYS_TRACE_TOPIC";
inline constexpr std::string_view tools_group = "TOOLS_CONSUMER";
inline constexpr std::string_view system_group_prefix = "CID_RMQ_SYS_";

inline constexpr std::size_t topic_length_max = 127;
inline constexpr std::size_t retry_topic_length_max = 255;  // %RETRY% and %DLQ%, since 5.4
inline constexpr std::size_t group_length_max = 120;

std::string retry_topic(std::string_view group);
std::string revive_topic(std::string_view cluster);
std::string dlq_topic(std::string_view group);
inline bool is_retry_topic(std::string_view topic) { return topic.starts_with(retry_prefix); }
inline bool is_dlq_topic(std::string_view topic) { return topic.starts_with(dlq_prefix); }

// Fails with invalid_parameter and the remark of Java's TopicValidator.
Result<void> check_topic_name(std::string_view topic);
Result<void> check_group_name(std::string_view group);

// Fails with no_permission: topics only the broker itself writes to.
// Java: TopicValidator.isNotAllowedSendTopic.
Result<void> check_may_send_to(std::string_view topic);

}  // namespace rocketmq::broker
