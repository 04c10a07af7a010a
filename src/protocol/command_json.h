#pragma once

#include <rocketmq/result.h>

#include <span>

#include "protocol/command.h"

namespace rocketmq::protocol {

// The JSON header of a frame, read in one pass and in place: escapes are resolved inside `header`.
//
//   {"code":105,"extFields":{"topic":"TBW102"},"flag":0,"language":"CPP","opaque":1,
//    "serializeTypeCurrentRPC":"JSON","version":479}
//
// Keys come in any order; unknown ones are passed over; white space is legal; a number or a bool
// inside extFields is taken as its text and null as absent. Java: RemotingSerializable (fastjson).
Result<void> decode_json_header(std::span<char> header, Command& command,
                                const CommandLimits& limits);

}  // namespace rocketmq::protocol
