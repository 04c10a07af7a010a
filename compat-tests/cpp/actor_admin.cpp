#include "actor_admin.h"

#include <sstream>
#include <utility>
#include <vector>

namespace rmq = rocketmq;
using nlohmann::json;

namespace {

std::vector<std::string> split(const std::string& list) {
  std::istringstream from(list);
  std::vector<std::string> items;
  for (std::string item; std::getline(from, item, ',');) items.push_back(item);
  return items;
}

std::string joined(const std::vector<std::string>& items, char between = ',') {
  std::string all;
  for (const auto& item : items)
    all += (&item == items.data() ? "" : std::string(1, between)) + item;
  return all;
}

rmq::User user_of(const Words& what) {
  return {.username = what.text("name"),
          .password = what.text("password", ""),
          .type = what.text("type", ""),
          .status = what.text("status", "")};
}

rmq::Acl acl_of(const Words& what) {
  return {.subject = what.text("subject"),
          .policy_type = "Custom",
          .rules = {{.resource = what.text("resource"),
                     .actions = split(what.text("actions")),
                     .source_ips = split(what.text("ips", "")),
                     .decision = what.text("decision")}}};
}

json done(rmq::Result<void> result) {
  result.value();
  return json::object();
}

}  // namespace

rmq::Admin& ActorAdmin::admin() {
  if (!admin_) admin_ = client_.create_admin().value();
  return *admin_;
}

json ActorAdmin::create_topic(const Words& what) {
  return done(admin().create_topic({.name = what.text("topic")}));
}

json ActorAdmin::trace(const Words& what) {
  json records = json::array();
  for (const auto& each : admin().trace(what.text("id")).value()) {
    records.push_back(joined({each.type, each.group, each.topic, each.keys,
                              each.success ? "true" : "false", std::to_string(each.retry_times)},
                             '|'));
  }
  return {{"records", records}};
}

json ActorAdmin::create_user(const Words& what) { return done(admin().create_user(user_of(what))); }
json ActorAdmin::update_user(const Words& what) { return done(admin().update_user(user_of(what))); }
json ActorAdmin::delete_user(const Words& what) {
  return done(admin().delete_user(what.text("name")));
}

json ActorAdmin::users(const Words&) {
  json lines = json::array();
  for (const auto& user : admin().users().value()) {
    lines.push_back(joined({user.username, user.type, user.status}, '|'));
  }
  return {{"users", lines}};
}

json ActorAdmin::create_acl(const Words& what) { return done(admin().create_acl(acl_of(what))); }
json ActorAdmin::update_acl(const Words& what) { return done(admin().update_acl(acl_of(what))); }
json ActorAdmin::delete_acl(const Words& what) {
  return done(admin().delete_acl(what.text("subject"), what.text("resource", "")));
}

json ActorAdmin::acls(const Words& what) {
  json lines = json::array();
  for (const auto& acl :
       admin().acls(what.text("subject", ""), what.text("resource", "")).value()) {
    for (const auto& rule : acl.rules) {
      lines.push_back(joined({acl.subject, acl.policy_type, rule.resource, joined(rule.actions),
                              joined(rule.source_ips), rule.decision},
                             '|'));
    }
  }
  return {{"acls", lines}};
}
