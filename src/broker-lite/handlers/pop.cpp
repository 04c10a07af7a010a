#include "broker-lite/handlers/pop.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "broker-lite/handlers/handlers.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using protocol::Notification;
using protocol::NotificationResponse;
using protocol::PeekMessage;
using protocol::PopMessage;
using protocol::PopMessageResponse;

constexpr std::int32_t messages_max = 32;
// Whatever a client asks for, nobody waits longer.
constexpr std::int64_t hold_ms_max = 10 * 60 * 1000;
// The answer that there is nothing comes so long before the client stops waiting for it.
constexpr std::int64_t answer_margin_ms = 500;
// A request that seems later than this is not: the clocks differ.
constexpr std::int64_t late_ms_max = 10 * 60 * 1000;

constexpr std::int32_t number(ResponseCode code) { return static_cast<std::int32_t>(code); }

// Its client has stopped waiting: what it took would be hidden for nothing. Java:
// PopMessageRequestHeader.isTimeoutTooMuch.
bool is_too_late(const PopMessage& request, std::int64_t now_ms) {
  const std::int64_t late_ms = now_ms - request.born_time - request.poll_time;
  return late_ms > answer_margin_ms && late_ms < late_ms_max;
}

PopMessage as_pop(const Notification& request) {
  PopMessage pop;
  pop.consumer_group = request.consumer_group;
  pop.topic = request.topic;
  pop.queue_id = request.queue_id;
  pop.poll_time = request.poll_time;
  pop.born_time = request.born_time;
  pop.order = request.order;
  pop.attempt_id = request.attempt_id;
  pop.exp_type = request.exp_type;
  pop.exp = request.exp;
  return pop;
}

WaitingPopsLimits limits(const BrokerOptions& options) {
  return {.all_max = static_cast<std::size_t>(options.max_pop_polling_size),
          .each_max = static_cast<std::size_t>(options.pop_polling_size)};
}

}  // namespace

PopHandler::PopHandler(Core& core, PopRecords& records, PopOrders& orders)
    : core_(core),
      reader_(core, records, orders),
      pops_{.pops = WaitingPops(limits(core.options))},
      notifications_{.pops = WaitingPops(limits(core.options))} {}

// ---- requests

void PopHandler::pop(net::RequestContext& context) {
  PopMessage request;
  if (auto decoded = protocol::decode_header(context.command.fields, request); !decoded) {
    return context.responder.fail(decoded.error());
  }
  receive(Kind::pop, request, std::move(context.responder), context.peer());
}

void PopHandler::notification(net::RequestContext& context) {
  Notification request;
  if (auto decoded = protocol::decode_header(context.command.fields, request); !decoded) {
    return context.responder.fail(decoded.error());
  }
  receive(Kind::notification, as_pop(request), std::move(context.responder), context.peer());
}

void PopHandler::peek(net::RequestContext& context) {
  PeekMessage request;
  Reading reading;
  Result<void> result = protocol::decode_header(context.command.fields, request);
  if (result) {
    result = check_source(request.topic, request.consumer_group, request.queue_id, context.peer(),
                          reading);
  }
  if (!result) return context.responder.fail(result.error());
  PopMessage pop;
  pop.consumer_group = request.consumer_group;
  pop.topic = request.topic;
  pop.queue_id = request.queue_id;
  pop.max_msg_nums = std::clamp(request.max_msg_nums, 1, messages_max);
  reader_.peek(pop, *reading.topic, read_);
  reply(context.responder);
}

std::size_t PopHandler::waiting(const protocol::PollingInfo& request) const {
  return pops_.pops.size_for(request.topic, request.consumer_group, request.queue_id);
}

void PopHandler::receive(Kind kind, const PopMessage& request, net::Responder responder,
                         std::string_view peer) {
  Reading reading;
  if (is_too_late(request, core_.loop.wall_ms())) {
    return answer_nothing(kind, number(ResponseCode::polling_timeout), responder);
  }
  if (auto good = check(request, peer, reading); !good) return responder.fail(good.error());
  if (answer(kind, request, reading, responder)) return;
  if (request.poll_time <= answer_margin_ms) {
    return answer_nothing(kind, number(ResponseCode::pull_not_found), responder);
  }
  hold(kind, request, std::move(responder), std::move(reading.filter));
}

Result<void> PopHandler::check(const PopMessage& request, std::string_view peer, Reading& reading) {
  if (request.max_msg_nums > messages_max) {
    return Error{ResponseCode::invalid_parameter,
                 str("the broker[", core_.address, "] pop message's num is greater than 32")};
  }
  if (!core_.options.timer_wheel_enable) {
    return Error{ResponseCode::system_error,
                 str("the broker[", core_.address,
                     "] pop message is forbidden because timerWheelEnable is false")};
  }
  // Java takes any time, and then fails to write the check point.
  if (request.invisible_time < 0 ||
      request.invisible_time > core_.options.timer_max_delay_sec * 1000) {
    return Error{ResponseCode::invalid_parameter,
                 str("invisibleTime[", request.invisible_time, "] is not between 0 and ",
                     core_.options.timer_max_delay_sec * 1000, " ms (timerMaxDelaySec)")};
  }
  if (auto good =
          check_source(request.topic, request.consumer_group, request.queue_id, peer, reading);
      !good) {
    return good;
  }
  auto filter = compile_filter(core_, request.exp.value_or(""), request.exp_type.value_or(""));
  if (!filter) return std::move(filter).error();
  reading.filter = *std::move(filter);
  return {};
}

Result<void> PopHandler::check_source(std::string_view topic, std::string_view group,
                                      std::int32_t queue_id, std::string_view peer,
                                      Reading& reading) {
  if ((core_.options.broker_permission & perm_read) == 0) {
    return Error{ResponseCode::no_permission,
                 str("the broker[", core_.address, "] pop message is forbidden")};
  }
  reading.topic = core_.topics.find(topic);
  if (reading.topic == nullptr) {
    return Error{ResponseCode::topic_not_exist,
                 str("topic[", topic, "] not exist, apply first please!")};
  }
  if (!is_readable(*reading.topic)) {
    return Error{ResponseCode::no_permission,
                 str("the topic[", topic, "] peeking message is forbidden")};
  }
  if (queue_id < -1 || queue_id >= reading.topic->read_queue_nums) {
    return Error{
        ResponseCode::invalid_parameter,
        str("queueId[", queue_id, "] is illegal, topic:[", topic, "] topicConfig.readQueueNums:[",
            reading.topic->read_queue_nums, "] consumer:[", peer, "]")};
  }
  const auto found = core_.groups.find_or_create(group, core_.loop.wall_ms());
  if (found.is_new) core_.groups_changed();
  if (found.group == nullptr) {
    return Error{ResponseCode::subscription_group_not_exist,
                 str("subscription group [", group, "] does not exist")};
  }
  if (!found.group->consume_enable) {
    return Error{ResponseCode::no_permission, str("subscription group no permission, ", group)};
  }
  return {};
}

// ---- answers

bool PopHandler::answer(Kind kind, const PopMessage& request, const Reading& reading,
                        net::Responder& responder) {
  if (kind == Kind::notification) {
    if (!reader_.has_message(request, *reading.topic, reading.filter)) return false;
    responder.reply(NotificationResponse{.has_msg = true});
    return true;
  }
  if (auto popped = reader_.pop(request, *reading.topic, reading.filter, read_); !popped) {
    responder.fail(popped.error());
    return true;
  }
  if (read_.records.empty()) return false;
  reply(responder);
  return true;
}

void PopHandler::reply(net::Responder& responder) const {
  PopMessageResponse header = read_.header;
  if (!read_.start_offset_info.empty()) header.start_offset_info = read_.start_offset_info;
  if (!read_.msg_offset_info.empty()) header.msg_offset_info = read_.msg_offset_info;
  if (!read_.order_count_info.empty()) header.order_count_info = read_.order_count_info;
  const bool found = !read_.records.empty();
  const auto write_records = [this](protocol::Buffer& out) {
    out.room(read_.bytes);
    for (const std::string_view record : read_.records) out.append(record);
  };
  responder.reply(header, write_records,
                  {.code = found ? 0 : number(ResponseCode::pull_not_found),
                   .remark = found ? "FOUND" : "NO_MESSAGE_IN_QUEUE",
                   .extra = {}});
}

void PopHandler::answer_nothing(Kind kind, std::int32_t code, net::Responder& responder) const {
  if (kind == Kind::notification) {
    const bool is_full = code == number(ResponseCode::polling_full);
    return responder.reply(NotificationResponse{.has_msg = false, .polling_full = is_full});
  }
  PopMessageResponse header;
  header.pop_time = core_.loop.wall_ms();
  responder.reply(header, {}, {.code = code, .remark = "NO_MESSAGE_IN_QUEUE", .extra = {}});
}

// ---- waiting

void PopHandler::hold(Kind kind, const PopMessage& request, net::Responder responder,
                      MessageFilter filter) {
  WaitingPops& pops = waiting(kind).pops;
  if (pops.is_full_for(request)) {
    return answer_nothing(kind, number(ResponseCode::polling_full), responder);
  }
  // From now on, not from when it was sent: clocks differ.
  const auto hold_ms = std::min(request.poll_time, hold_ms_max) - answer_margin_ms;
  responder.note_held();
  pops.add({protocol::Kept(request), std::move(responder), std::move(filter),
            core_.loop.now() + std::chrono::milliseconds(hold_ms)});
  arm_expiry(kind);
}

void PopHandler::arrived(const Arrival& arrival) {
  for (const Kind kind : {Kind::pop, Kind::notification}) {
    Waiting& all = waiting(kind);
    const bool is_armed = !all.woken.empty();
    all.pops.take_wanting(arrival, all.woken);
    if (!is_armed) serve_soon(kind);
  }
}

void PopHandler::unblocked(std::string_view topic, std::string_view group, std::int32_t queue_id) {
  for (const Kind kind : {Kind::pop, Kind::notification}) {
    Waiting& all = waiting(kind);
    const bool is_armed = !all.woken.empty();
    all.pops.take_first(topic, group, queue_id, all.woken);
    if (!is_armed) serve_soon(kind);
  }
}

void PopHandler::serve_soon(Kind kind) {
  if (waiting(kind).woken.empty()) return;
  core_.loop.defer([this, kind] { serve_woken(kind); });
}

void PopHandler::tick() {
  for (const Kind kind : {Kind::pop, Kind::notification}) {
    waiting(kind).pops.take_ordered(waiting(kind).woken);
    serve_woken(kind);
  }
}

// Whoever finds that another was quicker waits on. Where one has gone, the next of its group gets
// the message.
void PopHandler::serve_woken(Kind kind) {
  Waiting& all = waiting(kind);
  all.serving.swap(all.woken);
  for (std::size_t i = 0; i < all.serving.size(); ++i) {
    WaitingPop pop = std::move(all.serving[i]);
    const PopMessage& request = *pop.request;
    const net::Channel* channel = pop.responder.channel().get();
    if (channel == nullptr) {
      all.pops.take_first(request.topic, request.consumer_group, request.queue_id, all.serving);
      continue;
    }
    Reading reading;
    if (auto good = check(request, channel->peer(), reading); !good) {
      pop.responder.fail(good.error());
    } else if (!answer(kind, request, reading, pop.responder)) {
      all.pops.add_again(std::move(pop));
    }
  }
  all.serving.clear();
  arm_expiry(kind);
}

void PopHandler::end_waiting(Kind kind) {
  Waiting& all = waiting(kind);
  for (WaitingPop& pop : std::exchange(all.serving, {})) {
    answer_nothing(kind, number(ResponseCode::polling_timeout), pop.responder);
  }
}

void PopHandler::release_all() {
  for (const Kind kind : {Kind::pop, Kind::notification}) {
    waiting(kind).pops.take_all(waiting(kind).serving);
    end_waiting(kind);
  }
}

void PopHandler::drop_closed() {
  pops_.pops.drop_closed();
  notifications_.pops.drop_closed();
}

void PopHandler::arm_expiry(Kind kind) {
  Waiting& all = waiting(kind);
  const net::TimePoint next = all.pops.next_deadline();
  if (next >= all.expiry_at) return;
  all.expiry_at = next;
  all.expiry_timer = core_.loop.after(next - core_.loop.now(), [this, kind] {
    Waiting& expired = waiting(kind);
    expired.expiry_at = net::TimePoint::max();
    expired.pops.take_expired(core_.loop.now(), expired.serving);
    end_waiting(kind);
    arm_expiry(kind);
  });
}

void add_pop_handlers(net::Router& router, PopHandler& pops) {
  const auto on = [&router](RequestCode code, auto function) {
    router.on_raw(static_cast<std::int32_t>(code), std::move(function));
  };
  on(PopMessage::code, [&pops](net::RequestContext& context) { pops.pop(context); });
  on(PeekMessage::code, [&pops](net::RequestContext& context) { pops.peek(context); });
  on(Notification::code, [&pops](net::RequestContext& context) { pops.notification(context); });
  router.on<protocol::PollingInfo>(
      [&pops](const protocol::PollingInfo& request,
              net::RequestContext&) -> Result<protocol::PollingInfoResponse> {
        return protocol::PollingInfoResponse{static_cast<std::int32_t>(pops.waiting(request))};
      });
}

}  // namespace rocketmq::broker
