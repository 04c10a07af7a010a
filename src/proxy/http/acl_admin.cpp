// What users of the cluster may do: for each a list of rules, one for each resource.

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "protocol/str.h"
#include "proxy/http/auth_admin.h"
#include "proxy/http/operations.h"
#include "proxy/http/paging.h"

namespace rocketmq::gateway {
namespace {

constexpr std::string_view user_prefix = "User:";
constexpr std::string_view custom = "Custom";  // the other kind, Default, is the broker's own
constexpr std::size_t rules_max = 1000;
constexpr std::size_t words_max = 100;  // actions, and addresses, of a rule
constexpr std::array<std::string_view, 9> actions{"All",    "Any",    "Pub", "Sub", "Create",
                                                  "Update", "Delete", "Get", "List"};
constexpr std::array<std::string_view, 4> resource_types{
    "Topic:", "Group:", "Cluster:", "Namespace:"};

// By subject: a list for each kind of policy that it has.
using Acls = std::map<std::string, std::vector<Acl>>;

Json json_of(const AclRule& rule, const std::string& policy) {
  return {{"resource", rule.resource},
          {"actions", rule.actions},
          {"sourceIps", rule.source_ips},
          {"decision", rule.decision},
          {"policy", policy}};
}

Json json_of(const std::string& subject, const std::vector<Acl>& acls) {
  Json rules = Json::array();
  for (const Acl& acl : acls) {
    for (const AclRule& rule : acl.rules) rules.push_back(json_of(rule, acl.policy_type));
  }
  return {{"subject", subject}, {"rules", std::move(rules)}};
}

Result<void> check_request(const Request& request) {
  const auto parameters = Parameters::parse(request.head().query, {});
  if (!parameters) return parameters.error();
  const std::string& subject = request.part("subject");
  if (subject.starts_with(user_prefix) && subject.size() > user_prefix.size()) return {};
  return Error{Slug::bad_request, "a subject is written User:NAME"};
}

Error missing(const std::string& subject) {
  return {Slug::not_found, str("there are no rules for ", subject)};
}

// ---- what is to be put

Result<std::vector<std::string>> words_in(const Members& members, std::string_view name) {
  std::vector<std::string> words;
  const Json* const given = members.find(name);
  if (given == nullptr) return words;
  const auto is_text = [](const Json& each) { return each.is_string(); };
  const bool is_list = given->is_array() && std::ranges::all_of(*given, is_text);
  if (!is_list || given->size() > words_max) {
    return members.invalid_member(name, str("is not a list of up to ", words_max, " texts"));
  }
  for (const Json& word : *given) words.push_back(word.get<std::string>());
  return words;
}

bool is_resource(std::string_view text) {
  return text == "*" || std::ranges::any_of(resource_types, [text](std::string_view type) {
           return text.starts_with(type) && text.size() > type.size();
         });
}

Result<AclRule> rule_in(const Json& json, const std::string& pointer) {
  const auto members =
      Members::of(json, pointer, {"resource", "actions", "sourceIps", "decision", "policy"});
  if (!members) return members.error();
  auto resource = members->required("resource");
  if (!resource) return std::move(resource).error();
  if (!is_resource(*resource)) {
    return members->invalid_member(
        "resource",
        "is none of * and Topic:, Group:, Cluster: or Namespace: with a name behind it");
  }
  auto allowed = words_in(*members, "actions");
  if (!allowed) return std::move(allowed).error();
  const auto is_known = [](const std::string& action) {
    return std::ranges::find(actions, action) != actions.end();
  };
  if (allowed->empty() || !std::ranges::all_of(*allowed, is_known)) {
    return members->invalid_member(
        "actions", "has to be some of All, Any, Pub, Sub, Create, Update, Delete, Get and List");
  }
  auto addresses = words_in(*members, "sourceIps");
  if (!addresses) return std::move(addresses).error();
  auto decision = members->required("decision");
  if (!decision) return std::move(decision).error();
  if (*decision != "Allow" && *decision != "Deny") {
    return members->invalid_member("decision", "is neither Allow nor Deny");
  }
  // So that what was told can be put again.
  if (auto policy = members->text("policy", custom); !policy || *policy != custom) {
    return members->invalid_member("policy", "is not Custom: there are no others to be put");
  }
  return AclRule{.resource = *std::move(resource),
                 .actions = *std::move(allowed),
                 .source_ips = *std::move(addresses),
                 .decision = *std::move(decision)};
}

Result<Acl> acl_in(std::string_view body, const std::string& subject) {
  const auto members = Members::parse(body, {"rules"});
  if (!members) return members.error();
  const Json* const rules = members->find("rules");
  if (rules == nullptr || !rules->is_array() || rules->empty() || rules->size() > rules_max) {
    return members->invalid_member("rules",
                                   str("is not a list of 1 to ", rules_max,
                                       " rules; DELETE is for those who are to have none"));
  }
  Acl acl{.subject = subject, .policy_type = std::string(custom), .rules = {}};
  std::set<std::string> resources;
  for (std::size_t i = 0; i < rules->size(); ++i) {
    auto rule = rule_in((*rules)[i], str("/rules/", i));
    if (!rule) return std::move(rule).error();
    if (!resources.insert(rule->resource).second) {
      return invalid(str("/rules/", i, "/resource"), "has a rule already");
    }
    acl.rules.push_back(*std::move(rule));
  }
  return acl;
}

// ---- at the cluster

Result<Acls> acls_by_subject(Admin& admin, const std::string& filter) {
  auto acls = admin.acls(filter);
  if (!acls) return no_users(std::move(acls).error());
  Acls by_subject;
  for (Acl& acl : *acls) by_subject[acl.subject].push_back(std::move(acl));
  return by_subject;
}

// Empty: there is none.
Result<std::vector<Acl>> find_acls(Admin& admin, const std::string& subject) {
  auto acls = acls_by_subject(admin, subject);
  if (!acls) return std::move(acls).error();
  return std::move((*acls)[subject]);
}

struct Put {
  std::vector<Acl> acls;
  bool is_new = false;
};

// A broker adds rules to those there are. Those that are not wanted any more go after that, so that
// what is allowed before and after is allowed in between, too.
Result<Put> put(Admin& admin, const Acl& wanted) {
  const std::string name = wanted.subject.substr(user_prefix.size());
  const auto user = find_user(admin, name);
  if (!user) return user.error();
  if (!*user) return Error{Slug::not_found, str("there is no user ", name)};
  const auto before = find_acls(admin, wanted.subject);
  if (!before) return before.error();
  auto done = before->empty() ? admin.create_acl(wanted) : admin.update_acl(wanted);
  if (!done) return std::move(done).error();
  for (const Acl& acl : *before) {
    if (acl.policy_type != custom) continue;
    for (const AclRule& rule : acl.rules) {
      const auto same = std::ranges::find(wanted.rules, rule.resource, &AclRule::resource);
      if (same != wanted.rules.end()) continue;
      done = admin.delete_acl(wanted.subject, rule.resource);
      if (!done) return std::move(done).error();
    }
  }
  auto after = find_acls(admin, wanted.subject);
  if (!after) return std::move(after).error();
  return Put{*std::move(after), before->empty()};
}

}  // namespace

net::Task<Reply> operate_acls(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"limit", "cursor"});
  if (!parameters) co_return parameters.error();
  auto asking = parts.admin.run<Acls>([](Admin& admin) { return acls_by_subject(admin, ""); });
  const auto acls = co_await std::move(asking);
  if (!acls) co_return acls.error();
  std::vector<std::string> subjects;
  for (const auto& [subject, of_subject] : *acls) subjects.push_back(subject);
  const auto page = page_of(subjects, *parameters);
  if (!page) co_return page.error();
  Json json = {{"items", Json::array()}};
  for (const std::string& subject : page->names) {
    json["items"].push_back(json_of(subject, acls->at(subject)));
  }
  if (page->next) json["next"] = *page->next;
  co_return json_reply(json);
}

net::Task<Reply> operate_acl(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  const std::string subject = request->part("subject");
  auto asking = parts.admin.run<std::vector<Acl>>(
      [subject](Admin& admin) { return find_acls(admin, subject); });
  const auto acls = co_await std::move(asking);
  if (!acls) co_return acls.error();
  if (acls->empty()) co_return missing(subject);
  co_return json_reply(json_of(subject, *acls));
}

net::Task<Reply> operate_put_acl(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  const auto body = co_await read_body(parts, request);
  if (!body) co_return body.error();
  const std::string subject = request->part("subject");
  auto wanted = acl_in(*body, subject);
  if (!wanted) co_return std::move(wanted).error();
  auto asking =
      parts.admin.run<Put>([acl = *std::move(wanted)](Admin& admin) { return put(admin, acl); });
  const auto done = co_await std::move(asking);
  if (!done) co_return done.error();
  co_return json_reply(json_of(subject, done->acls), done->is_new ? 201 : 200);
}

net::Task<Reply> operate_delete_acl(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  auto asking =
      parts.admin.run<void>([subject = request->part("subject")](Admin& admin) -> Result<void> {
        const auto acls = find_acls(admin, subject);
        if (!acls) return acls.error();
        if (acls->empty()) return missing(subject);
        return admin.delete_acl(subject);
      });
  const auto deleted = co_await std::move(asking);
  if (!deleted) co_return deleted.error();
  co_return empty_reply();
}

}  // namespace rocketmq::gateway
