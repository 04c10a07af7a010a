#include "broker-lite/handlers/pull.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/state/tag_filter.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using protocol::LitePullMessage;
using protocol::PullMessage;
using protocol::PullMessageResponse;

// Whatever a client asks for, nobody waits longer; stock's clients ask for 15 to 30 s.
constexpr std::int64_t hold_ms_max = 10 * 60 * 1000;

// Java: ForbiddenType.
constexpr std::int32_t forbidden_by_broker = 1;
constexpr std::int32_t forbidden_by_group = 2;
constexpr std::int32_t forbidden_by_topic = 3;
constexpr std::int32_t forbidden_broadcast = 4;
constexpr std::int32_t forbidden_subscription = 5;

bool has(const PullMessage& request, std::int32_t flag) { return (request.sys_flag & flag) != 0; }

constexpr std::int32_t number(ResponseCode code) { return static_cast<std::int32_t>(code); }

// Java: PullMessageProcessor.composeResponseHeader.
std::int32_t answer_code(GetStatus status, std::int64_t requested_offset) {
  switch (status) {
    case GetStatus::found:
      return 0;
    case GetStatus::no_matched_message:
    case GetStatus::message_was_removing:
      return number(ResponseCode::pull_retry_immediately);
    case GetStatus::no_matched_logic_queue:
    case GetStatus::no_message_in_queue:
      return number(requested_offset != 0 ? ResponseCode::pull_offset_moved
                                          : ResponseCode::pull_not_found);
    case GetStatus::offset_found_null:
    case GetStatus::offset_overflow_one:
      return number(ResponseCode::pull_not_found);
    case GetStatus::offset_overflow_badly:
    case GetStatus::offset_too_small:
    case GetStatus::offset_reset:
      return number(ResponseCode::pull_offset_moved);
  }
  return number(ResponseCode::system_error);
}

}  // namespace

PullHandler::PullHandler(Core& core)
    : core_(core), waiting_(static_cast<std::size_t>(core.options.waiting_pulls_max)) {}

void PullHandler::receive(net::RequestContext& context) {
  PullMessage request;
  if (auto decoded = protocol::decode_header(context.command.fields, request); !decoded) {
    return context.responder.fail(decoded.error());
  }
  if (context.command.code == static_cast<std::int32_t>(LitePullMessage::code) &&
      !core_.options.lite_pull_message_enable) {
    return context.responder.fail(
        {ResponseCode::no_permission,
         str("the broker[", core_.address, "] for lite pull consumer is forbidden")});
  }
  serve(request, std::move(context.responder), Pass::first, context.peer());
}

void PullHandler::serve(const PullMessage& request, net::Responder responder, Pass pass,
                        std::string_view peer) {
  Reading reading;
  if (const auto refusal = check(request, peer, reading)) {
    if (refusal->forbidden_type == 0) return responder.fail(refusal->error);
    PullMessageResponse header;
    header.forbidden_type = refusal->forbidden_type;
    return responder.reply(
        header, {},
        {.code = refusal->error.code.value(), .remark = refusal->error.message, .extra = {}});
  }
  if (!take_reset(request)) {
    look_up(request, reading);
    note(request, pass);
  }
  const std::int32_t code = answer_code(found_.status, request.queue_offset);
  if (pass == Pass::first && code == number(ResponseCode::pull_not_found) &&
      has(request, protocol::pull_flag::suspend)) {
    hold(request, std::move(responder), std::move(reading.filter));
  } else {
    reply(reading, code, responder);
  }
  found_.owners.clear();  // keeps no file mapped for longer than this
}

std::optional<PullHandler::Refusal> PullHandler::check(const PullMessage& request,
                                                       std::string_view peer, Reading& reading) {
  const std::string_view group = request.consumer_group;
  const std::string_view topic = request.topic;
  const auto no_permission = [](std::int32_t type, std::string remark) {
    return Refusal{{ResponseCode::no_permission, std::move(remark)}, type};
  };
  if ((core_.options.broker_permission & perm_read) == 0) {
    return no_permission(forbidden_by_broker,
                         str("the broker[", core_.address, "] pulling message is forbidden"));
  }
  const auto found = core_.groups.find_or_create(group, core_.loop.wall_ms());
  if (found.is_new) core_.groups_changed();
  reading.group = found.group;
  if (reading.group == nullptr) {
    return Refusal{{ResponseCode::subscription_group_not_exist,
                    str("subscription group [", group, "] does not exist")}};
  }
  if (!reading.group->consume_enable) {
    return no_permission(forbidden_by_group, str("subscription group no permission, ", group));
  }
  reading.topic = core_.topics.find(topic);
  if (reading.topic == nullptr) {
    return Refusal{
        {ResponseCode::topic_not_exist, str("topic[", topic, "] not exist, apply first please!")}};
  }
  if (!is_readable(*reading.topic)) {
    return no_permission(forbidden_by_topic,
                         str("the topic[", topic, "] pulling message is forbidden"));
  }
  if (request.queue_id < 0 || request.queue_id >= reading.topic->read_queue_nums) {
    return Refusal{{ResponseCode::invalid_parameter,
                    str("queueId[", request.queue_id, "] is illegal, topic:[", topic,
                        "] topicConfig.readQueueNums:[", reading.topic->read_queue_nums,
                        "] consumer:[", peer, "]")}};
  }
  return check_subscription(request, reading);
}

// What the consumer wants: from the request itself, or from its group's last heartbeat.
std::optional<PullHandler::Refusal> PullHandler::check_subscription(const PullMessage& request,
                                                                    Reading& reading) {
  if (has(request, protocol::pull_flag::subscription)) return use_own_filter(request, reading);
  const std::string_view group = request.consumer_group;
  const ConsumerGroup* consumers = core_.clients.find_consumers(group);
  if (consumers == nullptr) {
    return Refusal{{ResponseCode::subscription_not_exist, "the consumer's group info not exist"}};
  }
  if (consumers->message_model == protocol::MessageModel::broadcasting &&
      !reading.group->consume_broadcast_enable) {
    return Refusal{{ResponseCode::no_permission,
                    str("the consumer group[", group, "] can not consume by broadcast way")},
                   forbidden_broadcast};
  }
  if (!core_.groups.is_readable(group, request.topic)) {
    return Refusal{
        {ResponseCode::no_permission,
         str("the consumer group[", group, "] is forbidden for topic[", request.topic, "]")},
        forbidden_subscription};
  }
  const protocol::SubscriptionData* subscription =
      core_.clients.find_subscription(group, request.topic);
  if (subscription == nullptr) {
    return Refusal{{ResponseCode::subscription_not_exist, "the consumer's subscription not exist"}};
  }
  if (subscription->sub_version < request.sub_version) {
    return Refusal{
        {ResponseCode::subscription_not_latest, "the consumer's subscription not latest"}};
  }
  return use_filter_of(*subscription, reading);
}

std::optional<PullHandler::Refusal> PullHandler::use_own_filter(const PullMessage& request,
                                                                Reading& reading) {
  auto filter = compile_filter(core_, request.subscription.value_or(""),
                               request.expression_type.value_or(""));
  if (!filter) return Refusal{std::move(filter).error()};
  reading.filter = *std::move(filter);
  return std::nullopt;
}

std::optional<PullHandler::Refusal> PullHandler::use_filter_of(
    const protocol::SubscriptionData& subscription, Reading& reading) {
  if (is_tag_type(subscription.expression_type)) {
    reading.filter.tags_codes = tags_codes_of(subscription);
    return std::nullopt;
  }
  if (auto offered = check_filter_type(core_, subscription.expression_type); !offered) {
    return Refusal{std::move(offered).error()};
  }
  auto sql = core_.sql_filters.compile(subscription.sub_string);
  if (!sql) {
    return Refusal{{ResponseCode::filter_data_not_exist,
                    str("The broker's consumer filter data is not exist!Your expression may be "
                        "wrong! ",
                        sql.error().message)}};
  }
  reading.filter.sql = *std::move(sql);
  return std::nullopt;
}

// The consumer is sent where a tool wants it, and forgets what it was about to commit.
bool PullHandler::take_reset(const PullMessage& request) {
  const auto reset =
      core_.offsets.take_reset(request.consumer_group, request.topic, request.queue_id);
  if (!reset) return false;
  found_.clear();
  found_.status = GetStatus::offset_reset;
  found_.next_begin_offset = *reset;
  found_.min_offset = core_.store.min_offset(request.topic, request.queue_id);
  found_.max_offset = core_.store.max_offset(request.topic, request.queue_id);
  return true;
}

void PullHandler::look_up(const PullMessage& request, const Reading& reading) {
  GetRequest wanted;
  wanted.topic = request.topic;
  wanted.queue_id = request.queue_id;
  wanted.offset = request.queue_offset;
  wanted.messages_max =
      std::clamp(request.max_msg_nums, 1, std::max(1, core_.options.pull_batch_max_message_count));
  if (request.max_msg_bytes && *request.max_msg_bytes > 0) {
    wanted.bytes_max = std::min(wanted.bytes_max, *request.max_msg_bytes);
  }
  wanted.tags_codes = reading.filter.tags_codes;
  wanted.sql = reading.filter.sql.get();
  const auto began = core_.loop.now();
  core_.store.get(wanted, found_);
  core_.store_times.got(core_.loop.now() - began);
}

// Only the first pass commits an offset: a held request may be answered after its consumer
// committed more.
void PullHandler::note(const PullMessage& request, Pass pass) {
  const std::string_view group = request.consumer_group;
  const std::string_view topic = request.topic;
  if (pass == Pass::first && has(request, protocol::pull_flag::commit_offset) &&
      request.commit_offset >= 0) {
    core_.offsets.commit(group, topic, request.queue_id, request.commit_offset,
                         core_.loop.wall_ms());
  }
  core_.offsets.pulled(group, topic, request.queue_id, found_.next_begin_offset);
  core_.message_metrics.out(topic, group, Delivery::pull,
                            static_cast<std::int64_t>(found_.records.size()),
                            static_cast<std::int64_t>(found_.bytes));
  core_.traffic.got(group, topic, static_cast<std::int64_t>(found_.records.size()),
                    static_cast<std::int64_t>(found_.bytes), core_.loop.now(),
                    core_.loop.wall_ms());
}

void PullHandler::hold(const PullMessage& request, net::Responder responder, MessageFilter filter) {
  if (waiting_.is_full()) {
    return responder.fail({ResponseCode::system_busy, "too many pulls wait for messages"});
  }
  const std::int64_t hold_ms = core_.options.long_polling_enable
                                   ? request.suspend_timeout_millis
                                   : core_.options.short_polling_time_ms;
  const auto deadline = core_.loop.now() + std::chrono::milliseconds(
                                               std::clamp(hold_ms, std::int64_t{0}, hold_ms_max));
  responder.note_held();
  waiting_.add({protocol::Kept(request), std::move(responder), std::move(filter), deadline});
  arm_expiry();
}

void PullHandler::reply(const Reading& reading, std::int32_t code,
                        net::Responder& responder) const {
  PullMessageResponse header;
  header.suggest_which_broker_id = 0;  // there are no slaves
  header.next_begin_offset = found_.next_begin_offset;
  header.min_offset = found_.min_offset;
  header.max_offset = found_.max_offset;
  header.topic_sys_flag = reading.topic->topic_sys_flag;
  header.group_sys_flag = reading.group->group_sys_flag;
  const auto write_records = [this, code](protocol::Buffer& out) {
    if (code != 0) return;
    out.room(found_.bytes);
    for (const std::string_view record : found_.records) out.append(record);
  };
  responder.reply(header, write_records,
                  {.code = code, .remark = to_string(found_.status), .extra = {}});
}

void PullHandler::arrived(const Arrival& arrival) {
  const bool is_armed = !woken_.empty();
  waiting_.take_wanting(arrival, woken_);
  if (is_armed || woken_.empty()) return;
  core_.loop.defer([this] { serve_again(woken_); });
}

void PullHandler::release_all() {
  waiting_.take_all(woken_);
  serve_again(woken_);
}

// Answering one cannot make another wait, so `pulls` does not grow meanwhile; it keeps its memory.
void PullHandler::serve_again(std::vector<WaitingPull>& pulls) {
  serving_.swap(pulls);
  for (WaitingPull& pull : serving_) {
    const net::Channel* channel = pull.responder.channel().get();
    if (channel == nullptr) continue;
    serve(*pull.request, std::move(pull.responder), Pass::again, channel->peer());
  }
  serving_.clear();
}

void PullHandler::arm_expiry() {
  const net::TimePoint next = waiting_.next_deadline();
  if (next >= expiry_at_) return;
  expiry_at_ = next;
  expiry_timer_ = core_.loop.after(next - core_.loop.now(), [this] {
    expiry_at_ = net::TimePoint::max();
    waiting_.take_expired(core_.loop.now(), woken_);
    serve_again(woken_);
    arm_expiry();
  });
}

void add_pull_handlers(net::Router& router, PullHandler& pulls) {
  for (const auto code : {PullMessage::code, LitePullMessage::code}) {
    router.on_raw(static_cast<std::int32_t>(code),
                  [&pulls](net::RequestContext& context) { pulls.receive(context); });
  }
}

}  // namespace rocketmq::broker
