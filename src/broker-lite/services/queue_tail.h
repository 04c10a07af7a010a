#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "broker-lite/store/message_store.h"
#include "protocol/message_codec.h"

namespace rocketmq::broker {

// Reads a queue of one of the broker's own topics as it grows, every message once.
class QueueTail {
 public:
  // `topic` outlives it.
  QueueTail(const MessageStore& store, std::string_view topic, std::int32_t queue_id = 0)
      : store_(store), topic_(topic), queue_id_(queue_id) {}

  void start_at(std::int64_t offset) { next_ = offset; }
  std::int64_t next() const { return next_; }  // all before it have been read

  // Calls use(record) for each that is new. What cannot be read now is left for the next call.
  template <class Use>
  void read(Use use) {
    while (next_ < store_.max_offset(topic_, queue_id_) && read_some(use)) {
    }
  }

 private:
  static constexpr std::int32_t messages_at_once = 256;

  template <class Use>
  bool read_some(Use& use) {
    next_ = std::max(next_, store_.min_offset(topic_, queue_id_));
    store_.get(
        {.topic = topic_, .queue_id = queue_id_, .offset = next_, .messages_max = messages_at_once},
        read_);
    std::int64_t next = read_.next_begin_offset;
    for (const std::string_view bytes : read_.records) {
      const auto record = protocol::decode_record(bytes, protocol::CrcCheck::skip);
      if (!record) continue;  // of our own log: damaged, and reported when it was found
      next = std::max(next, record->queue_offset + 1);
      use(*record);
    }
    return std::exchange(next_, std::max(next_, next)) < next;
  }

  const MessageStore& store_;
  const std::string_view topic_;
  const std::int32_t queue_id_;
  std::int64_t next_ = 0;
  GetResult read_;
};

}  // namespace rocketmq::broker
