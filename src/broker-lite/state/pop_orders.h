#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/state/text_map.h"

namespace rocketmq::broker {

// What was popped in order: a queue gives nothing more to a group until all of it is acknowledged,
// or its time is over and the same messages come again. Java: ConsumerOrderInfoManager.
class PopOrders {
 public:
  struct Key {
    std::string_view topic;
    std::string_view group;
    std::int32_t queue_id = 0;
  };

  // `attempt_id`: whoever asks again with that of the pop before, having lost its answer, is not
  // blocked by it. `invisible_time`: of who asks, in ms.
  bool is_blocked(const Key& key, std::string_view attempt_id, std::int64_t invisible_time,
                  std::int64_t now_ms) const;

  // How often each message was popped before, those that were; and the least of all of them.
  struct Counts {
    std::map<std::int64_t, std::int32_t> of_message;  // by offset
    std::int32_t of_queue = 0;
  };
  // In place of what the queue was blocked by. `offsets` are ascending, 64 at most.
  Counts popped(const Key& key, std::string_view attempt_id, std::int64_t pop_time,
                std::int64_t invisible_time, std::span<const std::int64_t> offsets,
                std::int64_t now_ms);

  enum class Ack { done, popped_again, no_such_message };
  struct Acked {
    Ack what = Ack::done;
    std::int64_t next_offset = 0;  // done: the group's, of the first message not acknowledged
  };
  Acked acknowledge(const Key& key, std::int64_t offset, std::int64_t pop_time);

  // False: it was popped again since, or not at all.
  bool change_visible(const Key& key, std::int64_t offset, std::int64_t pop_time,
                      std::int64_t visible_again_ms);

  // Nothing that was popped so far blocks the queue, and what is still said of it is too late.
  void release(const Key& key);

  bool is_dirty() const { return is_dirty_; }
  // config/consumerOrderInfo.json, without queues that `is_gone` names. Loading with an error
  // leaves everything as it was.
  std::string to_json(const std::function<bool(const Key&)>& is_gone);
  Result<void> load(std::string_view json);

  // Java: ConsumerOrderInfoManager.OrderInfo, with its names in the file.
  struct Popped {
    std::optional<std::string> attempt_id;
    std::int64_t acknowledged = 0;  // bit i: offsets[i]
    std::optional<std::int64_t> invisible_time;
    std::int64_t last_consume_timestamp = 0;
    std::vector<std::int64_t> offsets;  // all but the first as differences from the first
    std::map<std::int64_t, std::int32_t> consumed_counts;
    std::map<std::int64_t, std::int64_t> visible_times;
    std::int64_t pop_time = 0;

    std::int64_t offset(std::size_t index) const {
      return index == 0 ? offsets.front() : offsets.front() + offsets[index];
    }
    bool is_acknowledged(std::size_t index) const {
      return (static_cast<std::uint64_t>(acknowledged) >> index & 1) != 0;
    }
    std::int64_t visible_again(std::size_t index, std::int64_t usual_invisible_time) const;

    template <class V>
    static constexpr void fields(V&& v) {
      v("a", &Popped::attempt_id);
      v("cm", &Popped::acknowledged);
      v("i", &Popped::invisible_time);
      v("l", &Popped::last_consume_timestamp);
      v("o", &Popped::offsets);
      v("oc", &Popped::consumed_counts);
      v("ot", &Popped::visible_times);
      v("popTime", &Popped::pop_time);
    }
  };

 private:
  using Queues = std::map<std::int32_t, Popped>;

  const Popped* find(const Key& key) const;
  Popped* find(const Key& key) { return const_cast<Popped*>(std::as_const(*this).find(key)); }

  TextMap<Queues> table_;  // by "topic@group"
  bool is_dirty_ = false;
};

}  // namespace rocketmq::broker
