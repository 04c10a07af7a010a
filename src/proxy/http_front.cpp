#include "proxy/http_front.h"

#include <utility>

#include "protocol/str.h"

namespace rocketmq::proxy {

Result<std::unique_ptr<HttpFront>> HttpFront::start(gateway::GatewayOptions options,
                                                    const std::string& address) {
  std::unique_ptr<HttpFront> front(new HttpFront(std::move(options)));
  auto listening = front->gateway_.listen(address);
  if (!listening) return Error{listening.error().code, str("http: ", listening.error().message)};
  front->address_ = *std::move(listening);
  front->loop_.start();
  return front;
}

}  // namespace rocketmq::proxy
