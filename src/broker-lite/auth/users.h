#pragma once

#include <rocketmq/result.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/state/text_map.h"
#include "protocol/bodies/auth_data.h"
#include "protocol/signature.h"

namespace rocketmq::broker {

// Who may use the broker, since 5.3. A user's password is the key his requests are signed with, so
// it is kept as it is. Java: AuthenticationMetadataManagerImpl.
class Users {
 public:
  struct User {
    std::string password;
    bool is_super = false;  // may do everything
    bool is_enabled = true;
    std::unique_ptr<protocol::Signer> signer;
  };

  // nullptr: there is none. Good until he is changed.
  User* find(std::string_view name);

  // By codes 3001 to 3005; errors are the broker's answers. `by_super`: who asks may do everything.
  Result<void> create(std::string_view name, const protocol::UserInfo& info, bool by_super);
  Result<void> update(std::string_view name, const protocol::UserInfo& info, bool by_super);
  bool remove(std::string_view name);  // false: there was none
  std::optional<protocol::UserInfo> info(std::string_view name) const;
  // Those whose name has `filter` in it, sorted.
  std::vector<protocol::UserInfo> list(std::string_view filter) const;

  // A super user whom the configuration names, unless there is a user of that name.
  void create_super(const std::string& name, const std::string& password);

  // config/users.json, which is ours: stock keeps them in RocksDB.
  std::string to_json() const;
  Result<void> load(std::string_view json);

 private:
  Result<void> apply(User& user, const protocol::UserInfo& info, bool by_super) const;

  TextMap<User> table_;
};

}  // namespace rocketmq::broker
