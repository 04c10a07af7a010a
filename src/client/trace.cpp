#include "client/trace.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <utility>

#include "client/names.h"
#include "client/producer_impl.h"
#include "protocol/properties.h"
#include "protocol/split.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using namespace protocol;

// Java: TopicValidator.RMQ_SYS_TRACE_TOPIC, TraceConstants.
constexpr std::string_view default_topic = "RMQ_SYS_TRACE_TOPIC";
constexpr std::string_view group_prefix = "_INNER_TRACE_PRODUCER-";
constexpr std::size_t group_bytes_max = 120;
// Where nobody says where the broker is. Java: MixAll.DEFAULT_TRACE_REGION_ID.
constexpr std::string_view default_region = "DefaultRegion";
constexpr std::chrono::milliseconds send_timeout = 5s;

std::string group_of(std::string_view traced, Tracer::Side side) {
  std::string group = str(group_prefix, traced);
  const std::string_view end = side == Tracer::Side::produces ? "-PRODUCE" : "-CONSUME";
  group.resize(std::min(group.size(), group_bytes_max - end.size()));
  return group += end;
}

// What cannot stand in a record is left out of it: others may send us anything.
std::optional<std::string_view> field(std::string_view text) {
  if (!is_property_text(text)) return std::nullopt;
  return text;
}

std::optional<std::string_view> field_of(std::string_view properties, std::string_view name) {
  return field(find_property(properties, name).value_or(""));
}

// Where a message has no region, as 4.x brokers store it, Java 4.x records "null", and Java 5.x
// nothing: its consumers are then missing from the trace.
std::string_view region_of(const MessageView& message) {
  return field(message.property(property::msg_region)).value_or(default_region);
}

std::int32_t to_ms(net::Duration duration) {
  return static_cast<std::int32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

Result<std::shared_ptr<Tracer>> Tracer::create(std::shared_ptr<Client::Core> core,
                                               const Trace& trace, std::string group, Side side) {
  std::string topic = trace.topic.empty() ? std::string(default_topic) : trace.topic;
  if (auto checked = check_topic_to_send(topic); !checked) {
    return Error{Errc::invalid_argument, str("trace: ", checked.error().message)};
  }
  auto producer =
      Producer::Impl::create(core, {.group = group_of(group, side), .send_timeout = send_timeout});
  if (!producer) return std::move(producer).error();
  return std::shared_ptr<Tracer>(new Tracer(std::move(core), Producer(*std::move(producer)),
                                            std::move(topic), std::move(group)));
}

Tracer::Tracer(std::shared_ptr<Client::Core> core, Producer producer, std::string topic,
               std::string group)
    : core_(std::move(core)),
      topic_(std::move(topic)),
      group_(std::move(group)),
      request_id_prefix_(std::random_device{}()),
      producer_(std::move(producer)) {}

bool Tracer::is_traced(std::string_view topic) const { return !topic.starts_with(topic_); }

// A broker with tracing switched off does not want to hear of it. Java:
// ConsumeMessageTraceHookImpl.
bool Tracer::is_traced(const MessageView& message) const {
  return is_traced(message.topic()) && message.property(property::trace_switch) != "false" &&
         field(message.message_id());
}

// Java: SendMessageTraceHookImpl, which takes a batch for one message with a long id; nobody finds
// it by that.
void Tracer::sent(const SendRecord& record) {
  if (!record.result || record.is_oneway || !record.is_trace_on || !is_traced(record.topic)) return;
  const auto keys = field_of(record.properties, property::keys);
  const std::string topic = core_->plain_name(record.topic);
  std::string_view ids = record.message_id;
  std::string_view offset_ids = record.result->offset_message_id;
  while (!ids.empty()) {
    const std::string_view id = take_until(ids, ',');
    add(topic, id, keys.value_or(""),
        PubTrace{.timestamp = record.begun_at,
                 .region_id = record.region_id,
                 .group = group_,
                 .topic = topic,
                 .msg_id = id,
                 .tags = field_of(record.properties, property::tags),
                 .keys = keys,
                 .store_host = record.broker_address,
                 .body_length = static_cast<std::int32_t>(record.body_bytes),
                 .cost = to_ms(record.cost),
                 .message_type = record.type,
                 .offset_msg_id = field(take_until(offset_ids, ',')),
                 .success = true});
  }
}

// Java: EndTransactionTraceHookImpl.
void Tracer::transaction_ended(const TransactionEnd& end) {
  if (!is_traced(end.topic)) return;
  const std::string topic = core_->plain_name(end.topic);
  const auto region = field_of(end.properties, property::msg_region);
  const auto keys = field_of(end.properties, property::keys);
  add(topic, end.message_id, keys.value_or(""),
      EndTransactionTrace{.timestamp = core_->loop().wall_ms(),
                          .region_id = region.value_or(default_region),
                          .group = group_,
                          .topic = topic,
                          .msg_id = end.message_id,
                          .tags = field_of(end.properties, property::tags),
                          .keys = keys,
                          .store_host = end.broker_address,
                          .message_type = TraceMessageType::commit,
                          .transaction_id = field(end.transaction_id),
                          .state = end.state,
                          .from_check = end.from_check});
}

void Tracer::recalled(std::string_view wire_topic, std::string_view message_id, bool success) {
  if (!is_traced(wire_topic)) return;
  const std::string topic = core_->plain_name(wire_topic);
  add(topic, message_id, {},
      RecallTrace{.timestamp = core_->loop().wall_ms(),
                  .region_id = default_region,
                  .group = group_,
                  .topic = topic,
                  .msg_id = message_id,
                  .success = success});
}

Tracer::Consuming Tracer::before_consume(Span<const MessageView> messages) {
  Consuming call;
  for (const MessageView& message : messages) {
    if (is_traced(message)) call.messages.push_back(message);
  }
  if (call.messages.empty()) return call;
  char id[32];
  std::snprintf(id, sizeof id, "%016llX%08X", static_cast<unsigned long long>(request_id_prefix_),
                next_request_id_++);
  call.request_id = id;
  call.begun_at = core_->loop().wall_ms();
  core_->loop().post([self = shared_from_this(), call] { self->add_before(call); });
  return call;
}

void Tracer::after_consume(Consuming call, TraceConsumeCode code) {
  if (call.messages.empty()) return;
  core_->loop().post(
      [self = shared_from_this(), call = std::move(call), code,
       ended_at = core_->loop().wall_ms()] { self->add_after(call, code, ended_at); });
}

void Tracer::add_before(const Consuming& call) {
  for (const MessageView& message : call.messages) {
    const auto keys = field(message.property(property::keys));
    add(message.topic(), message.message_id(), keys.value_or(""),
        SubBeforeTrace{.timestamp = call.begun_at,
                       .region_id = region_of(message),
                       .group = group_,
                       .request_id = call.request_id,
                       .msg_id = message.message_id(),
                       .retry_times = message.reconsume_times(),
                       .keys = keys});
  }
}

void Tracer::add_after(const Consuming& call, TraceConsumeCode code, std::int64_t ended_at) {
  const std::int64_t cost =
      (ended_at - call.begun_at) / static_cast<std::int64_t>(call.messages.size());
  for (const MessageView& message : call.messages) {
    const auto keys = field(message.property(property::keys));
    add(message.topic(), message.message_id(), keys.value_or(""),
        SubAfterTrace{.request_id = call.request_id,
                      .msg_id = message.message_id(),
                      .cost = static_cast<std::int32_t>(cost),
                      .success = code == TraceConsumeCode::success,
                      .keys = keys,
                      .code = code,
                      .origin = SubAfterTrace::Origin{.timestamp = ended_at, .group = group_}});
  }
}

void Tracer::add(std::string_view topic, std::string_view message_id, std::string_view keys,
                 const TraceRecord& record) {
  if (is_closed_) return;
  if (!batches_.add(topic, message_id, keys, record, core_->loop().now())) {
    return lost("too many wait to be sent");
  }
  send_due();
}

void Tracer::send_due() {
  const net::TimePoint now = core_->loop().now();
  send(batches_.take(now));
  timer_.reset();
  if (const auto next = batches_.next()) {
    timer_ = core_->loop().after(*next - now, [this] { send_due(); });
  }
}

void Tracer::send(std::vector<TraceBatch> batches) {
  for (TraceBatch& batch : batches) {
    Message message{.topic = topic_, .body = std::move(batch.body), .keys = std::move(batch.keys)};
    producer_.send_async(message, [weak = weak_from_this(), core = core_,
                                   records = batch.records](const Result<SendReceipt>& result) {
      core->loop().post([weak, records, result] {
        const auto self = weak.lock();
        if (self == nullptr) return;
        self->batches_.sent(records);
        if (!result) self->lost(result.error().message);
      });
    });
  }
}

void Tracer::lost(std::string_view why) {
  if (const auto verdict = log_limit_.ask(core_->loop().now()); verdict.may_log) {
    core_->log().warn(str("trace records of group ", group_, " are lost: ", why));
  }
}

void Tracer::close(std::chrono::milliseconds deadline) {
  net::run_in(core_->loop(), [this] {
    is_closed_ = true;
    timer_.reset();
    send(batches_.take_all());
  });
  static_cast<void>(producer_.close(deadline));
}

}  // namespace rocketmq::client
