#pragma once

#include <optional>
#include <string>

#include "actor.h"

// What tools do. Names of topics are as on the wire.
class ActorAdmin {
 public:
  explicit ActorAdmin(rocketmq::Client& client) : client_(client) {}

  nlohmann::json create_topic(const Words& what);  // topic=
  // One line a record: type, group, topic, keys, success, retries; separated by |.
  nlohmann::json trace(const Words& what);  // id=

  nlohmann::json create_user(const Words& what);  // name= password= [type=]
  nlohmann::json update_user(const Words& what);  // name= [password=] [type=] [status=]
  nlohmann::json delete_user(const Words& what);  // name=
  nlohmann::json users(const Words& what);        // a line each: name, type, status

  // One rule a command. actions= and ips= are separated by commas.
  nlohmann::json create_acl(const Words& what);  // subject= resource= actions= decision= [ips=]
  nlohmann::json update_acl(const Words& what);  // the same
  nlohmann::json delete_acl(const Words& what);  // subject= [resource=]
  nlohmann::json acls(const Words& what);  // [subject=] [resource=]; a line each rule: subject,
                                           // kind, resource, actions, ips, decision

 private:
  rocketmq::Admin& admin();

  rocketmq::Client& client_;
  std::optional<rocketmq::Admin> admin_;
};
