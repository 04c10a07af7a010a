#pragma once

#include <rocketmq/result.h>

#include <memory>

#include "broker-lite/options.h"
#include "net/loop.h"
#include "net/tls_context.h"

namespace rocketmq::broker {

// How the servers listen: with TLS where a certificate is given, unless `tls.server.mode` says
// otherwise. Files are read now. Errors name the setting. Java: TlsSystemConfig.
Result<void> use_tls(const BrokerOptions& options, net::ListenOptions& listen);

// For connections to name servers; nullptr where `tls.enable` is not set.
Result<std::shared_ptr<const net::TlsContext>> client_tls(const BrokerOptions& options);

}  // namespace rocketmq::broker
