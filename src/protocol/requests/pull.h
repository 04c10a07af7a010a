#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/describe.h"

// Reading a queue. Java: PullMessageRequestHeader, PullSysFlag, PullMessageProcessor.

namespace rocketmq::protocol {

// Bits of PullMessage::sys_flag.
namespace pull_flag {
inline constexpr std::int32_t commit_offset = 1;
inline constexpr std::int32_t suspend = 2;
inline constexpr std::int32_t subscription = 4;
inline constexpr std::int32_t class_filter = 8;
inline constexpr std::int32_t lite_pull = 16;
}  // namespace pull_flag

// Goes with every answer to a pull, whatever its code. Answer body of code 0: stored messages.
struct PullMessageResponse {
  std::int64_t suggest_which_broker_id = 0;
  std::int64_t next_begin_offset = 0;
  std::int64_t min_offset = 0;
  std::int64_t max_offset = 0;
  std::optional<std::int64_t> offset_delta;
  std::optional<std::int32_t> topic_sys_flag;
  std::optional<std::int32_t> group_sys_flag;
  std::optional<std::int32_t> forbidden_type;

  template <class V>
  static constexpr void fields(V&& v) {
    v("suggestWhichBrokerId", &PullMessageResponse::suggest_which_broker_id);
    v("nextBeginOffset", &PullMessageResponse::next_begin_offset);
    v("minOffset", &PullMessageResponse::min_offset);
    v("maxOffset", &PullMessageResponse::max_offset);
    v("offsetDelta", &PullMessageResponse::offset_delta);
    v("topicSysFlag", &PullMessageResponse::topic_sys_flag);
    v("groupSysFlag", &PullMessageResponse::group_sys_flag);
    v("forbiddenType", &PullMessageResponse::forbidden_type);
  }
  bool operator==(const PullMessageResponse&) const = default;
};

struct PullMessage {
  static constexpr auto code = RequestCode::pull_message;
  using Response = PullMessageResponse;

  // FOUND, PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY and PULL_OFFSET_MOVED all carry the header.
  // Java: MQClientAPIImpl.processPullResponse.
  static constexpr bool accepts(std::int32_t answer_code) {
    return answer_code == 0 || (answer_code >= 19 && answer_code <= 21);
  }

  Text consumer_group;
  Text topic;
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;  // the first offset wanted
  std::int32_t max_msg_nums = 0;
  std::int32_t sys_flag = 0;                // see pull_flag
  std::int64_t commit_offset = 0;           // to be stored when pull_flag::commit_offset is set
  std::int64_t suspend_timeout_millis = 0;  // how long the broker may hold the request
  std::optional<Text> subscription;         // there when pull_flag::subscription is set
  std::int64_t sub_version = 0;
  std::optional<Text> expression_type;          // TAG when absent
  std::optional<std::int32_t> max_msg_bytes;    // since 5.0
  std::optional<std::int32_t> request_source;   // the stock proxy's
  std::optional<Text> proxy_forward_client_id;  // the stock proxy's; spelled so on the wire
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &PullMessage::consumer_group);
    v("topic", &PullMessage::topic);
    v("queueId", &PullMessage::queue_id);
    v("queueOffset", &PullMessage::queue_offset);
    v("maxMsgNums", &PullMessage::max_msg_nums);
    v("sysFlag", &PullMessage::sys_flag);
    v("commitOffset", &PullMessage::commit_offset);
    v("suspendTimeoutMillis", &PullMessage::suspend_timeout_millis);
    v("subscription", &PullMessage::subscription);
    v("subVersion", &PullMessage::sub_version);
    v("expressionType", &PullMessage::expression_type);
    v("maxMsgBytes", &PullMessage::max_msg_bytes);
    v("requestSource", &PullMessage::request_source);
    v("proxyFrowardClientId", &PullMessage::proxy_forward_client_id);
    v("bname", &PullMessage::broker_name);
  }
  bool operator==(const PullMessage&) const = default;
};

// The same from a lite pull consumer.
struct LitePullMessage : PullMessage {
  static constexpr auto code = RequestCode::lite_pull_message;
  bool operator==(const LitePullMessage&) const = default;
};

}  // namespace rocketmq::protocol
