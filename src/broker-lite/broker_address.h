#pragma once

#include <rocketmq/result.h>

#include "broker-lite/options.h"
#include "net/address.h"
#include "protocol/host.h"

namespace rocketmq::broker {

// Where clients are told to connect. A broker that listens on every address and only knows the name
// server in its own process leaves the host to that one: it knows by which each client came.
net::Address advertised_address(const BrokerOptions& options, const net::Address& listening,
                                bool only_built_in_namesrv);

// What every stored record and message id carries: always an address somebody can connect to.
Result<protocol::Host> store_host_of(const net::Address& advertised);

}  // namespace rocketmq::broker
