#pragma once

#include <cstdint>
#include <string_view>

namespace rocketmq::protocol {

// Where a name stands on the ring of CONSISTENT_HASH: the first four bytes of its MD5, big-endian.
// All members of a group must agree. Java: ConsistentHashRouter.MD5Hash.
std::uint32_t consistent_hash(std::string_view name);

}  // namespace rocketmq::protocol
