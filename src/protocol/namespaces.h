#pragma once

#include <string>
#include <string_view>

namespace rocketmq::protocol {

// Namespaces of the first kind: names on the wire are <ns>%<name>, behind %RETRY% or %DLQ% where
// there is one. What belongs to everybody (system topics and groups) is never wrapped. An empty
// `ns` leaves every name as it is. Java: NamespaceUtil.

// A name that is wrapped in this namespace already stays as it is.
std::string wrap_namespace(std::string_view ns, std::string_view name);
// A name of another namespace stays as it is.
std::string without_namespace(std::string_view ns, std::string_view name);

// Java: TopicValidator.isSystemTopic, MixAll.isSysConsumerGroup.
bool is_system_topic(std::string_view topic);
bool is_system_group(std::string_view group);

}  // namespace rocketmq::protocol
