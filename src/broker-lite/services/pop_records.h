#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/core.h"

// What POP writes down, so that nothing popped is lost whatever happens: a check point for every
// pop of a queue, and an acknowledgement for what was consumed. Both wait in the timer topic until
// the messages' time is over, and then lie in the revive topic, where PopReviver reads them.

namespace rocketmq::broker {

// Java: PopCheckPoint.
struct CheckPoint {
  std::int32_t bit_map = 0;
  std::string broker_name;
  std::string group;
  std::vector<std::int32_t> diffs;  // of each message's offset from start_offset
  std::int64_t invisible_time = 0;  // ms
  std::int32_t count = 0;           // of messages
  std::int64_t pop_time = 0;        // Unix ms
  std::int32_t queue_id = 0;
  std::int64_t revive_offset = 0;
  std::optional<std::string> re_put_times;  // stock: how often its messages could not be put
  std::int64_t start_offset = 0;
  std::string topic;  // where the messages lie: maybe a retry topic

  std::int64_t visible_again() const { return pop_time + invisible_time; }

  template <class V>
  static constexpr void fields(V&& v) {
    v("bm", &CheckPoint::bit_map);
    v("bn", &CheckPoint::broker_name);
    v("c", &CheckPoint::group);
    v("d", &CheckPoint::diffs);
    v("it", &CheckPoint::invisible_time);
    v("n", &CheckPoint::count);
    v("pt", &CheckPoint::pop_time);
    v("q", &CheckPoint::queue_id);
    v("ro", &CheckPoint::revive_offset);
    v("rp", &CheckPoint::re_put_times);
    v("so", &CheckPoint::start_offset);
    v("t", &CheckPoint::topic);
  }
};

// Of one message, or of several of one pop. Java: AckMsg, BatchAckMsg.
struct AckRecord {
  std::int64_t offset = 0;
  std::vector<std::int64_t> offsets;  // of several
  std::string broker_name;
  std::string group;
  std::int64_t pop_time = 0;
  std::int32_t queue_id = 0;
  std::int64_t start_offset = 0;
  std::string topic;

  template <class V>
  static constexpr void fields(V&& v) {
    v("ao", &AckRecord::offset);
    v("aol", &AckRecord::offsets);
    v("bn", &AckRecord::broker_name);
    v("c", &AckRecord::group);
    v("pt", &AckRecord::pop_time);
    v("q", &AckRecord::queue_id);
    v("so", &AckRecord::start_offset);
    v("t", &AckRecord::topic);
  }
};

// Java: PopAckConstants.
inline constexpr std::string_view check_point_tag = "ck";
inline constexpr std::string_view ack_tag = "ack";
inline constexpr std::string_view batch_ack_tag = "bAck";

// Puts them into the store; commit is the caller's. Errors are those of Detours::of and
// MessageStore::put.
class PopRecords {
 public:
  explicit PopRecords(Core& core);

  std::int32_t revive_queue_nums() const { return revive_queue_nums_; }
  // In turn.
  std::int32_t next_revive_queue() { return ++last_queue_ % revive_queue_nums_; }

  Result<void> put(const CheckPoint& point, std::int32_t revive_queue_id);
  // `invisible_time`: that of its check point.
  Result<void> put(const AckRecord& ack, std::int64_t invisible_time, std::int32_t revive_queue_id);

 private:
  Result<void> put(std::string_view tag, std::string_view key, std::string_view body,
                   std::int64_t deliver_at, std::int32_t revive_queue_id);

  Core& core_;
  const std::string revive_topic_;
  const std::int32_t revive_queue_nums_;
  std::uint32_t last_queue_ = 0;
};

}  // namespace rocketmq::broker
