#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"
#include "proxy/http/jwt.h"

namespace rocketmq::gateway {

// Who may use the gateway.
class Access {
 public:
  // `is_encrypted`: connections are TLS, all of them. `jwt`: null where nobody issues tokens.
  Access(std::map<std::string, std::string> users, std::vector<std::string> tokens,
         bool is_encrypted, std::shared_ptr<const Jwt> jwt = nullptr);

  // Where nobody is named everybody may.
  bool is_everybodys() const { return users_.empty() && tokens_.empty() && jwt_ == nullptr; }
  // By what name it is known, if it may: the access key, the `sub` of a JWT, or the token itself;
  // empty where everybody may. `now_ms` is Unix time. Errors: Slug::unauthorized.
  Result<std::string> user(const net::HttpRequest& request, std::int64_t now_ms) const;
  Result<std::string> user_of_token(std::string_view token, std::int64_t now_ms) const;
  // Nobody on the way can read them.
  bool takes_secrets_from(std::string_view peer) const;

 private:
  Result<std::string> basic_user(std::string_view credentials, std::string_view peer) const;

  std::map<std::string, std::string> users_;
  std::vector<std::string> tokens_;
  bool is_encrypted_;
  std::shared_ptr<const Jwt> jwt_;
};

}  // namespace rocketmq::gateway
