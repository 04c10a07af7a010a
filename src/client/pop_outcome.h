#pragma once

#include <rocketmq/push_consumer.h>

#include <cstdint>

#include "net/loop.h"

namespace rocketmq::client {

// What becomes of a popped message.
struct PopOutcome {
  enum class Kind {
    acknowledge,   // it is done
    show_again,    // to whoever pops then, after `delay`
    dead_letters,  // and it is done
  };
  Kind kind = Kind::acknowledge;
  net::Duration delay{};

  friend bool operator==(const PopOutcome&, const PopOutcome&) = default;
};

// After the listener has said so about a message that had been given back `reconsume_times` times.
// Without a delay of its own it grows with each time: 10 s to 2 h. Java:
// ConsumeMessagePopConcurrentlyService.processConsumeResult; where that drops a message that was
// tried often enough, here it goes to the dead letters.
PopOutcome pop_outcome(const Consumed& verdict, std::int32_t reconsume_times,
                       std::int32_t reconsume_times_max);

}  // namespace rocketmq::client
