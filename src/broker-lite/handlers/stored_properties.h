#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/properties.h"

namespace rocketmq::broker {

// The part of every stored message's properties that is the broker's own: CLUSTER, MSG_REGION and
// TRACE_ON, ready to be appended.
class BrokerProperties {
 public:
  BrokerProperties(std::string_view cluster, std::string_view region);
  const std::string& text(bool trace_on) const { return trace_on ? with_trace_ : without_trace_; }

 private:
  std::string with_trace_;
  std::string without_trace_;
};

// What a message's properties ask the broker for.
struct Wishes {
  std::string_view unique_key;   // view of the text read; empty: the message has none
  bool waits_for_store = true;   // WAIT is not "false"
  std::int32_t delay_level = 0;  // DELAY
  // TIMER_DELAY_SEC, else TIMER_DELAY_MS, else TIMER_DELIVER_MS; an empty name: none.
  protocol::Property timer;
  bool deletes_timer = false;  // TIMER_DEL_UNIQKEY: it calls another back
  bool is_half = false;        // TRAN_MSG: it waits for the end of its transaction
  bool waits() const { return delay_level > 0 || !timer.name.empty() || is_half; }
};

Wishes read_wishes(std::string_view properties);

// Appends to `stored` what is kept of a message sent with `sent`, in one scan, every entry ended by
// 02: all but POP_CK and what `broker_properties` sets anew, which comes last. Java:
// SendMessageProcessor, MessageDecoder.messageProperties2String.
Wishes rewrite_properties(std::string_view sent, std::string_view broker_properties,
                          std::string& stored);

}  // namespace rocketmq::broker
