#include "broker-lite/auth/plain_accounts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "broker-lite/auth/peer_ip.h"
#include "broker-lite/state/names.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "protocol/trimmed.h"

namespace rocketmq::broker {
namespace {

constexpr std::size_t key_length_min = 7;  // Java: AclConstants

// As stock answers: an exception, whose name clients look for.
Error denied(std::string_view why) {
  return Error{ResponseCode::system_error,
               str("org.apache.rocketmq.acl.common.AclException: ", why)};
}

std::string_view field(const protocol::Command& command, std::string_view name) {
  const std::string_view* const value = protocol::find_field(command.fields, name);
  return value == nullptr ? std::string_view() : *value;
}

// What is not understood is denied, as in Java.
std::uint8_t perm_of(std::string_view text) {
  text = protocol::trimmed(text);
  if (text == "PUB") return plain_perm::pub;
  if (text == "SUB") return plain_perm::sub;
  if (text == "PUB|SUB" || text == "SUB|PUB") return plain_perm::pub | plain_perm::sub;
  return plain_perm::deny;
}

bool allows(std::uint8_t owned, std::uint8_t needed) {
  return (owned & plain_perm::deny) == 0 && (owned & needed) != 0;
}

// Java: Permission.checkResourcePerms.
Result<void> check_perms(const std::vector<std::string>& perms) {
  for (const std::string& each : perms) {
    std::array<std::string_view, 2> parts;
    if (!protocol::split_exactly(each, '=', parts)) {
      return Error{Errc::invalid_argument,
                   str("Parse Resource format error for ", each,
                       ".\nThe expected resource format is 'Res=Perm'. For example: topicA=SUB")};
    }
    if (perm_of(parts[1]) == plain_perm::deny && protocol::trimmed(parts[1]) != "DENY") {
      return Error{
          Errc::invalid_argument,
          str("Parse resource permission error for ", each,
              ".\nThe expected permissions are 'SUB' or 'PUB' or 'SUB|PUB' or 'PUB|SUB'.")};
    }
  }
  return {};
}

}  // namespace

Result<void> PlainAccounts::check_config(const protocol::PlainAccessConfig& config) {
  const std::string access = config.access_key.value_or("null");
  const std::string secret = config.secret_key.value_or("null");
  if (access.size() < key_length_min || secret.size() < key_length_min) {
    return Error{Errc::invalid_argument, str("The accessKey=", access, " and secretKey=", secret,
                                             " cannot be null and length should longer than 6")};
  }
  for (const auto* perms : {&config.topic_perms, &config.group_perms}) {
    if (!*perms) continue;
    if (auto good = check_perms(**perms); !good) return good;
  }
  auto white = AddressPattern::parse(config.white_remote_address.value_or(""));
  return white ? Result<void>() : std::move(white).error();
}

Result<void> PlainAccounts::add_perms(const std::vector<std::string>& perms, bool of_groups,
                                      Account& account) {
  for (const std::string& each : perms) {
    std::array<std::string_view, 2> parts;
    if (!protocol::split_exactly(each, '=', parts)) {
      return Error{Errc::invalid_argument, str("Parse resource permission failed for ",
                                               of_groups ? "group:" : "topic:", each)};
    }
    const std::string_view name = protocol::trimmed(parts[0]);
    const PlainNeed of = of_groups ? PlainNeed{true, name, 0} : plain_need(name, 0);
    (of.is_group ? account.groups : account.topics)[std::string(of.name)] = perm_of(parts[1]);
  }
  return {};
}

Result<PlainAccounts::Account> PlainAccounts::make(const protocol::PlainAccessConfig& config) {
  Account account;
  auto white = AddressPattern::parse(config.white_remote_address.value_or(""));
  if (!white) return Error{white.error().code, str("whiteRemoteAddress: ", white.error().message)};
  account.white = *std::move(white);
  account.signer = std::make_unique<protocol::Signer>(config.secret_key.value_or(""));
  account.is_admin = config.admin;
  account.default_topic_perm = perm_of(config.default_topic_perm.value_or(""));
  account.default_group_perm = perm_of(config.default_group_perm.value_or(""));
  if (config.topic_perms) {
    if (auto good = add_perms(*config.topic_perms, false, account); !good) return good.error();
  }
  if (config.group_perms) {
    if (auto good = add_perms(*config.group_perms, true, account); !good) return good.error();
  }
  return account;
}

Result<void> PlainAccounts::add(const PlainAclFile& file, const std::string& path,
                                std::vector<std::string>& repeated) {
  for (const std::string& address : file.global_white_addresses) {
    auto pattern = AddressPattern::parse(address);
    if (!pattern) {
      return Error{pattern.error().code,
                   str("globalWhiteRemoteAddresses: ", pattern.error().message)};
    }
    white_.push_back(*std::move(pattern));
  }
  for (const protocol::PlainAccessConfig& config : file.accounts) {
    const auto in_account = [&config](const Error& error) {
      return Error{error.code, str("accounts: accessKey ", config.access_key.value_or("(none)"),
                                   ": ", error.message)};
    };
    if (!config.access_key || config.access_key->size() < key_length_min) {
      return in_account({Errc::invalid_argument, "accessKey is not longer than 6 characters"});
    }
    if (!config.secret_key || config.secret_key->size() < key_length_min) {
      return in_account({Errc::invalid_argument, "secretKey is not longer than 6 characters"});
    }
    auto account = make(config);
    if (!account) return in_account(account.error());
    account->file = path;
    const auto [at, is_new] = accounts_.try_emplace(*config.access_key, *std::move(account));
    if (!is_new) repeated.push_back(*config.access_key);
  }
  return {};
}

const std::string* PlainAccounts::file_of(std::string_view access_key) const {
  const auto found = accounts_.find(access_key);
  return found == accounts_.end() ? nullptr : &found->second.file;
}

Result<void> PlainAccounts::check(const net::RequestContext& context) {
  const protocol::Command& command = context.command;
  const std::string_view ip = ip_of_peer(context.peer());
  const auto is_from = [ip](const AddressPattern& pattern) { return pattern.matches(ip); };
  if (std::ranges::any_of(white_, is_from)) return {};

  if (protocol::find_field(command.fields, "AccessKey") == nullptr) {
    return denied("No accessKey is configured");
  }
  const std::string_view access_key = field(command, "AccessKey");
  const auto found = accounts_.find(access_key);
  if (found == accounts_.end()) return denied(str("No acl config for ", access_key));
  Account& account = found->second;
  if (is_from(account.white)) return {};
  if (auto good = check_signature(command, access_key, account); !good) return good;
  return check_rights(command, access_key, account);
}

// A field that 4.x adds after it has signed is left out, whatever the version. Java:
// PlainAccessValidator.parse, MixAll.UNIQUE_MSG_QUERY_FLAG.
Result<void> PlainAccounts::check_signature(const protocol::Command& command,
                                            std::string_view access_key, Account& account) {
  fields_.clear();
  for (const protocol::Field& each : command.fields) {
    if (each.name != "_UNIQUE_KEY_QUERY") fields_.push_back({each.name, each.value});
  }
  if (account.signer->verify(fields_, command.body, field(command, "Signature"))) return {};
  return denied(str("Check signature failed for accessKey=", access_key));
}

Result<void> PlainAccounts::check_rights(const protocol::Command& command,
                                         std::string_view access_key, const Account& account) {
  kept_.clear();
  const auto needs = plain_needs(command, kept_);
  if (!needs) return denied(needs.error().message);
  const auto is_trace = [](const PlainNeed& need) {
    return !need.is_group && need.name == trace_topic && need.perm == plain_perm::pub;
  };
  if (std::ranges::any_of(*needs, is_trace)) return {};
  if (needs_plain_admin(command.code) && !account.is_admin) {
    return denied(str("Need admin permission for request code=", command.code,
                      ", but accessKey=", access_key, " is not"));
  }
  // With topics or groups of its own an administrator has no more than they say.
  if (account.is_admin && account.topics.empty() && account.groups.empty()) return {};
  for (const PlainNeed& need : *needs) {
    if (!may(account, need)) return denied(str("No default permission for ", to_string(need)));
  }
  return {};
}

bool PlainAccounts::may(const Account& account, const PlainNeed& need) {
  const auto& table = need.is_group ? account.groups : account.topics;
  const auto own = table.find(need.name);
  if (own != table.end()) return allows(own->second, need.perm);
  return allows(need.is_group ? account.default_group_perm : account.default_topic_perm, need.perm);
}

}  // namespace rocketmq::broker
