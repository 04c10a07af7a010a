#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

// What can be asked of the gateway: method and path, as one table.

namespace rocketmq::gateway {

enum class Operation {
  send,
  send_transaction,
  request,
  commit,
  rollback,
  recall,
  receive,
  ack,
  nack,
  extend,
  dead_letter,
  take,
  stream,
  socket,
  cluster,
  topics,
  topic,
  put_topic,
  delete_topic,
  topic_route,
  topic_stats,
  topic_groups,
  find_messages,
  message,
  queue_messages,
  trace,
  groups,
  group,
  put_group,
  delete_group,
  group_clients,
  group_lag,
  reset_offsets,
  users,
  user,
  put_user,
  delete_user,
  acls,
  acl,
  put_acl,
  delete_acl,
  openapi,
  health,
  readiness,
  metrics,
};

// What whoever asks must be allowed to do.
enum class Right {
  nothing,  // needs no credentials
  use,      // what programs send and receive with
  read,     // also the cluster, topics and groups
  change,   // also to change those
};

struct Route {
  std::string_view method;
  // Parts in braces stand for anything that is not empty, as far as the next '/' or what follows
  // the brace.
  std::string_view pattern;
  Operation operation;
  Right right = Right::use;
};

std::span<const Route> routes();

// What a request is for.
struct Resource {
  const Route* route = nullptr;
  std::map<std::string, std::string, std::less<>> parts;  // by name, decoded

  const std::string& part(std::string_view name) const { return parts.find(name)->second; }
};
struct NoSuchPath {};
struct NoSuchMethod {
  std::string allowed;  // "GET, PUT"
};
struct BadPath {
  std::string why;
};
using Found = std::variant<Resource, NoSuchPath, NoSuchMethod, BadPath>;

// `path` is percent-encoded. HEAD finds what GET does.
Found find_resource(std::string_view method, std::string_view path);

}  // namespace rocketmq::gateway
