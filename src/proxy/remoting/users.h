#pragma once

#include <rocketmq/result.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/command.h"
#include "protocol/signature.h"

namespace rocketmq::proxy {

using Secrets = std::map<std::string, std::string, std::less<>>;  // of access keys

// A file of lines NAME:SECRET; # begins a comment. Errors: the number of the line that is wrong, or
// that there is none: everybody would be let in where somebody meant to keep people out.
Result<Secrets> read_secrets(std::string_view text);

// Who may use the proxy, by the signatures of requests.
class Users {
 public:
  // None: everybody may.
  explicit Users(const Secrets& secrets);
  bool is_everybody() const { return signers_.empty(); }

  // The error is the answer, as a broker with ACL gives it.
  Result<void> check(const protocol::Command& request);

 private:
  std::map<std::string, std::unique_ptr<protocol::Signer>, std::less<>> signers_;
  std::vector<protocol::SignedField> fields_;  // used again for every request
};

}  // namespace rocketmq::proxy
