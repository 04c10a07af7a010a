#pragma once

#include <string>

namespace rocketmq::gateway {

// 128 bits of the system's randomness, in hex.
std::string random_id();

}  // namespace rocketmq::gateway
