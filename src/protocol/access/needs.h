#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/access/policies.h"
#include "protocol/command.h"

namespace rocketmq::protocol {

// What a request needs of who sends it: all of these. Those that nobody may send without it, and
// those not named here, need the right to change the cluster. Views of the command, of `cluster`
// and of `kept`, which holds names that bodies bring. Java: DefaultAuthorizationContextBuilder, and
// the annotations of request headers.
std::vector<Need> needs_of(const Command& command, std::string_view cluster,
                           std::deque<std::string>& kept);

}  // namespace rocketmq::protocol
