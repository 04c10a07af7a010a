#pragma once

#include <functional>
#include <string_view>

namespace rocketmq::net {

// Takes one line for the operator; may be empty. Called on the loop thread.
using LogLine = std::function<void(std::string_view line)>;

}  // namespace rocketmq::net
