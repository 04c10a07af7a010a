#pragma once

#include <rocketmq/result.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/auth/address_pattern.h"
#include "broker-lite/auth/plain_acl_file.h"
#include "broker-lite/auth/plain_needs.h"
#include "broker-lite/state/text_map.h"
#include "net/router.h"
#include "protocol/signature.h"

namespace rocketmq::broker {

// The accounts of 4.x, and what each may do: read from files once, asked for every request. Java:
// PlainPermissionManager.
class PlainAccounts {
 public:
  // The accounts and addresses of a file. Fails on what cannot be meant. An access key that
  // another file has already is passed over, and told in `repeated`.
  Result<void> add(const PlainAclFile& file, const std::string& path,
                   std::vector<std::string>& repeated);

  bool empty() const { return accounts_.empty(); }

  // The error is the answer.
  Result<void> check(const net::RequestContext& context);

  // The file that has the account; nullptr: there is none.
  const std::string* file_of(std::string_view access_key) const;

  // Is this what one can be? The errors are those of stock.
  static Result<void> check_config(const protocol::PlainAccessConfig& config);

 private:
  struct Account {
    std::unique_ptr<protocol::Signer> signer;
    AddressPattern white;
    bool is_admin = false;
    std::uint8_t default_topic_perm = plain_perm::deny;
    std::uint8_t default_group_perm = plain_perm::deny;
    std::map<std::string, std::uint8_t, std::less<>> topics;
    std::map<std::string, std::uint8_t, std::less<>> groups;
    std::string file;
  };

  static Result<Account> make(const protocol::PlainAccessConfig& config);
  static Result<void> add_perms(const std::vector<std::string>& perms, bool of_groups,
                                Account& account);
  Result<void> check_signature(const protocol::Command& command, std::string_view access_key,
                               Account& account);
  Result<void> check_rights(const protocol::Command& command, std::string_view access_key,
                            const Account& account);
  static bool may(const Account& account, const PlainNeed& need);

  TextMap<Account> accounts_;
  std::vector<AddressPattern> white_;
  std::vector<protocol::SignedField> fields_;  // used again for every request
  std::deque<std::string> kept_;
};

}  // namespace rocketmq::broker
