#pragma once

#include <cstddef>
#include <functional>

namespace rocketmq::bench {

// Sends `count` messages with bodies of so many bytes, waits for all answers, and says how many
// failed.
using SendRound = std::function<std::size_t(std::size_t body_bytes, std::size_t count)>;

// The part every contender written in C++ has in common. A line "BODY_BYTES COUNT" on standard
// input asks for a round, whose answer is a line of JSON: CPU time of the whole process, user and
// system together, between its first send and its last answer. Ends with standard input. The first
// line, before any round, says that we are ready and how we were built.
int run_rounds(const SendRound& send);

}  // namespace rocketmq::bench
