#pragma once

#include <rocketmq/result.h>

#include <deque>
#include <string>
#include <string_view>

#include "protocol/access/policies.h"
#include "protocol/command.h"

namespace rocketmq::proxy {

// What each user may do at the proxy, as policies of 5.x say it.
class UserRules {
 public:
  // A file of lines USER RESOURCE ACTIONS [Allow|Deny [IPS]], as mqadmin's createAcl takes them;
  // # begins a comment. Errors: the number of the line that is wrong, or that there is none.
  static Result<UserRules> read(std::string_view text);

  // `ip`: of who asks, without port. The error is the answer: who may not, and which line is
  // missing.
  Result<void> check(std::string_view user, std::string_view ip, const protocol::Command& request);

 private:
  protocol::Policies policies_;
  std::deque<std::string> kept_;
};

}  // namespace rocketmq::proxy
