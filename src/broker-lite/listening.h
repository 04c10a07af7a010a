#pragma once

#include <rocketmq/result.h>

#include "broker-lite/options.h"
#include "net/loop.h"

namespace rocketmq::broker {

// What may stand in front of the frames of those who connect: a PROXY header, TLS. Files are read
// now. Errors name the setting.
Result<void> listen_as(const BrokerOptions& options, net::ListenOptions& listen);

}  // namespace rocketmq::broker
