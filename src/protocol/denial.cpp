#include "protocol/denial.h"

#include <algorithm>
#include <array>

namespace rocketmq::protocol {
namespace {

struct Denial {
  std::string_view in_remark;
  std::string_view also_in_remark;
  std::string_view advice;
};

constexpr std::string_view sign =
    "Set ClientOptions::credentials: only signed requests are taken there";
constexpr std::string_view check_secret = "Is Credentials::secret_key the one of this access key?";
constexpr std::string_view check_user =
    "Is Credentials::access_key right, and does the broker have that user?";
constexpr std::string_view enable_user = "Have the user enabled (Admin::update_user)";
constexpr std::string_view grant =
    "Have the user given that right (5.x: Admin::update_acl; 4.x: plain_acl.yml)";

// Java: DefaultAuthenticationHandler, UserAuthorizationHandler, AclAuthorizationHandler of 5.x;
// PlainPermissionManager of 4.x.
constexpr std::array denials{
    Denial{"username cannot be null", "", sign},
    Denial{"No accessKey is configured", "", sign},
    Denial{"heck signature failed", "", check_secret},
    Denial{"User:", " is not found", check_user},
    Denial{"No acl config for", "", check_user},
    Denial{"User:", " is disabled", enable_user},
    Denial{"no permission to access", "", grant},
    Denial{"No default permission for", "", grant},
    Denial{"Need admin permission", "", grant},
};

}  // namespace

std::string_view advice_on_denial(std::string_view remark) {
  const auto found = std::ranges::find_if(denials, [remark](const Denial& each) {
    return remark.find(each.in_remark) != std::string_view::npos &&
           remark.find(each.also_in_remark) != std::string_view::npos;
  });
  return found == denials.end() ? std::string_view() : found->advice;
}

bool is_denial(const Error& error) {
  const bool may_be =
      error.code == ResponseCode::no_permission || error.code == ResponseCode::system_error;  // 4.x
  return may_be && !advice_on_denial(error.message).empty();
}

}  // namespace rocketmq::protocol
