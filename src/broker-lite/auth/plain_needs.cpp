#include "broker-lite/auth/plain_needs.h"

#include <rocketmq/request_code.h>

#include <algorithm>
#include <array>

#include "broker-lite/state/names.h"
#include "protocol/access/needs.h"
#include "protocol/bodies/client_data.h"
#include "protocol/json_body.h"
#include "protocol/requests/plain_acl.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

namespace action = protocol::action;
using protocol::Command;
using protocol::Need;
using protocol::ResourceType;

class Needs {
 public:
  explicit Needs(const Command& command) : command_(command) {}

  void topic(std::string_view field, std::uint8_t perm) { topic_named(value(field), perm); }
  void topic_named(std::string_view name, std::uint8_t perm) {
    if (!name.empty()) list_.push_back(plain_need(name, perm));
  }
  void group(std::string_view field) { group_named(value(field)); }
  void group_named(std::string_view name) {
    if (!name.empty()) list_.push_back({true, name, plain_perm::sub});
  }
  // A message for a retry topic comes from who reads it.
  void send(std::string_view topic_field, std::string_view group_field) {
    if (is_retry_topic(value(topic_field))) return group(group_field);
    topic(topic_field, plain_perm::pub);
  }
  void pull() {
    topic("topic", plain_perm::sub);
    group("consumerGroup");
  }
  std::vector<PlainNeed> take() { return std::move(list_); }

 private:
  std::string_view value(std::string_view field) const {
    const std::string_view* const found = protocol::find_field(command_.fields, field);
    return found == nullptr ? std::string_view() : *found;
  }

  const Command& command_;
  std::vector<PlainNeed> list_;
};

Result<void> add_heartbeat(const Command& command, std::deque<std::string>& kept, Needs& needs) {
  const auto data = protocol::from_json<protocol::HeartbeatData>(command.body, "heartbeat");
  if (!data) return data.error();
  for (const protocol::ConsumerData& consumer : data->consumer_data_set) {
    needs.group_named(kept.emplace_back(consumer.group_name));
    for (const protocol::SubscriptionData& subscription : consumer.subscription_data_set) {
      needs.topic_named(kept.emplace_back(subscription.topic), plain_perm::sub);
    }
  }
  return {};
}

// Of requests that 4.x does not know: as with policies.
void add_newer(const Command& command, std::deque<std::string>& kept, Needs& needs) {
  for (const Need& need : needs_of(command, "", kept)) {
    if (need.type == ResourceType::group && (need.actions & action::sub) != 0) {
      needs.group_named(need.name);
    } else if (need.type == ResourceType::topic && (need.actions & action::sub) != 0) {
      needs.topic_named(need.name, plain_perm::sub);
    } else if (need.type == ResourceType::topic && (need.actions & action::pub) != 0) {
      needs.topic_named(need.name, plain_perm::pub);
    }
  }
}

}  // namespace

std::string to_string(const PlainNeed& need) {
  return str(need.is_group ? "group:" : "topic:", need.name);
}

PlainNeed plain_need(std::string_view topic, std::uint8_t perm) {
  if (!is_retry_topic(topic)) return {false, topic, perm};
  return {true, topic.substr(retry_prefix.size()), perm};
}

// Java: PlainAccessValidator.parse. It lets batches (320) pass unseen; here they are messages.
Result<std::vector<PlainNeed>> plain_needs(const Command& command, std::deque<std::string>& kept) {
  Needs needs(command);
  switch (static_cast<RequestCode>(command.code)) {
    case RequestCode::send_message:
      needs.send("topic", "group");
      break;
    case RequestCode::send_message_v2:
    case RequestCode::send_batch_message:
      needs.send("b", "a");
      break;
    case RequestCode::consumer_send_msg_back:
      needs.group("group");
      break;
    case RequestCode::pull_message:
    case RequestCode::lite_pull_message:
      needs.pull();
      break;
    case RequestCode::query_message:
      needs.topic("topic", plain_perm::sub);
      break;
    case RequestCode::heart_beat:
      if (auto added = add_heartbeat(command, kept, needs); !added) return added.error();
      break;
    case RequestCode::unregister_client:
    case RequestCode::get_consumer_list_by_group:
      needs.group("consumerGroup");
      break;
    case RequestCode::update_consumer_offset:
      needs.group("consumerGroup");
      needs.topic("topic", plain_perm::sub);
      break;
    case RequestCode::pop_message:
    case RequestCode::peek_message:
    case RequestCode::ack_message:
    case RequestCode::batch_ack_message:
    case RequestCode::change_message_invisibletime:
    case RequestCode::notification:
    case RequestCode::polling_info:
    case RequestCode::recall_message:
      add_newer(command, kept, needs);
      break;
    default:
      break;
  }
  return needs.take();
}

// Java: Permission.ADMIN_CODE, which leaves out who changes and reads these files: there, every
// account can make itself an administrator.
bool needs_plain_admin(std::int32_t code) {
  constexpr std::array codes{
      RequestCode::update_and_create_topic,  RequestCode::update_broker_config,
      RequestCode::delete_topic_in_broker,   RequestCode::update_and_create_subscriptiongroup,
      RequestCode::delete_subscriptiongroup, protocol::UpdateAndCreateAclConfig::code,
      protocol::DeleteAclConfig::code,       protocol::UpdateGlobalWhiteAddrsConfig::code,
      protocol::GetAclConfig::code};
  return std::ranges::find(codes, static_cast<RequestCode>(code)) != codes.end();
}

}  // namespace rocketmq::broker
