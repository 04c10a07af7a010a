#pragma once

#include <rocketmq/result.h>

#include <string_view>

#include "broker-lite/core.h"
#include "protocol/message_codec.h"

namespace rocketmq::broker {

// Puts a message that has waited in one of the broker's own topics into the queue it is for, with
// `properties` in place of its own; commit is the caller's. Errors: bad_message where the record
// does not say what it is for; else those of MessageStore::put. Java:
// ScheduleMessageService.messageTimeUp, TimerMessageStore.convertMessage.
Result<Placed> release(Core& core, protocol::RecordView waited, std::string_view properties);

// Trying again is of no use: it would hold up all behind it for ever.
bool can_never_be_stored(const Error& error);

}  // namespace rocketmq::broker
