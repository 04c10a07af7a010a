#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/describe.h"
#include "protocol/requests/message.h"

// Answers to requests that travel as messages. Java: ReplyMessageProcessor.

namespace rocketmq::protocol {

// A reply, by its property REPLY_TO_CLIENT, in the long-named form.
struct SendReplyMessage : SendMessage {
  static constexpr auto code = RequestCode::send_reply_message;
  bool operator==(const SendReplyMessage&) const = default;
};

struct SendReplyMessageV2 : SendMessageV2 {
  static constexpr auto code = RequestCode::send_reply_message_v2;
  bool operator==(const SendReplyMessageV2&) const = default;
};

// Broker to the requesting client. Body: the reply's, compressed if sys_flag says so. Java:
// ReplyMessageRequestHeader.
struct PushReplyMessageToClient {
  static constexpr auto code = RequestCode::push_reply_message_to_client;
  using Response = NoFields;

  Text producer_group;
  Text topic;
  Text default_topic;
  std::int32_t default_topic_queue_nums = 0;
  std::int32_t queue_id = 0;
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;  // Unix ms
  std::int32_t flag = 0;
  std::optional<Text> properties;
  std::optional<std::int32_t> reconsume_times;
  std::optional<bool> unit_mode;
  Text born_host;  // "ip:port"
  Text store_host;
  std::int64_t store_timestamp = 0;  // Unix ms

  template <class V>
  static constexpr void fields(V&& v) {
    v("producerGroup", &PushReplyMessageToClient::producer_group);
    v("topic", &PushReplyMessageToClient::topic);
    v("defaultTopic", &PushReplyMessageToClient::default_topic);
    v("defaultTopicQueueNums", &PushReplyMessageToClient::default_topic_queue_nums);
    v("queueId", &PushReplyMessageToClient::queue_id);
    v("sysFlag", &PushReplyMessageToClient::sys_flag);
    v("bornTimestamp", &PushReplyMessageToClient::born_timestamp);
    v("flag", &PushReplyMessageToClient::flag);
    v("properties", &PushReplyMessageToClient::properties);
    v("reconsumeTimes", &PushReplyMessageToClient::reconsume_times);
    v("unitMode", &PushReplyMessageToClient::unit_mode);
    v("bornHost", &PushReplyMessageToClient::born_host);
    v("storeHost", &PushReplyMessageToClient::store_host);
    v("storeTimestamp", &PushReplyMessageToClient::store_timestamp);
  }
  bool operator==(const PushReplyMessageToClient&) const = default;
};

}  // namespace rocketmq::protocol
