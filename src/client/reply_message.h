#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/requests/reply.h"

namespace rocketmq::client {

// What a program sends back, and what a broker pushes of it to who asked. Java: MessageUtil,
// ClientRemotingProcessor.processReplyMessage.

// What makes a message the reply to `request`. Views into it. Errors: invalid_argument, where it
// asks for no reply.
struct ReplyTo {
  std::string topic;  // the reply topic of the request's cluster
  std::string_view correlation_id;
  std::string_view client_id;
  std::string_view ttl;  // empty: it has none
};
Result<ReplyTo> reply_to(const MessageView& request);
std::string reply_topic(std::string_view cluster);

// A pushed reply as a message. Errors: bad_message, where it cannot be decompressed, or is longer
// than `body_bytes_max` then, or could not have been stored.
Result<MessageView> message_of(const protocol::PushReplyMessageToClient& reply,
                               std::string_view body, std::int64_t arrived_at_ms,
                               std::size_t body_bytes_max);

}  // namespace rocketmq::client
