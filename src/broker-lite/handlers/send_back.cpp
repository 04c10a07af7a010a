#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/send_answers.h"
#include "broker-lite/state/names.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

// A consumer gives back a message it could not consume. Java:
// SendMessageProcessor.consumerSendMsgBack.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::ConsumerSendMsgBack;
using protocol::RecordView;
using protocol::SubscriptionGroupConfig;
namespace property = protocol::property;

// Java: MQVersion.V3_4_9_SNAPSHOT. Since then a consumer says how often it wants a message retried.
constexpr std::int32_t version_with_max_reconsume_times = 121;

bool is_dead(const ConsumerSendMsgBack& request, const SubscriptionGroupConfig& group,
             std::int32_t reconsume_times, std::int32_t client_version) {
  std::int32_t times_max = group.retry_max_times;
  if (client_version >= version_with_max_reconsume_times) {
    times_max = request.max_reconsume_times.value_or(times_max);
  }
  return reconsume_times >= times_max || request.delay_level < 0;
}

// What a message keeps and gains on its way back. Of an earlier wait nothing is left.
std::string properties_of_retry(const RecordView& message, std::int32_t delay_level) {
  std::string properties(message.properties);
  for (const std::string_view old :
       {property::delay_time_level, property::real_topic, property::real_queue_id,
        property::timer_delay_sec, property::timer_delay_ms, property::timer_deliver_ms}) {
    protocol::erase_property(properties, old);
  }
  protocol::append_property(properties, property::delay_time_level, std::to_string(delay_level));
  if (!protocol::find_property(properties, property::retry_topic)) {
    protocol::append_property(properties, property::retry_topic, message.topic);
  }
  if (!protocol::find_property(properties, property::origin_message_id)) {
    protocol::append_property(
        properties, property::origin_message_id,
        to_string(protocol::OffsetMessageId{message.store_host, message.physical_offset}));
  }
  protocol::erase_property(properties, property::wait_store_msg_ok);
  protocol::append_property(properties, property::wait_store_msg_ok, "false");
  return properties;
}

class SendBackHandler {
 public:
  SendBackHandler(Core& core, SendAnswers& answers)
      : core_(core), answers_(answers), random_(static_cast<std::uint32_t>(core.loop.wall_ms())) {}

  void receive(RequestContext& context) {
    ConsumerSendMsgBack request;
    Result<bool> stored = false;
    if (auto decoded = protocol::decode_header(context.command.fields, request); !decoded) {
      stored = std::move(decoded).error();
    } else {
      stored = send_back(request, context.version());
    }
    if (!stored) return context.responder.fail(stored.error());
    if (!*stored) return context.responder.reply(protocol::NoFields{});
    answers_.park_plain(std::move(context.responder));
  }

 private:
  // True: put into the store; false: nothing to do.
  Result<bool> send_back(const ConsumerSendMsgBack& request, std::int32_t client_version);
  // How many queues consumers read, 1 at least.
  Result<std::int32_t> create_topic(const std::string& name, std::int32_t queue_nums);

  Core& core_;
  SendAnswers& answers_;
  std::minstd_rand random_;
};

Result<bool> SendBackHandler::send_back(const ConsumerSendMsgBack& request,
                                        std::int32_t client_version) {
  const auto found = core_.groups.find_or_create(request.group, core_.loop.wall_ms());
  if (found.is_new) core_.groups_changed();
  if (found.group == nullptr) {
    return Error{ResponseCode::subscription_group_not_exist,
                 str("subscription group not exist, ", request.group)};
  }
  const SubscriptionGroupConfig& group = *found.group;
  if ((core_.options.broker_permission & perm_write) == 0) {
    return Error{ResponseCode::no_permission,
                 str("the broker[", core_.address, "] sending message is forbidden")};
  }
  if (group.retry_queue_nums <= 0) return false;

  const auto stored = core_.store.record_at(request.offset);
  if (!stored) {
    return Error{ResponseCode::system_error,
                 str("look message by offset failed, ", request.offset)};
  }
  RecordView message = stored->record;
  const bool dead = is_dead(request, group, message.reconsume_times, client_version);
  const std::string topic = dead ? dlq_topic(request.group) : retry_topic(request.group);
  const std::int32_t wanted_queues =
      dead ? 1 : std::min(group.retry_queue_nums, core_.topics.options().queue_nums_max);
  const auto topic_queues = create_topic(topic, wanted_queues);
  if (!topic_queues) return topic_queues.error();
  // A topic that was there may have fewer queues than the group now wants, and who reads it knows
  // only those.
  const std::int32_t queue_nums = std::min(wanted_queues, *topic_queues);

  // Java: the third level is the first that is tried again.
  const std::int32_t level = dead                       ? 0
                             : request.delay_level == 0 ? 3 + message.reconsume_times
                                                        : request.delay_level;
  std::string properties = properties_of_retry(message, level);
  const auto queue_id =
      static_cast<std::int32_t>(random_() % static_cast<std::uint32_t>(queue_nums));
  const auto place = core_.detours.of(Wishes{.delay_level = level}, {topic, queue_id}, properties,
                                      core_.loop.wall_ms());
  if (!place) return place.error();
  message.properties = properties;
  message.topic = place->topic;
  message.queue_id = place->queue_id;
  message.store_host = core_.store_host;
  ++message.reconsume_times;
  message.prepared_transaction_offset = 0;
  if (auto placed = core_.store.put(message, core_.loop.wall_ms()); !placed) {
    return std::move(placed).error();
  }
  const auto moved = protocol::find_property(properties, protocol::property::retry_topic);
  const std::string_view origin = moved.value_or(stored->record.topic);
  core_.traffic.sent_back(request.group, origin, core_.loop.now());
  if (dead) core_.message_metrics.to_dead_letters(origin, request.group);
  return true;
}

Result<std::int32_t> SendBackHandler::create_topic(const std::string& name,
                                                   std::int32_t queue_nums) {
  protocol::TopicConfig config;
  config.topic_name = name;
  config.read_queue_nums = config.write_queue_nums = queue_nums;
  config.perm = perm_read | perm_write;
  const auto created = core_.topics.find_or_create(config, core_.loop.wall_ms());
  if (created.is_new) core_.topic_changed(name);
  if (created.topic == nullptr) {
    return Error{ResponseCode::system_error, str("topic[", name, "] not exist")};
  }
  if (!is_writable(*created.topic)) {
    return Error{ResponseCode::no_permission,
                 str("the topic[", name, "] sending message is forbidden")};
  }
  return std::max(1, created.topic->read_queue_nums);
}

}  // namespace

void add_send_back_handlers(net::Router& router, Core& core, SendAnswers& answers) {
  const auto handler = std::make_shared<SendBackHandler>(core, answers);
  router.on_raw(static_cast<std::int32_t>(ConsumerSendMsgBack::code),
                [handler](RequestContext& context) { handler->receive(context); });
}

}  // namespace rocketmq::broker
