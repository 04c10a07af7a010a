#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/describe.h"

// Sending, sending back, calling back, looking up. Java: SendMessageRequestHeader(V2),
// SendMessageProcessor.

namespace rocketmq::protocol {

// The answer to every kind of send. MSG_REGION and TRACE_ON travel beside it.
struct SendMessageResponse {
  Text msg_id;  // offset message id; of a batch: joined by commas
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;       // of a batch: the first
  std::optional<Text> transaction_id;  // the message's UNIQ_KEY
  std::optional<Text> batch_uniq_id;
  std::optional<Text> recall_handle;

  template <class V>
  static constexpr void fields(V&& v) {
    v("msgId", &SendMessageResponse::msg_id);
    v("queueId", &SendMessageResponse::queue_id);
    v("queueOffset", &SendMessageResponse::queue_offset);
    v("transactionId", &SendMessageResponse::transaction_id);
    v("batchUniqId", &SendMessageResponse::batch_uniq_id);
    v("recallHandle", &SendMessageResponse::recall_handle);
  }
  bool operator==(const SendMessageResponse&) const = default;
};

// The long-named form that old clients send.
struct SendMessage {
  static constexpr auto code = RequestCode::send_message;
  using Response = SendMessageResponse;

  // FLUSH_DISK_TIMEOUT, SLAVE_NOT_AVAILABLE, FLUSH_SLAVE_TIMEOUT: stored all the same, and the
  // answer has its header. Java: MQClientAPIImpl.processSendResponse.
  static constexpr bool accepts(std::int32_t answer_code) {
    return answer_code == 0 || (answer_code >= 10 && answer_code <= 12);
  }

  Text producer_group;
  Text topic;
  Text default_topic;  // the template of an auto-created topic: TBW102
  std::int32_t default_topic_queue_nums = 0;
  std::int32_t queue_id = 0;  // negative: the broker chooses
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;  // Unix ms
  std::int32_t flag = 0;            // the user's own
  std::optional<Text> properties;
  std::optional<std::int32_t> reconsume_times;
  std::optional<bool> unit_mode;
  std::optional<bool> batch;  // the body is a batch
  std::optional<std::int32_t> max_reconsume_times;

  template <class V>
  static constexpr void fields(V&& v) {
    v("producerGroup", &SendMessage::producer_group);
    v("topic", &SendMessage::topic);
    v("defaultTopic", &SendMessage::default_topic);
    v("defaultTopicQueueNums", &SendMessage::default_topic_queue_nums);
    v("queueId", &SendMessage::queue_id);
    v("sysFlag", &SendMessage::sys_flag);
    v("bornTimestamp", &SendMessage::born_timestamp);
    v("flag", &SendMessage::flag);
    v("properties", &SendMessage::properties);
    v("reconsumeTimes", &SendMessage::reconsume_times);
    v("unitMode", &SendMessage::unit_mode);
    v("batch", &SendMessage::batch);
    v("maxReconsumeTimes", &SendMessage::max_reconsume_times);
  }
  bool operator==(const SendMessage&) const = default;
};

// The same fields under one-letter names. Java: SendMessageRequestHeaderV2.
struct SendMessageV2 {
  static constexpr auto code = RequestCode::send_message_v2;
  using Response = SendMessageResponse;

  // FLUSH_DISK_TIMEOUT, SLAVE_NOT_AVAILABLE, FLUSH_SLAVE_TIMEOUT: stored all the same, and the
  // answer has its header. Java: MQClientAPIImpl.processSendResponse.
  static constexpr bool accepts(std::int32_t answer_code) {
    return answer_code == 0 || (answer_code >= 10 && answer_code <= 12);
  }

  Text producer_group;
  Text topic;
  Text default_topic;  // the template of an auto-created topic: TBW102
  std::int32_t default_topic_queue_nums = 0;
  std::int32_t queue_id = 0;  // negative: the broker chooses
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;  // Unix ms
  std::int32_t flag = 0;            // the user's own
  std::optional<Text> properties;
  std::optional<std::int32_t> reconsume_times;
  std::optional<bool> unit_mode;
  std::optional<std::int32_t> max_reconsume_times;
  std::optional<bool> batch;  // the body is a batch
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("a", &SendMessageV2::producer_group);
    v("b", &SendMessageV2::topic);
    v("c", &SendMessageV2::default_topic);
    v("d", &SendMessageV2::default_topic_queue_nums);
    v("e", &SendMessageV2::queue_id);
    v("f", &SendMessageV2::sys_flag);
    v("g", &SendMessageV2::born_timestamp);
    v("h", &SendMessageV2::flag);
    v("i", &SendMessageV2::properties);
    v("j", &SendMessageV2::reconsume_times);
    v("k", &SendMessageV2::unit_mode);
    v("l", &SendMessageV2::max_reconsume_times);
    v("m", &SendMessageV2::batch);
    v("n", &SendMessageV2::broker_name);
  }
  bool operator==(const SendMessageV2&) const = default;
};

// The same fields; the body is a batch of messages of one topic.
struct SendBatchMessage : SendMessageV2 {
  static constexpr auto code = RequestCode::send_batch_message;
  bool operator==(const SendBatchMessage&) const = default;
};

// A consumer gives a message back, to be delivered again later. Java:
// ConsumerSendMsgBackRequestHeader.
struct ConsumerSendMsgBack {
  static constexpr auto code = RequestCode::consumer_send_msg_back;
  using Response = NoFields;

  std::int64_t offset = 0;  // the message's place in the commit log
  Text group;
  std::int32_t delay_level = 0;  // 0: the broker chooses, negative: to the dead letters
  std::optional<Text> origin_msg_id;
  std::optional<Text> origin_topic;
  std::optional<bool> unit_mode;
  std::optional<std::int32_t> max_reconsume_times;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("offset", &ConsumerSendMsgBack::offset);
    v("group", &ConsumerSendMsgBack::group);
    v("delayLevel", &ConsumerSendMsgBack::delay_level);
    v("originMsgId", &ConsumerSendMsgBack::origin_msg_id);
    v("originTopic", &ConsumerSendMsgBack::origin_topic);
    v("unitMode", &ConsumerSendMsgBack::unit_mode);
    v("maxReconsumeTimes", &ConsumerSendMsgBack::max_reconsume_times);
    v("bname", &ConsumerSendMsgBack::broker_name);
  }
  bool operator==(const ConsumerSendMsgBack&) const = default;
};

struct RecallMessageResponse {
  Text msg_id;  // UNIQ_KEY of the message called back

  template <class V>
  static constexpr void fields(V&& v) {
    v("msgId", &RecallMessageResponse::msg_id);
  }
  bool operator==(const RecallMessageResponse&) const = default;
};

// A timer message is not to be delivered after all. Java: RecallMessageProcessor.
struct RecallMessage {
  static constexpr auto code = RequestCode::recall_message;
  using Response = RecallMessageResponse;

  std::optional<Text> producer_group;
  Text topic;
  Text recall_handle;  // see recall_handle.h
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("producerGroup", &RecallMessage::producer_group);
    v("topic", &RecallMessage::topic);
    v("recallHandle", &RecallMessage::recall_handle);
    v("bname", &RecallMessage::broker_name);
  }
  bool operator==(const RecallMessage&) const = default;
};

struct QueryMessageResponse {
  std::int64_t index_last_update_timestamp = 0;
  std::int64_t index_last_update_phyoffset = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    v("indexLastUpdateTimestamp", &QueryMessageResponse::index_last_update_timestamp);
    v("indexLastUpdatePhyoffset", &QueryMessageResponse::index_last_update_phyoffset);
  }
  bool operator==(const QueryMessageResponse&) const = default;
};

// Messages by key. Answer body: stored messages, one behind the other.
struct QueryMessage {
  static constexpr auto code = RequestCode::query_message;
  using Response = QueryMessageResponse;

  Text topic;
  Text key;
  std::int32_t max_num = 0;
  std::int64_t begin_timestamp = 0;
  std::int64_t end_timestamp = 0;
  std::optional<Text> index_type;        // since 5.4
  std::optional<Text> last_key;          // since 5.4
  std::optional<bool> unique_key_query;  // `key` is a UNIQ_KEY, not one of KEYS

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &QueryMessage::topic);
    v("key", &QueryMessage::key);
    v("maxNum", &QueryMessage::max_num);
    v("beginTimestamp", &QueryMessage::begin_timestamp);
    v("endTimestamp", &QueryMessage::end_timestamp);
    v("indexType", &QueryMessage::index_type);
    v("lastKey", &QueryMessage::last_key);
    v("_UNIQUE_KEY_QUERY", &QueryMessage::unique_key_query);
  }
  bool operator==(const QueryMessage&) const = default;
};

// One message by its place in the commit log. Answer body: the stored message.
struct ViewMessageById {
  static constexpr auto code = RequestCode::view_message_by_id;
  using Response = NoFields;

  std::optional<Text> topic;  // since 5.3
  std::int64_t offset = 0;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &ViewMessageById::topic);
    v("offset", &ViewMessageById::offset);
    v("bname", &ViewMessageById::broker_name);
  }
  bool operator==(const ViewMessageById&) const = default;
};

}  // namespace rocketmq::protocol
