#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"

namespace rocketmq::gateway {

// Who may use the gateway.
class Access {
 public:
  // `is_encrypted`: connections are TLS, all of them.
  Access(std::map<std::string, std::string> users, std::vector<std::string> tokens,
         bool is_encrypted);

  // Why not; empty: it may. Where there are neither users nor tokens everybody may.
  std::string refusal(const net::HttpRequest& request) const;
  bool is_everybodys() const { return users_.empty() && tokens_.empty(); }
  bool knows_token(std::string_view token) const;
  // Nobody on the way can read them.
  bool takes_secrets_from(std::string_view peer) const;

 private:
  std::string basic_refusal(std::string_view credentials, std::string_view peer) const;

  std::map<std::string, std::string> users_;
  std::vector<std::string> tokens_;
  bool is_encrypted_;
};

}  // namespace rocketmq::gateway
