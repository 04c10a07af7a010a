#pragma once

#include <string>
#include <vector>

#include "net/http_message.h"

// Pages that a browser has from elsewhere must not use the gateway behind the back of whoever looks
// at them: a browser sends their requests, with its Origin, and keeps only the answers from them.

namespace rocketmq::gateway {

class Origins {
 public:
  // Beside the gateway's own host: "https://console.example"; "*" is any.
  explicit Origins(std::vector<std::string> allowed);

  // What may look at the answer; empty: the request is of no page.
  static std::string origin_of(const net::HttpRequest& request);
  // Why a request must not be served; empty: it may.
  std::string refusal(const net::HttpRequest& request) const;

  // A browser asks before it lets a page send what no form could send.
  static bool is_preflight(const net::HttpRequest& request);
  static net::HttpResponse preflight_answer(const net::HttpRequest& request);

 private:
  const std::vector<std::string> allowed_;
};

}  // namespace rocketmq::gateway
