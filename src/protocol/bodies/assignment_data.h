#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bodies/client_data.h"
#include "protocol/json_body.h"

// Which client reads which queue, and how. Java: QueryAssignmentRequestBody,
// SetMessageRequestModeRequestBody.

namespace rocketmq::protocol {

enum class MessageRequestMode { pull, pop };
template <>
struct EnumNames<MessageRequestMode> {
  static constexpr std::array<std::string_view, 2> names{"PULL", "POP"};
};

struct QueryAssignmentRequestBody {
  std::string client_id;
  std::string consumer_group;
  MessageModel message_model = MessageModel::clustering;
  std::string strategy_name;  // AVG, AVG_BY_CIRCLE, …
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("clientId", &QueryAssignmentRequestBody::client_id);
    v("consumerGroup", &QueryAssignmentRequestBody::consumer_group);
    v("messageModel", &QueryAssignmentRequestBody::message_model);
    v("strategyName", &QueryAssignmentRequestBody::strategy_name);
    v("topic", &QueryAssignmentRequestBody::topic);
  }
  bool operator==(const QueryAssignmentRequestBody&) const = default;
};

struct MessageQueueAssignment {
  std::optional<std::map<std::string, std::string>> attachments;
  MessageQueueData message_queue;  // queue -1: any of the broker's, for POP
  MessageRequestMode mode = MessageRequestMode::pull;

  template <class V>
  static constexpr void fields(V&& v) {
    v("attachments", &MessageQueueAssignment::attachments);
    v("messageQueue", &MessageQueueAssignment::message_queue);
    v("mode", &MessageQueueAssignment::mode);
  }
  bool operator==(const MessageQueueAssignment&) const = default;
};

struct QueryAssignmentResponseBody {
  std::vector<MessageQueueAssignment> message_queue_assignments;

  template <class V>
  static constexpr void fields(V&& v) {
    v("messageQueueAssignments", &QueryAssignmentResponseBody::message_queue_assignments);
  }
  bool operator==(const QueryAssignmentResponseBody&) const = default;
};

struct SetMessageRequestModeRequestBody {
  std::string consumer_group;
  MessageRequestMode mode = MessageRequestMode::pull;
  std::int32_t pop_share_queue_num = 0;  // 0 or less: every client pops from all queues
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &SetMessageRequestModeRequestBody::consumer_group);
    v("mode", &SetMessageRequestModeRequestBody::mode);
    v("popShareQueueNum", &SetMessageRequestModeRequestBody::pop_share_queue_num);
    v("topic", &SetMessageRequestModeRequestBody::topic);
  }
  bool operator==(const SetMessageRequestModeRequestBody&) const = default;
};

// By topic, then by group.
struct MessageRequestModeSerializeWrapper {
  std::map<std::string, std::map<std::string, SetMessageRequestModeRequestBody>>
      message_request_mode_map;

  template <class V>
  static constexpr void fields(V&& v) {
    v("messageRequestModeMap", &MessageRequestModeSerializeWrapper::message_request_mode_map);
  }
  bool operator==(const MessageRequestModeSerializeWrapper&) const = default;
};

}  // namespace rocketmq::protocol
