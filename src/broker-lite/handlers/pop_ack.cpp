#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/pop.h"
#include "broker-lite/handlers/send_answers.h"
#include "protocol/ack_bits.h"
#include "protocol/json_body.h"
#include "protocol/pop_info.h"
#include "protocol/requests/pop.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::AckMessage;
using protocol::BatchAck;
using protocol::BatchAckMessage;
using protocol::ChangeMessageInvisibleTime;
using protocol::ChangeMessageInvisibleTimeResponse;
using protocol::PopCheckpoint;

class AckHandler {
 public:
  AckHandler(Core& core, PopRecords& records, PopOrders& orders, PopHandler& pops,
             SendAnswers& answers)
      : core_(core), records_(records), orders_(orders), pops_(pops), answers_(answers) {}

  void ack(RequestContext& context);
  void batch_ack(RequestContext& context);
  Result<ChangeMessageInvisibleTimeResponse> change(const ChangeMessageInvisibleTime& request);

 private:
  // Where a popped message lies.
  struct Message {
    std::string_view topic;
    std::string_view group;
    std::int32_t queue_id = 0;
    std::int64_t offset = 0;
  };

  Result<void> check(const Message& message) const;
  // True: put into the store; false: done, there is nothing to store.
  Result<bool> ack(const AckMessage& request);
  Result<bool> ack(const BatchAck& acks);
  Result<void> ack_in_order(const Message& message, std::int64_t pop_time);
  Result<ChangeMessageInvisibleTimeResponse> change_in_order(const Message& message,
                                                             const PopCheckpoint& popped,
                                                             std::int64_t invisible_time);
  Result<void> check_revive_queue(std::int32_t queue_id) const;
  AckRecord record_of(const Message& message, const PopCheckpoint& popped) const;

  Core& core_;
  PopRecords& records_;
  PopOrders& orders_;
  PopHandler& pops_;
  SendAnswers& answers_;
};

Result<void> AckHandler::check(const Message& message) const {
  const protocol::TopicConfig* topic = core_.topics.find(message.topic);
  if (topic == nullptr) {
    return Error{ResponseCode::topic_not_exist,
                 str("topic[", message.topic, "] not exist, apply first please!")};
  }
  if (message.queue_id < 0 || message.queue_id >= topic->read_queue_nums) {
    return Error{ResponseCode::invalid_parameter,
                 str("queueId[", message.queue_id, "] is illegal, topic:[", message.topic,
                     "] topicConfig.readQueueNums:[", topic->read_queue_nums, "]")};
  }
  const std::int64_t min = core_.store.min_offset(message.topic, message.queue_id);
  const std::int64_t max = core_.store.max_offset(message.topic, message.queue_id);
  if (message.offset < min || message.offset > max) {
    return Error{ResponseCode::no_message,
                 str("offset is illegal, key:", message.topic, '@', message.queue_id,
                     ", commit:", message.offset, ", store:", min, '~', max)};
  }
  return {};
}

// A record in a queue that nobody reads would be an acknowledgement lost.
Result<void> AckHandler::check_revive_queue(std::int32_t queue_id) const {
  if (queue_id >= 0 && queue_id < records_.revive_queue_nums()) return {};
  return Error{
      ResponseCode::invalid_parameter,
      str("there is no revive queue ", queue_id, ": the topic has ", records_.revive_queue_nums())};
}

AckRecord AckHandler::record_of(const Message& message, const PopCheckpoint& popped) const {
  AckRecord record;
  record.offset = message.offset;
  record.broker_name = core_.options.broker_name;
  record.group = message.group;
  record.pop_time = popped.pop_time;
  record.queue_id = message.queue_id;
  record.start_offset = popped.start_offset;
  record.topic = message.topic;
  return record;
}

// ---- acknowledged

void AckHandler::ack(RequestContext& context) {
  AckMessage request;
  Result<bool> stored = false;
  if (auto decoded = protocol::decode_header(context.command.fields, request); !decoded) {
    stored = std::move(decoded).error();
  } else {
    stored = ack(request);
  }
  if (!stored) return context.responder.fail(stored.error());
  if (!*stored) return context.responder.reply(protocol::NoFields{});
  answers_.park_plain(std::move(context.responder));
}

Result<bool> AckHandler::ack(const AckMessage& request) {
  const Message message{request.topic, request.consumer_group, request.queue_id, request.offset};
  const auto popped = protocol::parse_pop_checkpoint(request.extra_info);
  if (!popped) return Error{ResponseCode::invalid_parameter, popped.error().message};
  if (auto good = check(message); !good) return std::move(good).error();
  if (popped->is_ordered()) {
    const auto done = ack_in_order(message, popped->pop_time);
    return done ? Result<bool>(false) : done.error();
  }
  if (auto good = check_revive_queue(popped->revive_queue_id); !good) return good.error();
  const auto put =
      records_.put(record_of(message, *popped), popped->invisible_time, popped->revive_queue_id);
  return put ? Result<bool>(true) : put.error();
}

// Java: AckMessageProcessor.ackOrderly.
Result<void> AckHandler::ack_in_order(const Message& message, std::int64_t pop_time) {
  const PopOrders::Key key{message.topic, message.group, message.queue_id};
  const std::int64_t stands_at =
      core_.offsets.find(message.group, message.topic, message.queue_id).value_or(0);
  if (message.offset < stands_at) return {};
  const PopOrders::Acked acked = orders_.acknowledge(key, message.offset, pop_time);
  switch (acked.what) {
    case PopOrders::Ack::popped_again:
      return {};  // too late: it has come again
    case PopOrders::Ack::no_such_message:
      return Error{ResponseCode::message_illegal,
                   str("offset is illegal, key:", message.topic, '@', message.queue_id, '@',
                       message.group, ", commit:", message.offset)};
    case PopOrders::Ack::done:
      break;
  }
  core_.offsets.commit(message.group, message.topic, message.queue_id, acked.next_offset,
                       core_.loop.wall_ms());
  if (!orders_.is_blocked(key, "", 0, core_.loop.wall_ms())) {
    pops_.unblocked(message.topic, message.group, message.queue_id);
  }
  return {};
}

// One that cannot be done does not keep the others from being done. Java: the answer is success.
void AckHandler::batch_ack(RequestContext& context) {
  const auto body =
      protocol::from_json<protocol::BatchAckMessageRequestBody>(context.body(), "acks");
  if (!body) {
    return context.responder.fail({ResponseCode::invalid_parameter, body.error().message});
  }
  bool is_stored = false;
  Result<void> failure;
  for (const BatchAck& acks : body->acks) {
    const auto stored = ack(acks);
    if (stored) {
      is_stored = is_stored || *stored;
    } else if (failure && stored.error().code == ResponseCode::service_not_available) {
      failure = stored.error();  // none of them is lost by asking again
    }
  }
  if (!failure) return context.responder.fail(failure.error());
  if (!is_stored) return context.responder.reply(protocol::NoFields{});
  answers_.park_plain(std::move(context.responder));
}

Result<bool> AckHandler::ack(const BatchAck& acks) {
  const auto bits = protocol::decode_ack_bits(acks.bits);
  if (!bits || bits->empty()) {
    return Error{ResponseCode::invalid_parameter, "the bits of an ack are no Base64"};
  }
  const auto kind = acks.retry == "1"   ? protocol::PopTopicKind::retry_v1
                    : acks.retry == "2" ? protocol::PopTopicKind::retry_v2
                                        : protocol::PopTopicKind::normal;
  const std::string topic = protocol::pop_topic(kind, acks.topic, acks.consumer_group);
  PopCheckpoint popped;
  popped.start_offset = acks.start_offset;
  popped.pop_time = acks.pop_time;
  popped.revive_queue_id = acks.revive_queue_id;
  std::vector<std::int64_t> offsets;
  Message message{topic, acks.consumer_group, acks.queue_id, 0};
  for (const std::uint32_t bit : *bits) {
    message.offset = acks.start_offset + bit;
    if (!check(message)) continue;
    if (popped.is_ordered()) {
      (void)ack_in_order(message, acks.pop_time);
    } else {
      offsets.push_back(message.offset);
    }
  }
  if (offsets.empty()) return false;
  if (auto good = check_revive_queue(acks.revive_queue_id); !good) return good.error();
  AckRecord record = record_of(message, popped);
  record.offset = 0;
  record.offsets = std::move(offsets);
  const auto put = records_.put(record, acks.invisible_time, acks.revive_queue_id);
  return put ? Result<bool>(true) : put.error();
}

// ---- hidden for longer, or for less long

// A check point of its own in place of that of its pop.
Result<ChangeMessageInvisibleTimeResponse> AckHandler::change(
    const ChangeMessageInvisibleTime& request) {
  const Message message{request.topic, request.consumer_group, request.queue_id, request.offset};
  const auto popped = protocol::parse_pop_checkpoint(request.extra_info);
  if (!popped) return Error{ResponseCode::invalid_parameter, popped.error().message};
  if (auto good = check(message); !good) return good.error();
  const std::int64_t longest_ms = core_.options.timer_max_delay_sec * 1000;
  if (request.invisible_time < 0 || request.invisible_time > longest_ms) {
    return Error{ResponseCode::invalid_parameter,
                 str("invisibleTime[", request.invisible_time, "] is not between 0 and ",
                     longest_ms, " ms (timerMaxDelaySec)")};
  }
  if (popped->is_ordered()) return change_in_order(message, *popped, request.invisible_time);
  if (auto good = check_revive_queue(popped->revive_queue_id); !good) return good.error();

  CheckPoint point;
  point.broker_name = core_.options.broker_name;
  point.group = message.group;
  point.diffs = {0};
  point.invisible_time = request.invisible_time;
  point.count = 1;
  // Never that of the check point it replaces, whose acknowledgement would be taken for its own.
  point.pop_time = std::max(core_.loop.wall_ms(), popped->pop_time + 1);
  point.queue_id = message.queue_id;
  point.start_offset = message.offset;
  point.topic = message.topic;
  const std::int32_t revive_queue_id = records_.next_revive_queue();
  auto done = records_.put(point, revive_queue_id);
  if (done) {
    done =
        records_.put(record_of(message, *popped), popped->invisible_time, popped->revive_queue_id);
  }
  if (done) done = core_.commit_messages();
  if (!done) return done.error();
  return ChangeMessageInvisibleTimeResponse{point.pop_time, point.invisible_time, revive_queue_id};
}

Result<ChangeMessageInvisibleTimeResponse> AckHandler::change_in_order(
    const Message& message, const PopCheckpoint& popped, std::int64_t invisible_time) {
  const std::int64_t visible_again = core_.loop.wall_ms() + invisible_time;
  const PopOrders::Key key{message.topic, message.group, message.queue_id};
  orders_.change_visible(key, message.offset, popped.pop_time, visible_again);
  return ChangeMessageInvisibleTimeResponse{popped.pop_time, visible_again - popped.pop_time,
                                            popped.revive_queue_id};
}

}  // namespace

void add_ack_handlers(net::Router& router, Core& core, PopRecords& records, PopOrders& orders,
                      PopHandler& pops, SendAnswers& answers) {
  const auto handler = std::make_shared<AckHandler>(core, records, orders, pops, answers);
  router.on_raw(static_cast<std::int32_t>(AckMessage::code),
                [handler](RequestContext& context) { handler->ack(context); });
  router.on_raw(static_cast<std::int32_t>(BatchAckMessage::code),
                [handler](RequestContext& context) { handler->batch_ack(context); });
  router.on<ChangeMessageInvisibleTime>(
      [handler](const ChangeMessageInvisibleTime& request, RequestContext&) {
        return handler->change(request);
      });
}

}  // namespace rocketmq::broker
