#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bodies/plain_acl_data.h"

// The text of a plain_acl.yml, and changes to it. Texts in, texts out: who reads and writes the
// file is plain_acl.h. Errors begin with the line.

namespace rocketmq::broker {

struct PlainAclFile {
  std::vector<std::string> global_white_addresses;
  std::vector<protocol::PlainAccessConfig> accounts;
  std::optional<protocol::PlainAclVersion> version;
};

Result<PlainAclFile> parse_plain_acl(std::string_view yaml);

// Each gives the new text, with the version after. What else is in the file stays, but for
// comments, as in Java (PlainPermissionManager).

// Sets what `account` has, of the account with its access key or of a new one.
Result<std::string> put_account(std::string_view yaml, const protocol::PlainAccessConfig& account,
                                std::int64_t now_ms);
Result<std::string> remove_account(std::string_view yaml, std::string_view access_key,
                                   std::int64_t now_ms);
Result<std::string> put_global_white_addresses(std::string_view yaml,
                                               const std::vector<std::string>& addresses,
                                               std::int64_t now_ms);

}  // namespace rocketmq::broker
