#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/json_body.h"

// Many acknowledgements in one request. Java: BatchAckMessageRequestBody.

namespace rocketmq::protocol {

// Messages of one queue and one pop. Java: BatchAck.
struct BatchAck {
  std::string bits;  // Base64; see ack_bits.h
  std::string consumer_group;
  std::int64_t invisible_time = 0;  // ms
  std::int64_t pop_time = 0;        // Unix ms
  std::int32_t queue_id = 0;
  std::string retry;  // see PopTopicKind
  std::int32_t revive_queue_id = 0;
  std::int64_t start_offset = 0;  // bit 0
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("b", &BatchAck::bits);
    v("c", &BatchAck::consumer_group);
    v("it", &BatchAck::invisible_time);
    v("pt", &BatchAck::pop_time);
    v("q", &BatchAck::queue_id);
    v("r", &BatchAck::retry);
    v("rq", &BatchAck::revive_queue_id);
    v("so", &BatchAck::start_offset);
    v("t", &BatchAck::topic);
  }
  bool operator==(const BatchAck&) const = default;
};

struct BatchAckMessageRequestBody {
  std::vector<BatchAck> acks;
  std::string broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("acks", &BatchAckMessageRequestBody::acks);
    v("brokerName", &BatchAckMessageRequestBody::broker_name);
  }
  bool operator==(const BatchAckMessageRequestBody&) const = default;
};

}  // namespace rocketmq::protocol
