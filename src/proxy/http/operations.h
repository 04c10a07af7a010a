#pragma once

#include <rocketmq/result.h>

#include "proxy/http/message_json.h"
#include "proxy/http/parameters.h"
#include "proxy/http/parts.h"

namespace rocketmq::gateway {

// What carries an operation out.
Operate& operate(Operation operation);

// produce.cpp
Operate operate_send;
Operate operate_send_transaction;
Operate operate_request;
Operate operate_commit;
Operate operate_rollback;
Operate operate_recall;
// consume.cpp, leases.cpp, stream.cpp
Operate operate_receive;
Operate operate_take;
Operate operate_ack;
Operate operate_nack;
Operate operate_extend;
Operate operate_dead_letter;
Operate operate_stream;
// socket_session.cpp
Operate operate_socket;
// browse.cpp
Operate operate_find_messages;
Operate operate_message;
Operate operate_queue_messages;
Operate operate_trace;
// cluster_admin.cpp, topic_admin.cpp, group_admin.cpp
Operate operate_cluster;
Operate operate_topics;
Operate operate_topic;
Operate operate_put_topic;
Operate operate_delete_topic;
Operate operate_topic_route;
Operate operate_topic_stats;
Operate operate_topic_groups;
Operate operate_groups;
Operate operate_group;
Operate operate_put_group;
Operate operate_delete_group;
Operate operate_group_clients;
Operate operate_group_lag;
Operate operate_reset_offsets;
// user_admin.cpp, acl_admin.cpp
Operate operate_users;
Operate operate_user;
Operate operate_put_user;
Operate operate_delete_user;
Operate operate_acls;
Operate operate_acl;
Operate operate_put_acl;
Operate operate_delete_acl;
// pages.cpp
Operate operate_openapi;
Operate operate_health;
Operate operate_readiness;
Operate operate_metrics;

// ?body=
Result<BodyForm> body_form(const Parameters& parameters);

}  // namespace rocketmq::gateway
