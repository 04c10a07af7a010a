#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/loop.h"
#include "protocol/trace.h"

namespace rocketmq::client {

// How one send ended, and what only the client knows of it. Views are good during the call.
struct SendRecord {
  const Result<SendReceipt>& result;
  std::string_view message_id;  // of a batch: all of them, joined by commas
  std::string_view topic;
  std::string_view properties;      // the text of protocol/properties.h: TAGS, KEYS, …
  std::string_view broker_address;  // of the last attempt; empty: none was made
  std::int64_t begun_at = 0;        // Unix ms, as is the message's born timestamp
  net::Duration cost{};             // from then to the end
  std::size_t body_bytes = 0;       // on the wire, compressed
  protocol::TraceMessageType type = protocol::TraceMessageType::normal;
  // The broker's, from MSG_REGION and TRACE_ON of its answer. Java: defaults of SendResult.
  std::string_view region_id = "DefaultRegion";
  bool is_trace_on = true;
  bool is_oneway = false;  // then success means: was written to the connection
};

// Told of every send of a producer that was not refused at once, as it ends: on the loop thread,
// before the user is. Must not block, and must not send through the same producer from inside.
class SendObserver {
 public:
  virtual ~SendObserver() = default;
  virtual void sent(const SendRecord& record) = 0;
};

}  // namespace rocketmq::client
