#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/services/detour.h"
#include "protocol/message_codec.h"

// What half messages and op records say in their properties and bodies.

namespace rocketmq::broker {

// Java: TransactionalMessageUtil.REMOVE_TAG.
inline constexpr std::string_view op_tag = "d";

// Offsets in the half queue, as op records list them: "0,1,".
std::string op_body(const std::vector<std::int64_t>& half_offsets);
// None of what is no op record. Those of 4.x have one number and no comma.
std::vector<std::int64_t> half_offsets_of(const protocol::RecordView& op);

// Where the message is to go; nothing where it does not say so.
std::optional<Place> real_place_of(const protocol::RecordView& half);

std::int32_t check_times_of(const protocol::RecordView& half);
// How long its producer is not asked, if it says so itself, in ms.
std::optional<std::int64_t> patience_of(const protocol::RecordView& half);

}  // namespace rocketmq::broker
