#pragma once

#include <rocketmq/result.h>

#include "broker-lite/core.h"
#include "protocol/requests/message.h"

namespace rocketmq::broker {

// Both forms of the request to send as the newer one.
inline protocol::SendMessageV2 as_v2(const protocol::SendMessage& v1) {
  protocol::SendMessageV2 v2;
  v2.producer_group = v1.producer_group;
  v2.topic = v1.topic;
  v2.default_topic = v1.default_topic;
  v2.default_topic_queue_nums = v1.default_topic_queue_nums;
  v2.queue_id = v1.queue_id;
  v2.sys_flag = v1.sys_flag;
  v2.born_timestamp = v1.born_timestamp;
  v2.flag = v1.flag;
  v2.properties = v1.properties;
  v2.reconsume_times = v1.reconsume_times;
  v2.unit_mode = v1.unit_mode;
  v2.max_reconsume_times = v1.max_reconsume_times;
  v2.batch = v1.batch;
  return v2;
}
inline const protocol::SendMessageV2& as_v2(const protocol::SendMessageV2& v2) { return v2; }

// The topic a request sends to, made if need be. Errors are stock's answers. Java:
// AbstractSendMessageProcessor.msgCheck.
Result<const protocol::TopicConfig*> find_or_make_topic(Core& core,
                                                        const protocol::SendMessageV2& request);

}  // namespace rocketmq::broker
