#include "proxy/remoting/user_rules.h"

#include <set>
#include <utility>
#include <vector>

#include "protocol/access/needs.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "proxy/remoting/forward.h"

namespace rocketmq::proxy {
namespace {

using protocol::Need;
using protocol::ResourceType;

// There may be several clusters behind a proxy: a rule is for all of them.
constexpr std::string_view any_cluster = "*";

std::vector<std::string> words_of(std::string_view line, char separator) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::string_view word = protocol::take_until(line, separator);
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

protocol::AclInfo acl_of(const std::vector<std::string>& words) {
  protocol::PolicyEntryInfo entry;
  entry.resource = words[1];
  entry.actions = words_of(words[2], ',');
  entry.decision = words.size() > 3 ? words[3] : "Allow";
  if (words.size() > 4) entry.source_ips = words_of(words[4], ',');
  protocol::PolicyInfo policy;
  policy.entries = {entry};
  protocol::AclInfo info;
  info.policies = {policy};
  return info;
}

// What name servers are asked needs no broker's rights. Where topics are everybody may know whom
// the proxy knows: routes tell its own address only.
std::vector<Need> needs_of_request(const protocol::Command& request,
                                   std::deque<std::string>& kept) {
  const Rule rule = rule_of(request.code);
  if (rule.way == Way::route) return {};
  if (rule.way != Way::name_server) return protocol::needs_of(request, any_cluster, kept);
  const auto action =
      rule.access == Access::read ? protocol::action::get : protocol::action::update;
  return {Need{ResourceType::cluster, any_cluster, action}};
}

}  // namespace

Result<UserRules> UserRules::read(std::string_view text) {
  UserRules rules;
  std::set<std::pair<std::string, std::string>> known;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = protocol::take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto wrong = [number](std::string_view what) {
      return Error{Errc::invalid_argument, str("line ", number, ": ", what)};
    };
    const std::vector<std::string> words = words_of(line, ' ');
    if (words.size() < 3 || words.size() > 5) {
      return wrong("it is not USER RESOURCE ACTIONS [Allow|Deny [IPS]]");
    }
    if (!known.emplace(words[0], words[1]).second) {
      return wrong(str(words[0], " has a rule for ", words[1], " already: write one for both"));
    }
    if (auto put = rules.policies_.put(str("User:", words[0]), acl_of(words)); !put) {
      return wrong(put.error().message);
    }
  }
  if (known.empty()) {
    return Error{Errc::invalid_argument, "there is no line USER RESOURCE ACTIONS"};
  }
  return rules;
}

Result<void> UserRules::check(std::string_view user, std::string_view ip,
                              const protocol::Command& request) {
  kept_.clear();
  for (const Need& need : needs_of_request(request, kept_)) {
    const auto may = policies_.check(user, ip, need);
    if (may) continue;
    return Error{may.error().code,
                 str(may.error().message, " In the proxy's rulesFile this is missing: ", user, ' ',
                     to_string(need), ' ', actions_text(need))};
  }
  return {};
}

}  // namespace rocketmq::proxy
