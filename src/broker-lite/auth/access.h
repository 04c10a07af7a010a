#pragma once

#include <rocketmq/result.h>

#include <deque>
#include <string>
#include <vector>

#include "broker-lite/auth/access_options.h"
#include "broker-lite/auth/users.h"
#include "net/router.h"
#include "protocol/access/policies.h"

namespace rocketmq::broker {

// Judges every request before its handler sees it: is it signed by who it says, and may he? Java:
// AuthenticationPipeline, AuthorizationPipeline.
class Access {
 public:
  Access(AccessOptions options, Users& users, protocol::Policies& policies);

  // The error is the answer.
  Result<void> check(const net::RequestContext& context);
  // May who sends this do everything? Yes where nobody is asked who he is.
  bool is_by_super(const net::RequestContext& context);

 private:
  Result<Users::User*> authenticate(const net::RequestContext& context);
  Result<void> authorize(const net::RequestContext& context);

  const AccessOptions options_;
  Users& users_;
  protocol::Policies& policies_;
  std::vector<protocol::SignedField> fields_;  // used again for every request
  std::deque<std::string> kept_;
};

}  // namespace rocketmq::broker
