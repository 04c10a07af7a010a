#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "net/loop.h"
#include "proxy/http/held_message.h"

namespace rocketmq::gateway {

// Of what is in hand, what may be lent; it says what is next.
class ReadyMessages {
 public:
  virtual ~ReadyMessages() = default;

  virtual void add(HeldMessage message) = 0;
  // Those that were lent before, in vain.
  virtual void add_again(std::vector<HeldMessage> messages) = 0;
  // Up to so many, of those that are still held.
  virtual std::vector<HeldMessage> take(std::size_t count_max, net::TimePoint now) = 0;
  virtual std::vector<HeldMessage> take_all() = 0;
  // Those that are not held any more.
  virtual void forget_lost() = 0;
  virtual bool is_empty() const = 0;
};

// Whatever queue it is of.
std::unique_ptr<ReadyMessages> ready_oldest_first();
// A queue gives its messages by offset, and nothing more before all that it gave is done, or here
// again.
std::unique_ptr<ReadyMessages> ready_in_order();

}  // namespace rocketmq::gateway
