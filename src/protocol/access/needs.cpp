#include "protocol/access/needs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/bodies/assignment_data.h"
#include "protocol/bodies/batch_ack.h"
#include "protocol/bodies/client_data.h"
#include "protocol/bodies/config_data.h"
#include "protocol/json_body.h"
#include "rocketmq/request_code.h"

namespace rocketmq::protocol {
namespace {

constexpr std::string_view retry_prefix = "%RETRY%";
bool is_retry_topic(std::string_view topic) { return topic.starts_with(retry_prefix); }

// How a request's names are found: the header fields that hold them.
enum class Names {
  none,            // the cluster
  topic_only,      // topic
  group_only,      // consumerGroup, group, groupName
  topic_and_group  // both
};

struct Row {
  RequestCode code;
  Names names = Names::none;
  std::uint32_t topic_actions = 0;
  std::uint32_t group_actions = 0;
};

constexpr std::uint32_t sub_or_get = action::sub | action::get;
constexpr std::uint32_t sub_or_update = action::sub | action::update;

constexpr std::array rows{
    // Consumers.
    Row{RequestCode::pull_message, Names::topic_and_group, action::sub, action::sub},
    Row{RequestCode::lite_pull_message, Names::topic_and_group, action::sub, action::sub},
    Row{RequestCode::pop_message, Names::topic_and_group, action::sub, action::sub},
    Row{RequestCode::peek_message, Names::topic_and_group, action::sub, action::sub},
    Row{RequestCode::ack_message, Names::topic_and_group, action::sub, action::sub},
    Row{RequestCode::change_message_invisibletime, Names::topic_and_group, action::sub,
        action::sub},
    Row{RequestCode::notification, Names::topic_and_group, action::sub, action::sub},
    Row{RequestCode::polling_info, Names::topic_and_group, action::sub, action::sub},
    Row{RequestCode::consumer_send_msg_back, Names::group_only, 0, action::sub},
    Row{RequestCode::get_consumer_list_by_group, Names::group_only, 0, sub_or_get},
    Row{RequestCode::query_consumer_offset, Names::topic_and_group, sub_or_get, sub_or_get},
    Row{RequestCode::update_consumer_offset, Names::topic_and_group, sub_or_update, sub_or_update},
    Row{RequestCode::query_message, Names::topic_only, sub_or_get},
    // Of topics.
    Row{RequestCode::update_and_create_topic, Names::topic_only, action::create},
    Row{RequestCode::delete_topic_in_broker, Names::topic_only, action::remove},
    Row{RequestCode::get_topic_config, Names::topic_only, action::get},
    Row{RequestCode::get_topic_stats_info, Names::topic_only, action::get},
    Row{RequestCode::search_offset_by_timestamp, Names::topic_only, action::get},
    Row{RequestCode::get_max_offset, Names::topic_only, action::get},
    Row{RequestCode::get_min_offset, Names::topic_only, action::get},
    Row{RequestCode::get_earliest_msg_storetime, Names::topic_only, action::get},
    Row{RequestCode::query_topic_consume_by_who, Names::topic_only, action::get},
    Row{RequestCode::query_consume_queue, Names::topic_only, action::get},
    // Of groups.
    Row{RequestCode::delete_subscriptiongroup, Names::group_only, 0, action::remove},
    Row{RequestCode::get_subscriptiongroup_config, Names::group_only, 0, action::get},
    Row{RequestCode::get_consumer_connection_list, Names::group_only, 0, action::get},
    Row{RequestCode::get_consume_stats, Names::group_only, 0, action::get},
    Row{RequestCode::get_consumer_running_info, Names::group_only, 0, action::get},
    Row{RequestCode::query_topics_by_consumer, Names::group_only, 0, action::get},
    Row{RequestCode::query_subscription_by_consumer, Names::group_only, 0, action::get},
    Row{RequestCode::consume_message_directly, Names::topic_and_group, action::sub, action::update},
    Row{RequestCode::invoke_broker_to_reset_offset, Names::topic_and_group, action::update,
        action::update},
    // Of the broker.
    Row{RequestCode::get_broker_config, Names::none, action::get},
    Row{RequestCode::get_broker_runtime_info, Names::none, action::get},
    Row{RequestCode::view_broker_stats_data, Names::none, action::get},
    Row{RequestCode::get_all_producer_info, Names::none, action::get},
    Row{RequestCode::get_producer_connection_list, Names::none, action::get},
    Row{RequestCode::get_broker_consume_stats, Names::none, action::get},
    Row{RequestCode::get_all_consumer_offset, Names::none, action::get},
    Row{RequestCode::get_system_topic_list_from_broker, Names::none, action::get},
    Row{RequestCode::auth_get_user, Names::none, action::get},
    Row{RequestCode::auth_list_user, Names::none, action::get},
    Row{RequestCode::auth_get_acl, Names::none, action::get},
    Row{RequestCode::auth_list_acl, Names::none, action::get},
};

std::string_view field(const Command& command, std::string_view name) {
  const std::string_view* value = find_field(command.fields, name);
  return value == nullptr ? std::string_view() : *value;
}

std::string_view group_field(const Command& command) {
  for (const std::string_view name : {"consumerGroup", "group", "groupName"}) {
    if (const std::string_view value = field(command, name); !value.empty()) return value;
  }
  return {};
}

class Needs {
 public:
  explicit Needs(std::deque<std::string>& kept) : kept_(kept) {}

  // A retry topic is its group's.
  void topic(std::string_view name, std::uint32_t actions) {
    if (is_retry_topic(name)) return;
    list_.push_back({ResourceType::topic, name, actions});
  }
  void group(std::string_view name, std::uint32_t actions) {
    list_.push_back({ResourceType::group, name, actions});
  }
  void cluster(std::string_view name, std::uint32_t actions) {
    list_.push_back({ResourceType::cluster, name, actions});
  }
  // Of names that do not live in the command.
  std::string_view keep(std::string name) { return kept_.emplace_back(std::move(name)); }
  std::vector<Need> take() { return std::move(list_); }

 private:
  std::deque<std::string>& kept_;
  std::vector<Need> list_;
};

// To a retry topic only its group's consumers send.
void send(Needs& needs, std::string_view topic, std::string_view group) {
  if (!is_retry_topic(topic)) return needs.topic(topic, action::pub);
  topic.remove_prefix(retry_prefix.size());
  needs.group(group.empty() ? topic : group, action::sub);
}

void heartbeat(Needs& needs, const HeartbeatData& data) {
  for (const ConsumerData& consumer : data.consumer_data_set) {
    needs.group(needs.keep(consumer.group_name), action::sub);
    for (const SubscriptionData& each : consumer.subscription_data_set) {
      needs.topic(needs.keep(each.topic), action::sub);
    }
  }
}

void locks(Needs& needs, const LockBatchRequestBody& data) {
  needs.group(needs.keep(data.consumer_group), action::sub);
  for (const MessageQueueData& queue : data.mq_set) {
    needs.topic(needs.keep(queue.topic), action::sub);
  }
}

// A body that cannot be read names nothing: its handler says what is wrong with it.
template <class Body, class Add>
bool by_body(const Command& command, Add add) {
  if (const auto body = from_json<Body>(command.body, "body")) add(*body);
  return true;
}

// True: the code is one of those that are not in the table.
bool add_special(Needs& needs, const Command& command) {
  switch (static_cast<RequestCode>(command.code)) {
    case RequestCode::send_message:
    case RequestCode::send_reply_message:
    case RequestCode::recall_message:
    case RequestCode::end_transaction:
      send(needs, field(command, "topic"), field(command, "producerGroup"));
      return true;
    case RequestCode::send_message_v2:
    case RequestCode::send_batch_message:
    case RequestCode::send_reply_message_v2:
      send(needs, field(command, "b"), field(command, "a"));
      return true;
    case RequestCode::view_message_by_id:
      if (const auto topic = field(command, "topic"); !topic.empty()) {
        needs.topic(topic, sub_or_get);
        return true;
      }
      return false;
    case RequestCode::unregister_client:  // a producer says no consumer group
      if (const auto group = field(command, "consumerGroup"); !group.empty()) {
        needs.group(group, action::sub);
      }
      return true;
    case RequestCode::heart_beat:
      return by_body<HeartbeatData>(command, [&](const auto& body) { heartbeat(needs, body); });
    case RequestCode::lock_batch_mq:
    case RequestCode::unlock_batch_mq:
      return by_body<LockBatchRequestBody>(command, [&](const auto& body) { locks(needs, body); });
    case RequestCode::query_assignment:
      return by_body<QueryAssignmentRequestBody>(command, [&](const auto& body) {
        needs.group(needs.keep(body.consumer_group), sub_or_get);
        needs.topic(needs.keep(body.topic), sub_or_get);
      });
    case RequestCode::batch_ack_message:
      return by_body<BatchAckMessageRequestBody>(command, [&](const auto& body) {
        for (const BatchAck& ack : body.acks) {
          needs.group(needs.keep(ack.consumer_group), action::sub);
          needs.topic(needs.keep(ack.topic), action::sub);
        }
      });
    case RequestCode::check_client_config:
      return true;  // it changes nothing, and says nothing of others
    case RequestCode::update_and_create_subscriptiongroup:
      return by_body<SubscriptionGroupConfig>(command, [&](const auto& body) {
        needs.group(needs.keep(body.group_name), action::create | action::update);
      });
    case RequestCode::get_all_topic_config:
      needs.topic("*", action::list);
      return true;
    case RequestCode::get_all_subscriptiongroup_config:
      needs.group("*", action::list);
      return true;
    default:
      return false;
  }
}

}  // namespace

std::vector<Need> needs_of(const Command& command, std::string_view cluster,
                           std::deque<std::string>& kept) {
  Needs needs(kept);
  if (add_special(needs, command)) return needs.take();
  const auto row = std::ranges::find(rows, static_cast<RequestCode>(command.code), &Row::code);
  if (row == rows.end()) {
    needs.cluster(cluster, action::update);
  } else if (row->names == Names::none) {
    needs.cluster(cluster, row->topic_actions);
  } else {
    if (row->names != Names::group_only) needs.topic(field(command, "topic"), row->topic_actions);
    if (row->names != Names::topic_only) needs.group(group_field(command), row->group_actions);
  }
  return needs.take();
}

}  // namespace rocketmq::protocol
