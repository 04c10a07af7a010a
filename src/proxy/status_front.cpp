#include "proxy/status_front.h"

#include <utility>

#include "protocol/str.h"

namespace rocketmq::proxy {

Result<std::unique_ptr<StatusFront>> StatusFront::start(net::StatusSource source,
                                                        const std::string& address,
                                                        net::LogLine log) {
  std::unique_ptr<StatusFront> front(new StatusFront);
  net::HttpServerOptions options;
  options.log = std::move(log);
  front->server_ = std::make_unique<net::HttpServer>(front->loop_, std::move(options),
                                                     net::status_pages(std::move(source)));
  auto listening = front->server_->listen(address);
  if (!listening) {
    return Error{listening.error().code, str("metrics: ", listening.error().message)};
  }
  front->address_ = *std::move(listening);
  front->loop_.start();
  return front;
}

StatusFront::~StatusFront() {
  if (!address_.empty()) net::run_in(loop_, [this] { server_.reset(); });
}

}  // namespace rocketmq::proxy
