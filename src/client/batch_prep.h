#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>
#include <rocketmq/span.h>

#include <cstddef>
#include <span>

#include "client/message_prep.h"

namespace rocketmq::client {

// Messages as the body of one SEND_BATCH_MESSAGE. The batch has properties of its own, which no
// consumer sees. Java: MessageBatch, MessageDecoder.encodeMessages.

// Bytes a message takes in the body.
std::size_t batch_entry_size(const PreparedMessage& message);

// Joins messages of one topic and wait_for_store that were prepared without compression. Their
// UNIQ_KEYs are copied as they are; the batch has none.
PreparedMessage join(std::span<const PreparedMessage* const> messages);

// Checks messages and joins them; their UNIQ_KEYs are room yet. Errors: invalid_argument; too_large
// for the body, too.
Result<PreparedMessage> prepare_batch(Span<const Message> messages, PrepareOptions options);

}  // namespace rocketmq::client
