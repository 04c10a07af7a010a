#include "proxy/http/auth_admin.h"

#include <algorithm>

#include "protocol/str.h"

namespace rocketmq::gateway {

Error no_users(Error error) {
  if (error.code == ResponseCode::request_code_not_supported) {
    error.message = str("the brokers have no users and rules (ACL 2.0), which takes RocketMQ 5.3: ",
                        error.message);
  } else if (error.code == ResponseCode::system_error) {
    // Stock says no more than that, whatever it is.
    error.message = str(error.message,
                        "; so says a broker whose authenticationMetadataProvider or "
                        "authorizationMetadataProvider is not set");
  }
  return error;
}

Result<std::optional<User>> find_user(Admin& admin, const std::string& name) {
  // Of all that have the name somewhere in theirs.
  const auto users = admin.users(name);
  if (!users) return no_users(users.error());
  const auto found = std::ranges::find(*users, name, &User::username);
  return found == users->end() ? std::optional<User>() : *found;
}

}  // namespace rocketmq::gateway
