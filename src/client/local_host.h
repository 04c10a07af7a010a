#pragma once

#include "protocol/host.h"

namespace rocketmq::client {

// The address that names this machine in client ids and message ids: a public one if there is one,
// else a private one, else loopback. Never used to connect. Java: RemotingUtil.getLocalAddress.
protocol::Host local_host();

// Its text without a port: "10.0.0.9", "fd00::2".
std::string ip_text(const protocol::Host& host);

}  // namespace rocketmq::client
