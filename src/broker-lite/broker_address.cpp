#include "broker-lite/broker_address.h"

#include <cstdint>
#include <string>

#include "broker-lite/local_address.h"

namespace rocketmq::broker {

net::Address advertised_address(const BrokerOptions& options, const net::Address& listening,
                                bool only_built_in_namesrv) {
  net::Address address = listening;
  if (!options.broker_ip1.empty()) {
    address.host = options.broker_ip1;
  } else if (is_wildcard(listening.host) && !only_built_in_namesrv) {
    address.host = local_address();
  }
  if (options.advertise_port != 0) {
    address.port = static_cast<std::uint16_t>(options.advertise_port);
  }
  return address;
}

Result<protocol::Host> store_host_of(const net::Address& advertised) {
  const std::string host = is_wildcard(advertised.host) ? local_address() : advertised.host;
  return resolve(host, advertised.port);
}

}  // namespace rocketmq::broker
