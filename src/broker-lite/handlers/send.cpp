#include <unistd.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/send_answers.h"
#include "broker-lite/handlers/send_request.h"
#include "broker-lite/handlers/stored_properties.h"
#include "broker-lite/state/names.h"
#include "protocol/message_codec.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"
#include "protocol/recall_handle.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

// Sending. Java: AbstractSendMessageProcessor, SendMessageProcessor. Checks, their order and their
// remarks are stock's.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::RecordView;
using protocol::SendBatchMessage;
using protocol::SendMessage;
using protocol::SendMessageV2;
using protocol::TopicConfig;

// Java: MQVersion.V3_4_9_SNAPSHOT. Since then a producer says how often it wants a message retried.
constexpr std::int32_t version_with_max_reconsume_times = 121;

Error refused(ResponseCode code, std::string remark) { return Error{code, std::move(remark)}; }

Error not_offered(std::string_view what) {
  return refused(ResponseCode::message_illegal, str("this broker does not offer ", what));
}

// Java: TopicConfig.toString.
std::string describe(const TopicConfig& topic) {
  std::string perm;
  perm += is_readable(topic) ? 'R' : '-';
  perm += is_writable(topic) ? 'W' : '-';
  perm += (topic.perm & perm_inherit) != 0 ? 'X' : '-';
  return str("TopicConfig [topicName=", topic.topic_name, ", readQueueNums=", topic.read_queue_nums,
             ", writeQueueNums=", topic.write_queue_nums, ", perm=", perm,
             ", topicFilterType=", topic.topic_filter_type, ", topicSysFlag=", topic.topic_sys_flag,
             ", order=", topic.order ? "true" : "false", "]");
}

// The host of a peer's address; that of the last is remembered, for requests come many from one.
class LastHost {
 public:
  const protocol::Host& of(const std::string& peer) {
    if (peer == peer_) return host_;
    peer_ = peer;
    host_ = protocol::parse_host(peer).value_or(protocol::Host{});
    return host_;
  }

 private:
  std::string peer_;
  protocol::Host host_;
};

class SendHandler {
 public:
  SendHandler(Core& core, SendAnswers& answers)
      : core_(core),
        answers_(answers),
        broker_properties_(core.options.broker_cluster_name, core.options.region_id),
        unique_keys_(core.store_host, static_cast<std::uint32_t>(::getpid()),
                     static_cast<std::uint32_t>(core.loop.wall_ms())),
        random_(static_cast<std::uint32_t>(core.loop.wall_ms())) {}

  template <class Req>
  void receive(RequestContext& context) {
    Req request{};
    Result<void> sent = protocol::decode_header(context.command.fields, request);
    if (sent) sent = send(as_v2(request), Req::code == SendBatchMessage::code, context);
    if (sent) return;
    core_.traffic.put_failed();
    answers_.refuse(context.responder, sent.error());
  }

 private:
  // Where a message goes.
  struct Target {
    std::string_view topic;
    std::int32_t queue_id = 0;
    std::int32_t sys_flag = 0;
    bool is_dead_letter = false;
  };

  Result<void> send(const SendMessageV2& request, bool is_batch, RequestContext& context);
  Result<Target> find_target(const SendMessageV2& request, const RequestContext& context);
  Result<void> redirect_if_dead(const SendMessageV2& request, const RequestContext& context,
                                Target& target);
  std::int32_t random_queue(const TopicConfig& topic);
  RecordView record(const SendMessageV2& request, const Target& target,
                    const RequestContext& context);
  void count(const Target& target, std::size_t messages, const Placed& placed, std::int64_t now_ms);
  void count_metrics(const Place& place, const Wishes& wishes, std::string_view properties,
                     std::size_t messages, const Placed& placed);
  Result<void> check_transaction(const SendMessageV2& request, const Wishes& wishes) const;
  Result<void> put_one(const SendMessageV2& request, const Target& target, RequestContext& context);
  Result<void> put_batch(const SendMessageV2& request, const Target& target,
                         RequestContext& context);

  Core& core_;
  SendAnswers& answers_;
  LastHost born_host_;
  const BrokerProperties broker_properties_;
  protocol::UniqueKeyGenerator unique_keys_;
  std::minstd_rand random_;
  // Used again for every message, so that none is allocated.
  std::string properties_;
  std::string unique_key_;
  std::string dlq_topic_;
};

Result<void> SendHandler::send(const SendMessageV2& request, bool is_batch,
                               RequestContext& context) {
  auto target = find_target(request, context);
  if (!target) return std::move(target).error();
  if (context.body().empty()) {
    return refused(ResponseCode::message_illegal, "the message is illegal: it has no body");
  }
  if (is_batch || request.batch.value_or(false)) return put_batch(request, *target, context);
  if (auto redirected = redirect_if_dead(request, context, *target); !redirected) return redirected;
  return put_one(request, *target, context);
}

Result<SendHandler::Target> SendHandler::find_target(const SendMessageV2& request,
                                                     const RequestContext& context) {
  const BrokerOptions& options = core_.options;
  if (options.start_accept_send_request_time_stamp > 0 &&
      core_.loop.wall_ms() < options.start_accept_send_request_time_stamp) {
    return refused(ResponseCode::system_error, str("broker unable to service, until ",
                                                   options.start_accept_send_request_time_stamp));
  }
  if ((options.broker_permission & perm_write) == 0) {
    const TopicConfig* topic = core_.topics.find(request.topic);
    if (topic != nullptr && topic->order) {
      return refused(ResponseCode::no_permission,
                     str("the broker[", core_.address, "] sending message is forbidden"));
    }
  }
  const auto topic = find_or_make_topic(core_, request);
  if (!topic) return topic.error();
  const TopicConfig& config = **topic;
  if (request.queue_id >= std::max(config.write_queue_nums, config.read_queue_nums) ||
      (request.queue_id < 0 && config.write_queue_nums < 1)) {
    return refused(ResponseCode::invalid_parameter,
                   str("request queueId[", request.queue_id, "] is illegal, ", describe(config),
                       " Producer: ", context.peer()));
  }
  Target target;
  target.topic = request.topic;
  target.queue_id = request.queue_id < 0 ? random_queue(config) : request.queue_id;
  target.sys_flag = request.sys_flag;
  if (config.topic_filter_type == "MULTI_TAG") target.sys_flag |= protocol::sys_flag::multi_tags;
  return target;
}

// A consumer that could not send a message back sends it to its retry topic itself; one retried too
// often goes to the dead letters. Java: handleRetryAndDLQ.
Result<void> SendHandler::redirect_if_dead(const SendMessageV2& request,
                                           const RequestContext& context, Target& target) {
  if (!is_retry_topic(request.topic)) return {};
  const std::string_view group = request.topic.substr(retry_prefix.size());
  const auto found = core_.groups.find_or_create(group, core_.loop.wall_ms());
  if (found.is_new) core_.groups_changed();
  if (found.group == nullptr) {
    return refused(ResponseCode::subscription_group_not_exist,
                   str("subscription group not exist, ", group));
  }
  std::int32_t times_max = found.group->retry_max_times;
  if (context.version() >= version_with_max_reconsume_times) {
    times_max = request.max_reconsume_times.value_or(times_max);
  }
  if (request.reconsume_times.value_or(0) <= times_max) return {};

  dlq_topic_ = dlq_topic(group);
  TopicConfig config;
  config.topic_name = dlq_topic_;
  config.read_queue_nums = config.write_queue_nums = 1;
  config.perm = perm_read | perm_write;
  const auto created = core_.topics.find_or_create(config, core_.loop.wall_ms());
  if (created.topic == nullptr) {
    return refused(ResponseCode::topic_not_exist, str("topic[", dlq_topic_, "] not exist"));
  }
  if (created.is_new) core_.topic_changed(dlq_topic_);
  target.topic = dlq_topic_;
  target.queue_id = 0;
  target.is_dead_letter = true;
  return {};
}

std::int32_t SendHandler::random_queue(const TopicConfig& topic) {
  return static_cast<std::int32_t>(random_() % static_cast<std::uint32_t>(topic.write_queue_nums));
}

void SendHandler::count(const Target& target, std::size_t messages, const Placed& placed,
                        std::int64_t now_ms) {
  core_.traffic.put(target.topic, static_cast<std::int64_t>(messages), placed.end - placed.position,
                    core_.loop.now(), now_ms);
}

void SendHandler::count_metrics(const Place& place, const Wishes& wishes,
                                std::string_view properties, std::size_t messages,
                                const Placed& placed) {
  if (!core_.message_metrics.is_on()) return;
  const bool is_fifo =
      protocol::find_property(properties, protocol::property::sharding_key).has_value();
  const MessageType type = wishes.is_half   ? MessageType::transaction
                           : is_fifo        ? MessageType::fifo
                           : wishes.waits() ? MessageType::delay
                                            : MessageType::normal;
  core_.message_metrics.in(place.topic, type, static_cast<std::int64_t>(messages),
                           placed.end - placed.position);
}

RecordView SendHandler::record(const SendMessageV2& request, const Target& target,
                               const RequestContext& context) {
  RecordView record;
  record.topic = target.topic;
  record.queue_id = target.queue_id;
  record.sys_flag = target.sys_flag;
  record.flag = request.flag;
  record.born_timestamp = request.born_timestamp;
  record.born_host = born_host_.of(context.peer());
  record.store_host = core_.store_host;
  record.reconsume_times = request.reconsume_times.value_or(0);
  return record;
}

Result<void> SendHandler::check_transaction(const SendMessageV2& request,
                                            const Wishes& wishes) const {
  if (wishes.is_half && core_.options.reject_transaction_message) {
    return refused(ResponseCode::no_permission,
                   str("the broker[", core_.address, "] sending transaction message is forbidden"));
  }
  // Java reads it from TRAN_MSG; a half message without that property would never be delivered.
  const auto kind = request.sys_flag & protocol::sys_flag::transaction_mask;
  const bool is_ordinary = kind == protocol::sys_flag::transaction_none ||
                           kind == protocol::sys_flag::transaction_commit;
  if (is_ordinary || wishes.is_half) return {};
  return refused(ResponseCode::message_illegal,
                 "the message is illegal: a half message without the property TRAN_MSG");
}

Result<void> SendHandler::put_one(const SendMessageV2& request, const Target& target,
                                  RequestContext& context) {
  const std::int64_t now_ms = core_.loop.wall_ms();
  properties_.clear();
  Wishes wishes = rewrite_properties(request.properties.value_or(""),
                                     broker_properties_.text(core_.options.trace_on), properties_);
  if (target.is_dead_letter && wishes.delay_level > 0) {
    protocol::append_property(properties_, protocol::property::delay_time_level, "-1");
    wishes.delay_level = 0;
  }
  if (auto good = check_transaction(request, wishes); !good) return good;
  if (wishes.unique_key.empty()) {
    unique_key_.clear();
    unique_keys_.append_next(unique_key_, now_ms);
    protocol::append_property(properties_, protocol::property::unique_key, unique_key_);
    wishes.unique_key = unique_key_;
  }
  const auto place = core_.detours.of(wishes, {target.topic, target.queue_id}, properties_, now_ms);
  if (!place) return place.error();
  RecordView message = record(request, target, context);
  message.topic = place->topic;
  message.queue_id = place->queue_id;
  if (wishes.is_half) message.sys_flag &= ~protocol::sys_flag::transaction_mask;
  message.body = context.body();
  message.properties = properties_;
  auto placed = core_.store.put(message, now_ms);
  if (!placed) return std::move(placed).error();
  count(target, 1, *placed, now_ms);
  if (target.is_dead_letter)
    core_.message_metrics.to_dead_letters(request.topic, request.producer_group);
  count_metrics(*place, wishes, properties_, 1, *placed);
  std::string recall_handle;
  if (place->deliver_at > 0) {
    recall_handle =
        to_string(protocol::RecallHandle{std::string(target.topic), core_.options.broker_name,
                                         place->deliver_at, std::string(wishes.unique_key)});
  }
  answers_.park(std::move(context.responder), {.queue_id = target.queue_id,
                                               .placed = *placed,
                                               .positions = {},
                                               .unique_key = wishes.unique_key,
                                               .recall_handle = recall_handle,
                                               .waits_for_store = wishes.waits_for_store});
  return {};
}

// Entries keep exactly the properties they came with; those of the request concern the batch.
Result<void> SendHandler::put_batch(const SendMessageV2& request, const Target& target,
                                    RequestContext& context) {
  if (target.topic.size() > protocol::topic_size_max_v1) {
    return refused(ResponseCode::message_illegal,
                   str("message topic length too long ", target.topic.size()));
  }
  if (is_retry_topic(target.topic)) {
    return refused(ResponseCode::message_illegal,
                   str("batch request does not support retry group  ", target.topic));
  }
  const Wishes wishes = read_wishes(request.properties.value_or(""));
  if (auto good = check_transaction(request, wishes); !good) return good;
  bool waits = wishes.waits();
  for (protocol::BatchReader reader(context.body()); const auto entry = reader.next();) {
    waits = waits || read_wishes(entry->properties).waits();
  }
  if (waits) return not_offered("delay or transactions in a batch");
  const std::int64_t now_ms = core_.loop.wall_ms();
  auto placed = core_.store.put_batch(record(request, target, context), context.body(), now_ms);
  if (!placed) return std::move(placed).error();
  count(target, placed->positions.size(), placed->placed, now_ms);
  count_metrics({target.topic, target.queue_id}, wishes, request.properties.value_or(""),
                placed->positions.size(), placed->placed);

  answers_.park(std::move(context.responder), {.queue_id = target.queue_id,
                                               .placed = placed->placed,
                                               .positions = placed->positions,
                                               .unique_key = wishes.unique_key,
                                               .waits_for_store = wishes.waits_for_store});
  return {};
}

}  // namespace

void add_send_handlers(net::Router& router, Core& core, SendAnswers& answers) {
  const auto handler = std::make_shared<SendHandler>(core, answers);
  const auto add = [&]<class Req>(Req) {
    router.on_raw(static_cast<std::int32_t>(Req::code),
                  [handler](RequestContext& context) { handler->receive<Req>(context); });
  };
  add(SendMessage{});
  add(SendMessageV2{});
  add(SendBatchMessage{});
}

}  // namespace rocketmq::broker
