#include "proxy/remoting/users.h"

#include <utility>

#include "protocol/authentication.h"
#include "protocol/split.h"
#include "protocol/str.h"

namespace rocketmq::proxy {

Result<Secrets> read_secrets(std::string_view text) {
  Secrets secrets;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = protocol::take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t colon = line.find(':');
    if (colon == line.npos || colon == 0 || colon + 1 == line.size()) {
      return Error{Errc::invalid_argument, str("line ", number, " is not NAME:SECRET")};
    }
    secrets.insert_or_assign(std::string(line.substr(0, colon)),
                             std::string(line.substr(colon + 1)));
  }
  if (secrets.empty()) return Error{Errc::invalid_argument, "there is no line NAME:SECRET"};
  return secrets;
}

Users::Users(const Secrets& secrets) {
  for (const auto& [name, secret] : secrets) {
    signers_.emplace(name, std::make_unique<protocol::Signer>(secret));
  }
}

Result<void> Users::check(const protocol::Command& request) {
  if (is_everybody()) return {};
  const auto name = protocol::user_of(request);
  if (!name) return name.error();
  const auto found = signers_.find(*name);
  if (found == signers_.end()) return protocol::user_not_found(*name);
  return protocol::check_signature(request, *found->second, fields_);
}

}  // namespace rocketmq::proxy
