#include "proxy/http/operations.h"

#include "proxy/http/problem.h"

namespace rocketmq::gateway {

Operate& operate(Operation operation) {
  switch (operation) {
    case Operation::send:
      return operate_send;
    case Operation::send_transaction:
      return operate_send_transaction;
    case Operation::request:
      return operate_request;
    case Operation::commit:
      return operate_commit;
    case Operation::rollback:
      return operate_rollback;
    case Operation::recall:
      return operate_recall;
    case Operation::receive:
      return operate_receive;
    case Operation::ack:
      return operate_ack;
    case Operation::nack:
      return operate_nack;
    case Operation::extend:
      return operate_extend;
    case Operation::dead_letter:
      return operate_dead_letter;
    case Operation::take:
      return operate_take;
    case Operation::stream:
      return operate_stream;
    case Operation::socket:
      return operate_socket;
    case Operation::cluster:
      return operate_cluster;
    case Operation::topics:
      return operate_topics;
    case Operation::topic:
      return operate_topic;
    case Operation::put_topic:
      return operate_put_topic;
    case Operation::delete_topic:
      return operate_delete_topic;
    case Operation::topic_route:
      return operate_topic_route;
    case Operation::topic_stats:
      return operate_topic_stats;
    case Operation::topic_groups:
      return operate_topic_groups;
    case Operation::find_messages:
      return operate_find_messages;
    case Operation::message:
      return operate_message;
    case Operation::queue_messages:
      return operate_queue_messages;
    case Operation::trace:
      return operate_trace;
    case Operation::groups:
      return operate_groups;
    case Operation::group:
      return operate_group;
    case Operation::put_group:
      return operate_put_group;
    case Operation::delete_group:
      return operate_delete_group;
    case Operation::group_clients:
      return operate_group_clients;
    case Operation::group_lag:
      return operate_group_lag;
    case Operation::reset_offsets:
      return operate_reset_offsets;
    case Operation::users:
      return operate_users;
    case Operation::user:
      return operate_user;
    case Operation::put_user:
      return operate_put_user;
    case Operation::delete_user:
      return operate_delete_user;
    case Operation::acls:
      return operate_acls;
    case Operation::acl:
      return operate_acl;
    case Operation::put_acl:
      return operate_put_acl;
    case Operation::delete_acl:
      return operate_delete_acl;
    case Operation::openapi:
      return operate_openapi;
    case Operation::health:
      return operate_health;
    case Operation::readiness:
      return operate_readiness;
    case Operation::metrics:
      return operate_metrics;
  }
  return operate_health;  // there is no other
}

Result<BodyForm> body_form(const Parameters& parameters) {
  const std::string* const given = parameters.text("body");
  const auto form = parse_body_form(given == nullptr ? "auto" : *given);
  if (!form) {
    return Error{Slug::bad_request, "parameter body is none of auto, utf8, base64 and json"};
  }
  return *form;
}

}  // namespace rocketmq::gateway
