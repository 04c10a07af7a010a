#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"

// A page from elsewhere may have its own name point at this machine once it is loaded. Its requests
// are to its own host then, as far as the browser knows, and it may read the answers (DNS
// rebinding). What it cannot do is to have them name another host.

namespace rocketmq::gateway {

class Hosts {
 public:
  // By which names the gateway is asked, beside localhost; "*": any. An address that is no name
  // cannot be pointed elsewhere, so each may be asked for.
  explicit Hosts(std::vector<std::string> allowed);

  // Why a request must not be served; empty: it may.
  std::string refusal(const net::HttpRequest& request) const;

 private:
  bool is_allowed(std::string_view host) const;

  std::vector<std::string> allowed_;
};

}  // namespace rocketmq::gateway
