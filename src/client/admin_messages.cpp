#include <algorithm>
#include <set>
#include <variant>

#include "client/admin_calls.h"
#include "client/message_view.h"
#include "protocol/message_codec.h"
#include "protocol/message_id.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/message.h"
#include "protocol/requests/pull.h"
#include "protocol/requests/topic_group_admin.h"

namespace rocketmq {
namespace {

using client::AdminCalls;
using client::MasterBroker;

constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;    // of one message, decompressed
constexpr std::string_view tools_group = "TOOLS_CONSUMER";  // Java: MixAll.TOOLS_CONSUMER_GROUP

// The messages of an answer, each of a queue of its own.
template <class Response>
Result<std::vector<MessageView>> messages_of(const net::Answer<Response>& answer,
                                             const std::string& broker_name) {
  std::vector<MessageView> messages;
  protocol::RecordReader reader(answer.body);
  while (const auto record = reader.next()) {
    auto source = std::make_shared<client::PullSource>();
    source->bytes = answer.bytes;
    source->queue = {std::string(record->topic), broker_name, record->queue_id};
    auto decoded = client::decode_messages(record->bytes, std::move(source), body_bytes_max);
    if (decoded.error.code) return std::move(decoded.error);
    std::ranges::move(decoded.messages, std::back_inserter(messages));
  }
  if (!reader.ok()) return reader.error();
  return messages;
}

net::Task<Result<std::vector<MessageView>>> query(AdminCalls& calls, MessageQuery query) {
  if (query.key.empty()) co_return Error{Errc::invalid_argument, "there is no key to look for"};
  const auto masters = co_await calls.masters_of_topic(query.topic);
  if (!masters) co_return masters.error();
  protocol::QueryMessage request{.topic = query.topic,
                                 .key = query.key,
                                 .max_num = query.max,
                                 .begin_timestamp = query.from.time_since_epoch().count(),
                                 .end_timestamp = query.until.time_since_epoch().count()};
  // Absent where it is not needed: 4.x brokers leave it out of what a signature is checked against.
  if (query.by_message_id) request.unique_key_query = true;
  std::vector<MessageView> found;
  for (const MasterBroker& master : *masters) {
    const auto answer = co_await calls.ask(master.address, request);
    if (!answer && answer.error().code == ResponseCode::query_not_found) continue;
    if (!answer) co_return answer.error();
    auto messages = messages_of(*answer, master.name);
    if (!messages) co_return std::move(messages).error();
    // A broker compares hashes.
    for (MessageView& message : *messages) {
      const auto keys = message.keys();
      const bool is_wanted = query.by_message_id ? message.message_id() == query.key
                                                 : std::ranges::find(keys, query.key) != keys.end();
      if (is_wanted && message.topic() == query.topic) found.push_back(std::move(message));
    }
  }
  std::ranges::sort(found, {}, &MessageView::store_time);
  if (found.size() > static_cast<std::size_t>(std::max(query.max, 0))) {
    found.erase(found.begin() + query.max, found.end());
  }
  co_return found;
}

// The broker that an offset message id names, if it is one of the cluster's: a UNIQ_KEY may look
// the same, and then names any address.
net::Task<std::optional<MasterBroker>> broker_of(AdminCalls& calls, protocol::OffsetMessageId id) {
  const auto info = co_await calls.cluster_info();
  if (!info) co_return std::nullopt;
  const std::string address = protocol::to_string(id.store_host);
  for (const auto& [name, broker] : info->broker_addr_table) {
    for (const auto& [broker_id, each] : broker.broker_addrs) {
      if (each == address) co_return MasterBroker{name, address};
    }
  }
  co_return std::nullopt;
}

net::Task<Result<MessageView>> message(AdminCalls& calls, std::string topic, std::string id) {
  if (const auto place = protocol::parse_offset_message_id(id)) {
    if (const auto broker = co_await broker_of(calls, *place)) {
      const auto answer = co_await calls.ask(
          broker->address,
          protocol::ViewMessageById{.topic = topic, .offset = place->physical_offset});
      if (answer) {
        auto messages = messages_of(*answer, broker->name);
        if (!messages) co_return std::move(messages).error();
        if (!messages->empty()) co_return messages->front();
      }
    }
  }
  // With a name: g++ 12 destroys it twice where it is written out behind co_await.
  MessageQuery by_id{.topic = topic, .key = id, .by_message_id = true};
  auto found = co_await query(calls, std::move(by_id));
  if (!found) co_return std::move(found).error();
  if (!found->empty()) co_return found->front();
  co_return Error{ResponseCode::query_not_found, str("there is no message ", id, " in ", topic)};
}

net::Task<Result<std::vector<MessageView>>> read(AdminCalls& calls, MessageQueue queue,
                                                 std::int64_t offset, int max) {
  const auto address = co_await calls.address_of(queue.broker_name);
  if (!address) co_return address.error();
  protocol::PullMessage request;
  request.consumer_group = tools_group;
  request.topic = queue.topic;
  request.queue_id = queue.queue_id;
  request.queue_offset = offset;
  request.max_msg_nums = max;
  request.sys_flag = protocol::pull_flag::subscription;
  request.subscription = "*";
  const auto answer = co_await calls.ask(*address, request);
  if (!answer) co_return answer.error();
  auto source = std::make_shared<client::PullSource>();
  source->bytes = answer->bytes;
  source->queue = queue;
  source->offset_delta = answer->header.offset_delta.value_or(0);
  auto decoded = client::decode_messages(answer->code == 0 ? answer->body : std::string_view(),
                                         std::move(source), body_bytes_max);
  if (decoded.error.code) co_return std::move(decoded.error);
  co_return std::move(decoded.messages);
}

// Java: DefaultMQAdminExtImpl.messageTrackDetail.
net::Task<MessageTrack> track_of(AdminCalls& calls, MessageView message, std::string group,
                                 std::string address) {
  MessageTrack track{.group = group, .state = "UNKNOWN", .problem = ""};
  const auto connection = co_await calls.ask_body(
      address, protocol::GetConsumerConnectionList{.consumer_group = group});
  if (!connection) {
    if (connection.error().code == ResponseCode::consumer_not_online) track.state = "NOT_ONLINE";
    track.problem = to_string(connection.error());
    co_return track;
  }
  if (connection->message_model == protocol::MessageModel::broadcasting) {
    track.state = "CONSUME_BROADCASTING";
    co_return track;
  }
  if (connection->consume_type == protocol::ConsumeType::consume_actively) {
    track.state = "PULL";
    co_return track;
  }
  const std::string topic(message.topic());
  const auto stats = co_await calls.ask_body(
      address, protocol::GetConsumeStats{.consumer_group = group, .topic = topic});
  if (!stats) {
    track.problem = to_string(stats.error());
    co_return track;
  }
  track.state = "NOT_CONSUME_YET";
  for (const auto& [queue, offsets] : stats->offset_table) {
    if (queue.queue_id != message.queue().queue_id) continue;
    if (offsets.consumer_offset > message.queue_offset()) track.state = "CONSUMED";
  }
  const auto subscription = connection->subscription_table.find(topic);
  if (track.state == "CONSUMED" && subscription != connection->subscription_table.end()) {
    const auto& tags = subscription->second.tags_set;
    const bool wants_all = tags.empty() || subscription->second.sub_string == "*";
    if (!wants_all && std::ranges::find(tags, message.tag()) == tags.end()) {
      track.state = "CONSUMED_BUT_FILTERED";
    }
  }
  co_return track;
}

net::Task<Result<std::vector<MessageTrack>>> track(AdminCalls& calls, MessageView message) {
  const auto address = co_await calls.address_of(message.queue().broker_name);
  if (!address) co_return address.error();
  const std::string topic(message.topic());
  const auto groups =
      co_await calls.ask_body(*address, protocol::QueryTopicConsumeByWho{.topic = topic});
  if (!groups) co_return groups.error();
  std::vector<MessageTrack> tracks;
  for (const std::string& group : groups->group_list) {
    tracks.push_back(co_await track_of(calls, message, group, *address));
  }
  co_return tracks;
}

net::Task<Result<DirectConsumption>> consume_directly(AdminCalls& calls, std::string group,
                                                      std::string client_id, MessageView message) {
  const auto address = co_await calls.address_of(message.queue().broker_name);
  if (!address) co_return address.error();
  const auto said = co_await calls.ask_body(
      *address, protocol::ConsumeMessageDirectly{.consumer_group = group,
                                                 .client_id = client_id,
                                                 .msg_id = message.offset_message_id(),
                                                 .broker_name = message.queue().broker_name,
                                                 .topic = message.topic()});
  if (!said) co_return said.error();
  co_return DirectConsumption{
      .result = said->consume_result ? std::string(protocol::name_of(*said->consume_result)) : "",
      .remark = said->remark.value_or(""),
      .spent = std::chrono::milliseconds(said->spent_time_millis),
      .ordered = said->order,
      .auto_commit = said->auto_commit};
}

net::Task<Result<void>> resume_half_message(AdminCalls& calls, MessageView message) {
  const auto address = co_await calls.address_of(message.queue().broker_name);
  if (!address) co_return address.error();
  const auto done = co_await calls.ask(
      *address, protocol::ResumeCheckHalfMessage{.topic = message.topic(),
                                                 .msg_id = message.offset_message_id()});
  if (!done) co_return done.error();
  co_return Result<void>();
}

}  // namespace

Result<MessageView> Admin::message(const std::string& topic, const std::string& message_id) {
  return impl_->run<MessageView>(
      [&](AdminCalls& calls) { return rocketmq::message(calls, topic, message_id); });
}

Result<std::vector<MessageView>> Admin::query(const MessageQuery& query) {
  return impl_->run<std::vector<MessageView>>(
      [&](AdminCalls& calls) { return rocketmq::query(calls, query); });
}

Result<std::vector<MessageView>> Admin::read(const MessageQueue& queue, std::int64_t offset,
                                             int max) {
  return impl_->run<std::vector<MessageView>>(
      [&](AdminCalls& calls) { return rocketmq::read(calls, queue, offset, max); });
}

Result<std::vector<MessageTrack>> Admin::track(const MessageView& message) {
  return impl_->run<std::vector<MessageTrack>>(
      [&](AdminCalls& calls) { return rocketmq::track(calls, message); });
}

Result<DirectConsumption> Admin::consume_directly(const std::string& group,
                                                  const std::string& client_id,
                                                  const MessageView& message) {
  return impl_->run<DirectConsumption>([&](AdminCalls& calls) {
    return rocketmq::consume_directly(calls, group, client_id, message);
  });
}

Result<void> Admin::resume_half_message(const MessageView& message) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::resume_half_message(calls, message); });
}

}  // namespace rocketmq
