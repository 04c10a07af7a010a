#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "net/jws_key.h"
#include "proxy/http/json.h"

namespace rocketmq::gateway {

// Tokens that others issue (JWT, RFC 7519), for Bearer.
class Jwt {
 public:
  // Empty: whoever has the key may issue, and for whomever.
  Jwt(net::JwsKey key, std::string issuer, std::string audience);

  // Who has the token, its `sub`, if it holds at this time, Unix ms. Errors: Slug::unauthorized.
  Result<std::string> user(std::string_view token, std::int64_t now_ms) const;

 private:
  Result<void> check(const Json& claims, std::int64_t now_ms) const;

  net::JwsKey key_;
  std::string issuer_;
  std::string audience_;
};

}  // namespace rocketmq::gateway
