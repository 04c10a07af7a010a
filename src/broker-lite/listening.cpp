#include "broker-lite/listening.h"

#include "broker-lite/tls.h"
#include "net/proxy_header.h"

namespace rocketmq::broker {

Result<void> listen_as(const BrokerOptions& options, net::ListenOptions& listen) {
  const auto proxy_protocol = net::proxy_protocol_from(options.proxy_protocol);
  if (!proxy_protocol) return proxy_protocol.error();
  listen.proxy_protocol = *proxy_protocol;
  return use_tls(options, listen);
}

}  // namespace rocketmq::broker
