#pragma once

#include <rocketmq/result.h>

#include <string>
#include <string_view>

#include "protocol/host.h"

namespace rocketmq::broker {

// "0.0.0.0", "::", "": listens on every address of the machine, and is none to connect to.
bool is_wildcard(std::string_view host);

// An address of this machine that others can connect to: the first public IPv4 address, else the
// last private one, else the loopback. Java: NetworkUtil.getLocalAddress.
std::string local_address();

// The numeric address of a name or literal, for records and message ids, which hold no names. Asks
// the resolver, which may take its time: for start-up only.
Result<protocol::Host> resolve(std::string_view host, std::int32_t port);

}  // namespace rocketmq::broker
