#include "client/testing/scripted_broker.h"

#include <algorithm>

#include "protocol/json_body.h"
#include "protocol/message_codec.h"
#include "protocol/message_id.h"
#include "protocol/str.h"

namespace rocketmq::client::testing {
namespace {

using namespace protocol;

const Host any_host = *parse_host("10.1.1.1:10911");

}  // namespace

ScriptedNameServer::ScriptedNameServer(net::Loop& loop, std::string address)
    : ScriptedServer(loop, std::move(address)) {
  serve<GetRouteInfoByTopic>([this](net::Call<GetRouteInfoByTopic> call) {
    const auto route = routes_.find(std::string(call->topic));
    if (route == routes_.end()) {
      return call.fail({ResponseCode::topic_not_exist,
                        str("No topic route info in name server for the topic: ", call->topic)});
    }
    call.reply({}, to_json(route->second));
  });
  serve<GetAllTopicListFromNameserver>([this](net::Call<GetAllTopicListFromNameserver> call) {
    TopicList list;
    for (const auto& [topic, route] : routes_) list.topic_list.push_back(topic);
    call.reply({}, to_json(list));
  });
  serve<GetBrokerClusterInfo>([this](net::Call<GetBrokerClusterInfo> call) {
    ClusterInfo info;
    for (const auto& [topic, route] : routes_) {
      for (const BrokerData& broker : route.broker_datas) {
        info.broker_addr_table[broker.broker_name] = broker;
        info.cluster_addr_table[broker.cluster].insert(broker.broker_name);
      }
    }
    call.reply({}, to_json(info));
  });
  start();
}

ScriptedBroker::ScriptedBroker(net::Loop& loop, std::string name, std::string address)
    : ScriptedServer(loop, std::move(address)), name_(std::move(name)) {
  serve_messages();
  serve_offsets();
  serve_clients();
  start();
}

ScriptedBroker::Queue& ScriptedBroker::queue(std::string_view topic, std::int32_t queue_id) {
  return queues_[{std::string(topic), queue_id}];
}

std::int64_t ScriptedBroker::store(Stored message) {
  Queue& to = queue(message.topic, message.queue_id);
  message.queue_offset = to.end();
  const RecordView record{.queue_id = message.queue_id,
                          .flag = message.flag,
                          .queue_offset = message.queue_offset,
                          .physical_offset = commit_log_offset_,
                          .sys_flag = message.sys_flag,
                          .born_timestamp = loop_.wall_ms(),
                          .born_host = any_host,
                          .store_timestamp = loop_.wall_ms(),
                          .store_host = any_host,
                          .reconsume_times = message.reconsume_times,
                          .body = message.body,
                          .topic = message.topic,
                          .properties = message.properties};
  std::string bytes(record_size(record), '\0');
  encode_record(record, bytes.data());
  commit_log_offset_ += static_cast<std::int64_t>(bytes.size());
  to.records.push_back(std::move(bytes));
  to.times.push_back(loop_.wall_ms());
  stored_.push_back(std::move(message));
  wake_pulls();
  return to.end() - 1;
}

void ScriptedBroker::serve_messages() {
  serve<SendMessageV2>([this](net::Call<SendMessageV2> call) { take_send(std::move(call)); });
  serve_pulls<PullMessage>();
  serve_pulls<LitePullMessage>();
  serve<ConsumerSendMsgBack>([this](net::Call<ConsumerSendMsgBack> call) {
    given_back_.push_back({.commit_log_offset = call->offset,
                           .group = std::string(call->group),
                           .topic = std::string(call->origin_topic.value_or("")),
                           .delay_level = call->delay_level,
                           .max_reconsume_times = call->max_reconsume_times.value_or(0)});
    call.reply({});
  });
}

void ScriptedBroker::take_send(net::Call<SendMessageV2> call) {
  const std::int64_t position = commit_log_offset_;
  const std::int32_t queue_id = std::max(call->queue_id, 0);
  SendMessageResponse response;
  response.queue_id = queue_id;
  response.queue_offset = store({.topic = std::string(call->topic),
                                 .queue_id = queue_id,
                                 .body = std::string(call.body()),
                                 .properties = std::string(call->properties.value_or("")),
                                 .sys_flag = call->sys_flag,
                                 .flag = call->flag});
  const std::string id = to_string(OffsetMessageId{any_host, position});
  response.msg_id = id;
  if (holds_send_answers_) return held_answers_.push_back(std::move(call).take_responder());
  call.reply(response, std::string_view(), {.code = send_code_});
}

template <class Req>
void ScriptedBroker::serve_pulls() {
  serve<Req>([this](net::Call<Req> call) {
    call.keep();
    const auto held = std::make_shared<net::Call<Req>>(std::move(call));
    receive({&held->request(),
             [held](const PullMessageResponse& response, std::string_view body, ResponseCode code) {
               held->reply(response, body, {.code = static_cast<std::int32_t>(code)});
             }});
  });
}

void ScriptedBroker::receive(Pull pull) {
  const PullMessage& request = *pull.request;
  last_pull_ = {.offset = request.queue_offset,
                .sys_flag = request.sys_flag,
                .count_max = request.max_msg_nums,
                .subscription = std::string(request.subscription.value_or("")),
                .expression_type = std::string(request.expression_type.value_or(""))};
  if ((request.sys_flag & pull_flag::commit_offset) != 0) {
    auto store = [this, group = std::string(request.consumer_group),
                  topic = std::string(request.topic), queue_id = request.queue_id,
                  offset = request.commit_offset] { set_offset(group, topic, queue_id, offset); };
    if (pull_offset_delay_ == pull_offset_delay_.zero()) {
      store();
    } else {
      late_offsets_.push_back(loop_.after(pull_offset_delay_, std::move(store)));
    }
  }
  if (answer_pull(pull)) return;
  const int id = next_waiting_++;
  const auto hold = std::chrono::milliseconds(
      (request.sys_flag & pull_flag::suspend) != 0 ? request.suspend_timeout_millis : 0);
  auto timer = loop_.after(hold, [this, id] {
    const auto waiting = waiting_.find(id);
    const Pull expired = std::move(waiting->second.pull);
    waiting_.erase(waiting);
    const Queue& from = queue(expired.request->topic, expired.request->queue_id);
    expired.answer({.next_begin_offset = expired.request->queue_offset,
                    .min_offset = from.min_offset,
                    .max_offset = from.end()},
                   {}, ResponseCode::pull_not_found);
  });
  waiting_.emplace(id, Waiting{std::move(pull), std::move(timer)});
}

bool ScriptedBroker::answer_pull(const Pull& pull) {
  const PullMessage& request = *pull.request;
  const Queue& from = queue(request.topic, request.queue_id);
  PullMessageResponse response{.next_begin_offset = request.queue_offset,
                               .min_offset = from.min_offset,
                               .max_offset = from.end()};
  if (request.queue_offset < from.min_offset || request.queue_offset > from.end()) {
    response.next_begin_offset =
        request.queue_offset < from.min_offset ? from.min_offset : from.end();
    pull.answer(response, {}, ResponseCode::pull_offset_moved);
    return true;
  }
  if (request.queue_offset == from.end()) return false;
  std::string body;
  while (response.next_begin_offset < from.end() &&
         response.next_begin_offset - request.queue_offset < request.max_msg_nums) {
    body += from.records[static_cast<std::size_t>(response.next_begin_offset++ - from.begin)];
  }
  if (std::exchange(damages_next_pull_, false)) body.pop_back();
  pull.answer(response, body, ResponseCode::success);
  return true;
}

void ScriptedBroker::wake_pulls() {
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    waiting = answer_pull(waiting->second.pull) ? waiting_.erase(waiting) : std::next(waiting);
  }
}

void ScriptedBroker::serve_offsets() {
  serve<QueryConsumerOffset>([this](net::Call<QueryConsumerOffset> call) {
    const auto known =
        offset(std::string(call->consumer_group), std::string(call->topic), call->queue_id);
    if (known) return call.reply({*known});
    call.fail({ResponseCode::query_not_found, "Not found, maybe this group consumer boot first"});
  });
  serve<UpdateConsumerOffset>([this](net::Call<UpdateConsumerOffset> call) {
    set_offset(std::string(call->consumer_group), std::string(call->topic), call->queue_id,
               call->commit_offset);
    call.reply({});
  });
  serve<GetMaxOffset>([this](net::Call<GetMaxOffset> call) {
    call.reply({queue(call->topic, call->queue_id).end()});
  });
  serve<SearchOffsetByTimestamp>([this](net::Call<SearchOffsetByTimestamp> call) {
    const Queue& from = queue(call->topic, call->queue_id);
    const auto first = std::lower_bound(from.times.begin(), from.times.end(), call->timestamp);
    call.reply({from.begin + (first - from.times.begin())});
  });
  serve<GetMinOffset>([this](net::Call<GetMinOffset> call) {
    call.reply({queue(call->topic, call->queue_id).min_offset});
  });
}

std::optional<std::int64_t> ScriptedBroker::offset(const std::string& group,
                                                   const std::string& topic,
                                                   std::int32_t queue_id) const {
  const auto found = offsets_.find({group, {topic, queue_id}});
  if (found == offsets_.end()) return std::nullopt;
  return found->second;
}

void ScriptedBroker::set_offset(const std::string& group, const std::string& topic,
                                std::int32_t queue_id, std::int64_t offset) {
  offsets_[{group, {topic, queue_id}}] = offset;
}

void ScriptedBroker::set_min_offset(const std::string& topic, std::int32_t queue_id,
                                    std::int64_t offset) {
  Queue& changed = queue(topic, queue_id);
  changed.min_offset = offset;
  if (changed.records.empty()) changed.begin = std::max(changed.begin, offset);
}

void ScriptedBroker::serve_clients() {
  serve<HeartBeat>([this](net::Call<HeartBeat> call) {
    take_heartbeat(call.body());
    call.reply({});
  });
  serve<UnregisterClient>([this](net::Call<UnregisterClient> call) {
    if (call->producer_group) producer_groups_.erase(std::string(*call->producer_group));
    if (call->consumer_group) {
      remove_member(std::string(*call->consumer_group), std::string(call->client_id));
    }
    call.reply({});
  });
  serve<GetConsumerListByGroup>([this](net::Call<GetConsumerListByGroup> call) {
    ConsumerIdList list{members(std::string(call->consumer_group))};
    if (list.consumer_id_list.empty()) {
      return call.fail(
          {ResponseCode::system_error, str("no consumer for this group, ", call->consumer_group)});
    }
    call.reply({}, to_json(list));
  });
}

void ScriptedBroker::take_heartbeat(std::string_view body) {
  auto data = from_json<HeartbeatData>(body, "heartbeat");
  if (!data) return;
  for (const ProducerData& producer : data->producer_data_set) {
    producer_groups_.insert(producer.group_name);
  }
  for (const ConsumerData& consumer : data->consumer_data_set) {
    add_member(consumer.group_name, data->client_id);
  }
  last_heartbeat_ = *std::move(data);
}

std::vector<std::string> ScriptedBroker::members(const std::string& group) const {
  const auto found = members_.find(group);
  if (found == members_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void ScriptedBroker::add_member(const std::string& group, const std::string& client_id) {
  if (members_[group].insert(client_id).second) {
    push(NotifyConsumerIdsChanged{.consumer_group = group});
  }
}

void ScriptedBroker::remove_member(const std::string& group, const std::string& client_id) {
  if (members_[group].erase(client_id) != 0)
    push(NotifyConsumerIdsChanged{.consumer_group = group});
}

TopicRouteData route_over(const std::vector<const ScriptedBroker*>& brokers, int queues_each) {
  TopicRouteData route;
  for (const ScriptedBroker* broker : brokers) {
    route.broker_datas.push_back(
        {.broker_addrs = {{0, broker->address()}}, .broker_name = broker->name(), .cluster = "c"});
    route.queue_datas.push_back({.broker_name = broker->name(),
                                 .perm = 6,
                                 .read_queue_nums = queues_each,
                                 .write_queue_nums = queues_each});
  }
  return route;
}

}  // namespace rocketmq::client::testing
