#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker-lite/options.h"

namespace rocketmq::broker {

struct AccessOptions {
  bool authentication_enabled = false;
  bool authorization_enabled = false;
  std::set<std::int32_t> authentication_whitelist;  // request codes
  std::set<std::int32_t> authorization_whitelist;
  std::string cluster;
};
// Who may do what, by the options.
Result<AccessOptions> access_options(const BrokerOptions& options);

// A super user by configuration; either pair of names is good.
struct InitialUser {
  std::optional<std::string> access_key;
  std::string password;
  std::optional<std::string> secret_key;
  std::string username;

  template <class V>
  static constexpr void fields(V&& v) {
    v("accessKey", &InitialUser::access_key);
    v("password", &InitialUser::password);
    v("secretKey", &InitialUser::secret_key);
    v("username", &InitialUser::username);
  }
};
Result<std::vector<InitialUser>> initial_users(const BrokerOptions& options);

}  // namespace rocketmq::broker
