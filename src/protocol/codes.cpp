#include <rocketmq/request_code.h>

namespace rocketmq {

std::string_view to_string(RequestCode code) {
  switch (code) {
#define ROCKETMQ_CASE(number, enumerator, name) \
  case RequestCode::enumerator:                 \
    return #name;
    ROCKETMQ_REQUEST_CODES(ROCKETMQ_CASE)
#undef ROCKETMQ_CASE
  }
  return {};
}

std::string_view to_string(ResponseCode code) noexcept {
  switch (code) {
    case ResponseCode::success:
      return "success";
    case ResponseCode::system_error:
      return "system_error";
    case ResponseCode::system_busy:
      return "system_busy";
    case ResponseCode::request_code_not_supported:
      return "request_code_not_supported";
    case ResponseCode::transaction_failed:
      return "transaction_failed";
    case ResponseCode::flush_disk_timeout:
      return "flush_disk_timeout";
    case ResponseCode::slave_not_available:
      return "slave_not_available";
    case ResponseCode::flush_slave_timeout:
      return "flush_slave_timeout";
    case ResponseCode::message_illegal:
      return "message_illegal";
    case ResponseCode::service_not_available:
      return "service_not_available";
    case ResponseCode::version_not_supported:
      return "version_not_supported";
    case ResponseCode::no_permission:
      return "no_permission";
    case ResponseCode::topic_not_exist:
      return "topic_not_exist";
    case ResponseCode::topic_exist_already:
      return "topic_exist_already";
    case ResponseCode::pull_not_found:
      return "pull_not_found";
    case ResponseCode::pull_retry_immediately:
      return "pull_retry_immediately";
    case ResponseCode::pull_offset_moved:
      return "pull_offset_moved";
    case ResponseCode::query_not_found:
      return "query_not_found";
    case ResponseCode::subscription_parse_failed:
      return "subscription_parse_failed";
    case ResponseCode::subscription_not_exist:
      return "subscription_not_exist";
    case ResponseCode::subscription_not_latest:
      return "subscription_not_latest";
    case ResponseCode::subscription_group_not_exist:
      return "subscription_group_not_exist";
    case ResponseCode::filter_data_not_exist:
      return "filter_data_not_exist";
    case ResponseCode::filter_data_not_latest:
      return "filter_data_not_latest";
    case ResponseCode::invalid_parameter:
      return "invalid_parameter";
    case ResponseCode::transaction_should_commit:
      return "transaction_should_commit";
    case ResponseCode::transaction_should_rollback:
      return "transaction_should_rollback";
    case ResponseCode::transaction_state_unknow:
      return "transaction_state_unknow";
    case ResponseCode::transaction_state_group_wrong:
      return "transaction_state_group_wrong";
    case ResponseCode::no_buyer_id:
      return "no_buyer_id";
    case ResponseCode::not_in_current_unit:
      return "not_in_current_unit";
    case ResponseCode::consumer_not_online:
      return "consumer_not_online";
    case ResponseCode::consume_msg_timeout:
      return "consume_msg_timeout";
    case ResponseCode::no_message:
      return "no_message";
    case ResponseCode::polling_full:
      return "polling_full";
    case ResponseCode::polling_timeout:
      return "polling_timeout";
    case ResponseCode::broker_not_exist:
      return "broker_not_exist";
    case ResponseCode::broker_dispatch_not_complete:
      return "broker_dispatch_not_complete";
    case ResponseCode::broadcast_consumption:
      return "broadcast_consumption";
    case ResponseCode::flow_control:
      return "flow_control";
    case ResponseCode::not_leader_for_queue:
      return "not_leader_for_queue";
    case ResponseCode::illegal_operation:
      return "illegal_operation";
    case ResponseCode::go_away:
      return "go_away";
    case ResponseCode::lmq_quota_exceeded:
      return "lmq_quota_exceeded";
    case ResponseCode::lite_subscription_quota_exceeded:
      return "lite_subscription_quota_exceeded";
    case ResponseCode::user_not_exist:
      return "user_not_exist";
    case ResponseCode::policy_not_exist:
      return "policy_not_exist";
  }
  return {};
}

}  // namespace rocketmq
