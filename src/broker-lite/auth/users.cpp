#include "broker-lite/auth/users.h"

#include <algorithm>
#include <utility>

#include "protocol/json_body.h"

namespace rocketmq::broker {
namespace {

using protocol::UserInfo;

struct UsersFile {
  std::vector<UserInfo> users;

  template <class V>
  static constexpr void fields(V&& v) {
    v("users", &UsersFile::users);
  }
};

Error refused(std::string_view remark) {
  return Error{ResponseCode::no_permission, std::string(remark)};
}
Error illegal(std::string_view remark) {
  return Error{ResponseCode::invalid_parameter, std::string(remark)};
}

UserInfo info_of(std::string_view name, const Users::User& user) {
  UserInfo info;
  info.username = name;
  info.password = user.password;
  info.user_type = user.is_super ? "Super" : "Normal";
  info.user_status = user.is_enabled ? "enable" : "disable";
  return info;
}

}  // namespace

Users::User* Users::find(std::string_view name) {
  const auto found = table_.find(name);
  return found == table_.end() ? nullptr : &found->second;
}

// ---- by administrators

// Java: AuthenticationMetadataManagerImpl.createUser.
Result<void> Users::create(std::string_view name, const UserInfo& info, bool by_super) {
  if (name.empty()) return illegal("The username is blank");
  if (table_.contains(name)) return refused("The user is existed");
  if (!info.password || info.password->empty()) return refused("password can not be blank");
  User user;
  if (auto applied = apply(user, info, by_super); !applied) return applied;
  table_.emplace(name, std::move(user));
  return {};
}

Result<void> Users::update(std::string_view name, const UserInfo& info, bool by_super) {
  if (name.empty()) return illegal("The username is blank");
  User* user = find(name);
  if (user == nullptr) return refused("The user is not exist");
  if (user->is_super && !by_super) {
    return refused("The super user can only be update by super user");
  }
  return apply(*user, info, by_super);
}

// Nothing is changed where anything is wrong.
Result<void> Users::apply(User& user, const UserInfo& info, bool by_super) const {
  const std::string type = info.user_type.value_or("");
  if (!type.empty() && type != "Super" && type != "Normal") return illegal("The userType is wrong");
  const std::string status = info.user_status.value_or("");
  if (!status.empty() && status != "enable" && status != "disable") {
    return illegal("The userStatus is wrong");
  }
  if (type == "Super" && !by_super) {
    return Error{ResponseCode::system_error, "The super user can only be create by super user"};
  }
  if (!type.empty()) user.is_super = type == "Super";
  if (!status.empty()) user.is_enabled = status == "enable";
  if (info.password && !info.password->empty()) {
    user.password = *info.password;
    user.signer = std::make_unique<protocol::Signer>(user.password);
  }
  return {};
}

bool Users::remove(std::string_view name) {
  const auto found = table_.find(name);
  if (found == table_.end()) return false;
  table_.erase(found);
  return true;
}

std::optional<UserInfo> Users::info(std::string_view name) const {
  const auto found = table_.find(name);
  if (found == table_.end()) return std::nullopt;
  return info_of(name, found->second);
}

std::vector<UserInfo> Users::list(std::string_view filter) const {
  std::vector<UserInfo> result;
  for (const auto& [name, user] : table_) {
    if (name.find(filter) != name.npos) result.push_back(info_of(name, user));
  }
  std::ranges::sort(result, {}, &UserInfo::username);
  return result;
}

void Users::create_super(const std::string& name, const std::string& password) {
  UserInfo info;
  info.password = password;
  info.user_type = "Super";
  (void)create(name, info, true);
}

// ---- the file

std::string Users::to_json() const { return protocol::to_json(UsersFile{list("")}); }

Result<void> Users::load(std::string_view json) {
  const auto file = protocol::from_json<UsersFile>(json, "users");
  if (!file) return file.error();
  Users loaded;
  for (const UserInfo& info : file->users) {
    if (auto added = loaded.create(info.username.value_or(""), info, true); !added) return added;
  }
  table_ = std::move(loaded.table_);
  return {};
}

}  // namespace rocketmq::broker
