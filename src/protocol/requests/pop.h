#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/bodies/batch_ack.h"
#include "protocol/describe.h"

// Reading without owning queues: each message is hidden from the others until it is acknowledged
// or its time is over. These codes exist in JSON headers only. Java: PopMessageProcessor,
// AckMessageProcessor, ChangeInvisibleTimeProcessor; the texts: ExtraInfoUtil, here pop_info.h.

namespace rocketmq::protocol {

// PopMessage::init_mode: where a group starts that never read the queue. Java: ConsumeInitMode.
namespace pop_init_mode {
inline constexpr std::int32_t min = 0;
inline constexpr std::int32_t max = 1;
}  // namespace pop_init_mode

// Answer body of code 0: stored messages of one or several queues.
struct PopMessageResponse {
  std::int64_t pop_time = 0;         // Unix ms of the broker
  std::int64_t invisible_time = 0;   // ms
  std::int32_t revive_queue_id = 0;  // 999: popped in order
  std::int64_t rest_num = 0;         // how many more there are
  std::optional<Text> start_offset_info;
  std::optional<Text> msg_offset_info;
  std::optional<Text> order_count_info;

  template <class V>
  static constexpr void fields(V&& v) {
    v("popTime", &PopMessageResponse::pop_time);
    v("invisibleTime", &PopMessageResponse::invisible_time);
    v("reviveQid", &PopMessageResponse::revive_queue_id);
    v("restNum", &PopMessageResponse::rest_num);
    v("startOffsetInfo", &PopMessageResponse::start_offset_info);
    v("msgOffsetInfo", &PopMessageResponse::msg_offset_info);
    v("orderCountInfo", &PopMessageResponse::order_count_info);
  }
  bool operator==(const PopMessageResponse&) const = default;
};

// Java: PopMessageRequestHeader.
struct PopMessage {
  static constexpr auto code = RequestCode::pop_message;
  using Response = PopMessageResponse;

  // FOUND, PULL_NOT_FOUND, POLLING_FULL and POLLING_TIMEOUT all carry the header. Java:
  // MQClientAPIImpl.processPopResponse.
  static constexpr bool accepts(std::int32_t answer_code) {
    return answer_code == 0 || answer_code == 19 || answer_code == 209 || answer_code == 210;
  }

  Text consumer_group;
  Text topic;
  std::int32_t queue_id = 0;        // -1: any
  std::int32_t max_msg_nums = 0;    // at most 32
  std::int64_t invisible_time = 0;  // ms
  std::int64_t poll_time = 0;       // ms the broker may hold the request; 0: not at all
  std::int64_t born_time = 0;       // Unix ms of the sender: the broker refuses what came too late
  std::int32_t init_mode = 0;       // see pop_init_mode
  std::optional<Text> exp_type;     // TAG when absent
  std::optional<Text> exp;          // * when absent or empty
  std::optional<bool> order;
  std::optional<Text> attempt_id;  // of an ordered pop that is tried again
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &PopMessage::consumer_group);
    v("topic", &PopMessage::topic);
    v("queueId", &PopMessage::queue_id);
    v("maxMsgNums", &PopMessage::max_msg_nums);
    v("invisibleTime", &PopMessage::invisible_time);
    v("pollTime", &PopMessage::poll_time);
    v("bornTime", &PopMessage::born_time);
    v("initMode", &PopMessage::init_mode);
    v("expType", &PopMessage::exp_type);
    v("exp", &PopMessage::exp);
    v("order", &PopMessage::order);
    v("attemptId", &PopMessage::attempt_id);
    v("bname", &PopMessage::broker_name);
  }
  bool operator==(const PopMessage&) const = default;
};

// Looks without hiding. Answer body as that of a pop.
struct PeekMessage {
  static constexpr auto code = RequestCode::peek_message;
  using Response = PopMessageResponse;

  static constexpr bool accepts(std::int32_t answer_code) {
    return answer_code == 0 || answer_code == 19;
  }

  Text topic;
  std::int32_t queue_id = 0;
  std::int32_t max_msg_nums = 0;
  Text consumer_group;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &PeekMessage::topic);
    v("queueId", &PeekMessage::queue_id);
    v("maxMsgNums", &PeekMessage::max_msg_nums);
    v("consumerGroup", &PeekMessage::consumer_group);
    v("bname", &PeekMessage::broker_name);
  }
  bool operator==(const PeekMessage&) const = default;
};

struct AckMessage {
  static constexpr auto code = RequestCode::ack_message;
  using Response = NoFields;

  Text consumer_group;
  Text topic;  // where it lies, a pop retry topic too
  std::int32_t queue_id = 0;
  Text extra_info;  // POP_CK
  std::int64_t offset = 0;
  std::optional<Text> lite_topic;  // since 5.5
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &AckMessage::consumer_group);
    v("topic", &AckMessage::topic);
    v("queueId", &AckMessage::queue_id);
    v("extraInfo", &AckMessage::extra_info);
    v("offset", &AckMessage::offset);
    v("liteTopic", &AckMessage::lite_topic);
    v("bname", &AckMessage::broker_name);
  }
  bool operator==(const AckMessage&) const = default;
};

struct BatchAckMessage {
  static constexpr auto code = RequestCode::batch_ack_message;
  using Response = NoFields;
  using Body = BatchAckMessageRequestBody;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const BatchAckMessage&) const = default;
};

// What a new POP_CK is made of, with the message's own offset as start.
struct ChangeMessageInvisibleTimeResponse {
  std::int64_t pop_time = 0;
  std::int64_t invisible_time = 0;
  std::int32_t revive_queue_id = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("popTime", &ChangeMessageInvisibleTimeResponse::pop_time);
    v("invisibleTime", &ChangeMessageInvisibleTimeResponse::invisible_time);
    v("reviveQid", &ChangeMessageInvisibleTimeResponse::revive_queue_id);
  }
  bool operator==(const ChangeMessageInvisibleTimeResponse&) const = default;
};

struct ChangeMessageInvisibleTime {
  static constexpr auto code = RequestCode::change_message_invisibletime;
  using Response = ChangeMessageInvisibleTimeResponse;

  Text consumer_group;
  Text topic;
  std::int32_t queue_id = 0;
  Text extra_info;  // POP_CK
  std::int64_t offset = 0;
  std::int64_t invisible_time = 0;  // ms from now
  std::optional<Text> lite_topic;   // since 5.5
  std::optional<bool> suspend;      // since 5.5: not a redelivery that counts
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &ChangeMessageInvisibleTime::consumer_group);
    v("topic", &ChangeMessageInvisibleTime::topic);
    v("queueId", &ChangeMessageInvisibleTime::queue_id);
    v("extraInfo", &ChangeMessageInvisibleTime::extra_info);
    v("offset", &ChangeMessageInvisibleTime::offset);
    v("invisibleTime", &ChangeMessageInvisibleTime::invisible_time);
    v("liteTopic", &ChangeMessageInvisibleTime::lite_topic);
    v("suspend", &ChangeMessageInvisibleTime::suspend);
    v("bname", &ChangeMessageInvisibleTime::broker_name);
  }
  bool operator==(const ChangeMessageInvisibleTime&) const = default;
};

struct NotificationResponse {
  bool has_msg = false;
  std::optional<bool> polling_full;

  template <class V>
  static constexpr void fields(V&& v) {
    v("hasMsg", &NotificationResponse::has_msg);
    v("pollingFull", &NotificationResponse::polling_full);
  }
  bool operator==(const NotificationResponse&) const = default;
};

// Is there something to pop?
struct Notification {
  static constexpr auto code = RequestCode::notification;
  using Response = NotificationResponse;

  Text consumer_group;
  Text topic;
  std::int32_t queue_id = 0;
  std::int64_t poll_time = 0;  // ms
  std::int64_t born_time = 0;  // Unix ms
  std::optional<bool> order;
  std::optional<Text> attempt_id;
  std::optional<Text> exp_type;  // since 5.5
  std::optional<Text> exp;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &Notification::consumer_group);
    v("topic", &Notification::topic);
    v("queueId", &Notification::queue_id);
    v("pollTime", &Notification::poll_time);
    v("bornTime", &Notification::born_time);
    v("order", &Notification::order);
    v("attemptId", &Notification::attempt_id);
    v("expType", &Notification::exp_type);
    v("exp", &Notification::exp);
    v("bname", &Notification::broker_name);
  }
  bool operator==(const Notification&) const = default;
};

struct PollingInfoResponse {
  std::int32_t polling_num = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("pollingNum", &PollingInfoResponse::polling_num);
  }
  bool operator==(const PollingInfoResponse&) const = default;
};

// How many pops wait at a queue?
struct PollingInfo {
  static constexpr auto code = RequestCode::polling_info;
  using Response = PollingInfoResponse;

  Text consumer_group;
  Text topic;
  std::int32_t queue_id = 0;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("consumerGroup", &PollingInfo::consumer_group);
    v("topic", &PollingInfo::topic);
    v("queueId", &PollingInfo::queue_id);
    v("bname", &PollingInfo::broker_name);
  }
  bool operator==(const PollingInfo&) const = default;
};

// What mqadmin's exportPopRecord asks.
struct PopRollback {
  static constexpr auto code = RequestCode::pop_rollback;
  using Response = NoFields;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const PopRollback&) const = default;
};

}  // namespace rocketmq::protocol
