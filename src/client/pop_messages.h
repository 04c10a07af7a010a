#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>
#include <rocketmq/span.h>

#include <cstddef>
#include <string>
#include <vector>

#include "net/answer.h"
#include "protocol/bodies/batch_ack.h"
#include "protocol/pop_info.h"
#include "protocol/requests/pop.h"

namespace rocketmq::client {

using PopAnswer = net::Answer<protocol::PopMessageResponse>;

struct PoppedMessages {
  // Each with its POP_CK. MessageView::queue() is where it lies: of what was popped before, that is
  // a queue of the group's pop retry topic.
  std::vector<MessageView> messages;
  // Set when a record could not be decoded, and those behind it could not be found. They become
  // visible again.
  Error error;
};

// What a pop asked for.
struct PopOrigin {
  std::string topic;
  std::string shown_topic;  // as the program knows it, without namespace
  std::string group;
  std::string broker_name;
};

// The messages of an answer. Fails with bad_frame where it does not say what they are acknowledged
// by.
Result<PoppedMessages> popped_messages(const PopAnswer& answer, const PopOrigin& origin,
                                       std::size_t body_bytes_max);

// What stands for a popped message; a view into it. invalid_argument for one that was not popped.
Result<protocol::PopCheckpoint> checkpoint_of(const MessageView& message);
// The POP_CK that replaces `old` once the broker has changed the time. Java: MQClientAPIImpl,
// changeInvisibleTimeAsync.
std::string changed_checkpoint(const protocol::PopCheckpoint& old,
                               const protocol::ChangeMessageInvisibleTimeResponse& answer);

// One request for each broker that messages came from. Fails as checkpoint_of() does. Java:
// MQClientAPIImpl.batchAckMessageAsync.
Result<std::vector<protocol::BatchAckMessageRequestBody>> batch_acks(
    const std::string& group, Span<const MessageView> messages);

}  // namespace rocketmq::client
