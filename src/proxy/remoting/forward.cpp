#include "proxy/remoting/forward.h"

#include <rocketmq/request_code.h>

#include <algorithm>

#include "protocol/bodies/assignment_data.h"
#include "protocol/bodies/batch_ack.h"
#include "protocol/bodies/client_data.h"
#include "protocol/message_codec.h"
#include "protocol/pop_info.h"
#include "protocol/properties.h"
#include "protocol/recall_handle.h"
#include "protocol/requests/pull.h"
#include "protocol/str.h"

namespace rocketmq::proxy {
namespace {

using protocol::Command;

std::string_view field(const Command& command, std::string_view name) {
  const std::string_view* const value = protocol::find_field(command.fields, name);
  return value == nullptr ? std::string_view() : *value;
}

std::int64_t number_field(const Command& command, std::string_view name) {
  std::int64_t number = 0;
  return protocol::from_text(field(command, name), number) ? number : 0;
}

// SEND_MESSAGE_V2 and what is written like it have names of one letter.
bool has_short_names(RequestCode code) {
  return code == RequestCode::send_message_v2 || code == RequestCode::send_batch_message ||
         code == RequestCode::send_reply_message_v2;
}

RequestCode code_of(const Command& command) { return static_cast<RequestCode>(command.code); }

// At least one: what is no batch is refused by the broker.
std::size_t count_in_batch(std::string_view body) {
  std::size_t count = 0;
  for (protocol::BatchReader reader(body); reader.next();) ++count;
  return std::max<std::size_t>(count, 1);
}

std::string name_in_batch(const Command& command) {
  auto body = protocol::from_json<protocol::BatchAckMessageRequestBody>(command.body, "batch ack");
  return body ? std::move(body->broker_name) : std::string();
}

}  // namespace

Rule rule_of(std::int32_t code) {
  switch (static_cast<RequestCode>(code)) {
    case RequestCode::send_message:
    case RequestCode::send_message_v2:
    case RequestCode::send_batch_message:
    case RequestCode::send_reply_message:
    case RequestCode::send_reply_message_v2:
    case RequestCode::consumer_send_msg_back:
    case RequestCode::end_transaction:
    case RequestCode::recall_message:
    case RequestCode::pull_message:
    case RequestCode::lite_pull_message:
    case RequestCode::pop_message:
    case RequestCode::peek_message:
    case RequestCode::ack_message:
    case RequestCode::batch_ack_message:
    case RequestCode::change_message_invisibletime:
    case RequestCode::notification:
    case RequestCode::polling_info:
    case RequestCode::view_message_by_id:
    case RequestCode::query_consumer_offset:
    case RequestCode::update_consumer_offset:
    case RequestCode::search_offset_by_timestamp:
    case RequestCode::get_max_offset:
    case RequestCode::get_min_offset:
    case RequestCode::get_earliest_msg_storetime:
      return {Way::broker, Access::client};
    case RequestCode::query_message:
      return {Way::topic_brokers, Access::client};
    case RequestCode::check_client_config:
    case RequestCode::query_assignment:
      return {Way::topic_broker, Access::client};
    case RequestCode::get_consumer_list_by_group:
    case RequestCode::get_consumer_connection_list:
      return {Way::group_broker, Access::client};
    case RequestCode::heart_beat:
      return {Way::heartbeat, Access::client};
    case RequestCode::unregister_client:
      return {Way::unregister, Access::client};
    case RequestCode::lock_batch_mq:
    case RequestCode::unlock_batch_mq:
      return {Way::locks, Access::client};
    case RequestCode::get_routeinfo_by_topic:
      return {Way::route, Access::client};

    case RequestCode::get_kv_config:
    case RequestCode::get_broker_cluster_info:
    case RequestCode::get_all_topic_list_from_nameserver:
    case RequestCode::get_kvlist_by_namespace:
    case RequestCode::get_topics_by_cluster:
    case RequestCode::get_system_topic_list_from_ns:
    case RequestCode::get_unit_topic_list:
    case RequestCode::get_has_unit_sub_topic_list:
    case RequestCode::get_has_unit_sub_ununit_topic_list:
    case RequestCode::get_broker_member_group:
      return {Way::name_server, Access::read};
    case RequestCode::put_kv_config:
    case RequestCode::delete_kv_config:
    case RequestCode::wipe_write_perm_of_broker:
    case RequestCode::add_write_perm_of_broker:
    case RequestCode::delete_topic_in_namesrv:
    case RequestCode::register_topic_in_namesrv:
    case RequestCode::update_namesrv_config:
    case RequestCode::get_namesrv_config:
      return {Way::name_server, Access::write};
    case RequestCode::register_broker:
    case RequestCode::unregister_broker:
    case RequestCode::query_data_version:
    case RequestCode::broker_heartbeat:
      return {Way::name_server, Access::never};

    case RequestCode::query_broker_offset:
    case RequestCode::get_all_topic_config:
    case RequestCode::get_topic_config_list:
    case RequestCode::get_topic_name_list:
    case RequestCode::get_broker_runtime_info:
    case RequestCode::get_all_consumer_offset:
    case RequestCode::get_all_subscriptiongroup_config:
    case RequestCode::get_topic_stats_info:
    case RequestCode::get_producer_connection_list:
    case RequestCode::who_consume_the_message:
    case RequestCode::invoke_broker_to_get_consumer_status:
    case RequestCode::query_topic_consume_by_who:
    case RequestCode::query_consume_time_span:
    case RequestCode::get_system_topic_list_from_broker:
    case RequestCode::query_correction_offset:
    case RequestCode::view_broker_stats_data:
    case RequestCode::get_broker_consume_stats:
    case RequestCode::query_consume_queue:
    case RequestCode::get_all_producer_info:
    case RequestCode::query_topics_by_consumer:
    case RequestCode::query_subscription_by_consumer:
    case RequestCode::get_topic_config:
    case RequestCode::get_subscriptiongroup_config:
    case RequestCode::get_all_message_request_mode:
    case RequestCode::get_cold_data_flow_ctr_info:
    case RequestCode::get_timer_metrics:
      return {Way::broker, Access::read};
    case RequestCode::get_consume_stats:
    case RequestCode::get_consumer_running_info:
      return {Way::group_broker, Access::read};
    default:
      return {Way::broker, Access::write};
  }
}

Result<void> check_access(std::int32_t code, AdminPolicy policy) {
  const Access access = rule_of(code).access;
  const bool may = access == Access::client ||
                   (access == Access::read && policy != AdminPolicy::deny) ||
                   (access == Access::write && policy == AdminPolicy::all);
  if (may) return {};
  const std::string_view name = to_string(static_cast<RequestCode>(code));
  const std::string what = name.empty() ? str("request code ", code) : std::string(name);
  if (access == Access::never) {
    return Error{ResponseCode::no_permission,
                 str("the proxy takes no ", what, ": brokers speak to name servers themselves")};
  }
  return Error{ResponseCode::no_permission,
               str("the proxy lets no ", what, " through; to change that start it with admin=",
                   access == Access::read ? "read or all" : "all")};
}

std::string broker_name_of(const Command& command) {
  const RequestCode code = code_of(command);
  if (const std::string_view name = field(command, has_short_names(code) ? "n" : "bname");
      !name.empty()) {
    return std::string(name);
  }
  if (code == RequestCode::ack_message || code == RequestCode::change_message_invisibletime) {
    const auto checkpoint = protocol::parse_pop_checkpoint(field(command, "extraInfo"));
    return checkpoint ? std::string(checkpoint->broker_name) : std::string();
  }
  if (code == RequestCode::batch_ack_message) return name_in_batch(command);
  if (code == RequestCode::recall_message) {
    auto handle = protocol::parse_recall_handle(field(command, "recallHandle"));
    return handle ? std::move(handle->broker_name) : std::string();
  }
  return {};
}

std::string_view topic_of(const Command& command) {
  if (has_short_names(code_of(command))) return field(command, "b");
  if (command.code == static_cast<std::int32_t>(RequestCode::consumer_send_msg_back)) {
    return field(command, "originTopic");
  }
  return field(command, "topic");
}

std::size_t message_count(const Command& command) {
  switch (code_of(command)) {
    case RequestCode::send_message:
      return field(command, "batch") == "true" ? count_in_batch(command.body) : 1;
    case RequestCode::send_message_v2:
      return field(command, "m") == "true" ? count_in_batch(command.body) : 1;
    case RequestCode::send_batch_message:
      return count_in_batch(command.body);
    default:
      return 0;
  }
}

std::string_view group_of(const Command& command) {
  if (const std::string_view group = field(command, "consumerGroup"); !group.empty()) return group;
  return field(command, "group");
}

Result<std::string> topic_in_body(const Command& command) {
  if (code_of(command) == RequestCode::query_assignment) {
    auto body =
        protocol::from_json<protocol::QueryAssignmentRequestBody>(command.body, "assignment body");
    if (!body) return std::move(body).error();
    return std::move(body->topic);
  }
  auto body =
      protocol::from_json<protocol::CheckClientRequestBody>(command.body, "client config body");
  if (!body) return std::move(body).error();
  if (!body->subscription_data) return std::string();
  return std::move(body->subscription_data->topic);
}

std::int64_t held_for_ms(const Command& command) {
  switch (code_of(command)) {
    case RequestCode::pull_message:
    case RequestCode::lite_pull_message:
      if ((number_field(command, "sysFlag") & protocol::pull_flag::suspend) == 0) return 0;
      return std::max<std::int64_t>(0, number_field(command, "suspendTimeoutMillis"));
    case RequestCode::pop_message:
    case RequestCode::notification:
      return std::max<std::int64_t>(0, number_field(command, "pollTime"));
    default:
      return 0;
  }
}

bool is_pull(std::int32_t code) {
  return code == static_cast<std::int32_t>(RequestCode::pull_message) ||
         code == static_cast<std::int32_t>(RequestCode::lite_pull_message);
}

bool is_forgotten(std::int32_t code) {
  switch (static_cast<RequestCode>(code)) {
    case RequestCode::pull_message:
    case RequestCode::lite_pull_message:
    case RequestCode::pop_message:
    case RequestCode::notification:
      return false;
    default:
      break;
  }
  const Rule rule = rule_of(code);
  const bool is_of_brokers = rule.way == Way::broker || rule.way == Way::topic_brokers;
  return is_of_brokers && (rule.access == Access::client || rule.access == Access::read);
}

bool makes_brokers_ask(const Command& command) {
  const RequestCode code = code_of(command);
  if (code != RequestCode::send_message && code != RequestCode::send_message_v2) return false;
  const bool is_short = has_short_names(code);
  const std::int64_t flags = number_field(command, is_short ? "f" : "sysFlag");
  using namespace protocol::sys_flag;
  if ((flags & transaction_mask) == transaction_prepared) return true;
  const std::string_view properties = field(command, is_short ? "i" : "properties");
  return protocol::find_property(properties, protocol::property::reply_to_client).has_value();
}

std::string_view transaction_of(const Command& command) { return field(command, "transactionId"); }

}  // namespace rocketmq::proxy
