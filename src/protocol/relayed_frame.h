#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/buffer.h"
#include "protocol/command.h"

namespace rocketmq::protocol {

// The header in a frame's content (what next_frame() gives); empty where decoding will refuse it.
std::string_view header_of(std::span<const char> content, const CommandLimits& limits);

// Appends the frame that `command` came in, with another opaque id and nothing else changed.
// `header` is as it was before it was decoded, for decoding resolves escapes in place.
//
// False, and nothing is appended, where the header was not kept, or may mean something else to
// another reader: fastjson takes "CODE" for "code", and of two the last. Who decides by what we
// read passes on what we read, with encode_command().
bool append_relayed(Buffer& out, const Command& command, std::string_view header,
                    std::int32_t opaque);

}  // namespace rocketmq::protocol
