#include "client/testing/scripted_pop_broker.h"

#include <algorithm>
#include <utility>

#include "protocol/ack_bits.h"
#include "protocol/json_body.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/requests/assignment.h"
#include "protocol/str.h"

namespace rocketmq::client::testing {
namespace {

using namespace protocol;

constexpr std::int32_t revive_queue_id = 3;
const Host any_host = *parse_host("10.1.1.1:10911");

}  // namespace

ScriptedPopBroker::ScriptedPopBroker(net::Loop& loop, std::string name, std::string address)
    : ScriptedBroker(loop, std::move(name), std::move(address)) {
  serve_pops();
  serve<QueryAssignment>([this](net::Call<QueryAssignment> call) {
    auto query = from_json<QueryAssignmentRequestBody>(call.body(), "query");
    if (!query) return call.fail(query.error());
    last_query_ = *std::move(query);
    call.reply({}, to_json(QueryAssignmentResponseBody{assignments_[last_query_.topic]}));
  });
}

void ScriptedPopBroker::assign(const std::string& topic,
                               std::vector<MessageQueueAssignment> queues) {
  assignments_[topic] = std::move(queues);
}

void ScriptedPopBroker::put(const std::string& topic, std::int32_t queue_id, std::string body,
                            std::string tag) {
  entries_.push_back({.topic = topic,
                      .queue_id = queue_id,
                      .offset = next_offset_[{topic, queue_id}]++,
                      .shown_topic = topic,
                      .body = std::move(body),
                      .tag = std::move(tag)});
  wake_pops();
}

void ScriptedPopBroker::serve_pops() {
  serve<PopMessage>([this](net::Call<PopMessage> call) { pop(std::move(call)); });
  serve<AckMessage>([this](net::Call<AckMessage> call) {
    if (acknowledge(call->topic, call->queue_id, call->offset)) return call.reply({});
    call.fail({ResponseCode::no_message, "offset is illegal"});
  });
  serve<BatchAckMessage>([this](net::Call<BatchAckMessage> call) {
    auto request = from_json<BatchAckMessageRequestBody>(call.body(), "batch ack");
    if (!request) return call.fail(request.error());
    for (const BatchAck& ack : request->acks) {
      const std::string topic =
          pop_topic(static_cast<PopTopicKind>(ack.retry.at(0)), ack.topic, ack.consumer_group);
      const auto bits = decode_ack_bits(ack.bits);
      if (!bits) return call.fail({ResponseCode::message_illegal, "bad bits"});
      for (const std::uint32_t bit : *bits) {
        acknowledge(topic, ack.queue_id, ack.start_offset + bit);
      }
    }
    call.reply({});
  });
  serve<ChangeMessageInvisibleTime>([this](net::Call<ChangeMessageInvisibleTime> call) {
    const auto checkpoint = parse_pop_checkpoint(call->extra_info);
    Entry* const entry = checkpoint ? find(*checkpoint, call->topic) : nullptr;
    if (entry == nullptr) return call.fail({ResponseCode::no_message, "offset is illegal"});
    entry->visible_at = loop_.now() + std::chrono::milliseconds(call->invisible_time);
    timers_.push_back(
        loop_.after(std::chrono::milliseconds(call->invisible_time), [this] { wake_pops(); }));
    call.reply({.pop_time = loop_.wall_ms(),
                .invisible_time = call->invisible_time,
                .revive_queue_id = revive_queue_id + 1});
  });
}

void ScriptedPopBroker::pop(net::Call<PopMessage> call) {
  group_ = call->consumer_group;
  pops_.push_back({.topic = std::string(call->topic),
                   .queue_id = call->queue_id,
                   .max = call->max_msg_nums,
                   .invisible_ms = call->invisible_time,
                   .poll_ms = call->poll_time,
                   .init_mode = call->init_mode,
                   .filter_kind = std::string(call->exp_type.value_or("")),
                   .filter = std::string(call->exp.value_or(""))});
  call.keep();
  if (answer_pop(call)) return;
  if (!holds_pops_) {
    return call.reply({}, std::string_view(),
                      {.code = static_cast<std::int32_t>(ResponseCode::polling_full)});
  }
  const int id = next_waiting_++;
  auto timer = loop_.after(std::chrono::milliseconds(call->poll_time), [this, id] {
    const auto waiting = waiting_pops_.find(id);
    Waiting expired = std::move(waiting->second);
    waiting_pops_.erase(waiting);
    expired.call.reply({.pop_time = loop_.wall_ms()}, std::string_view(),
                       {.code = static_cast<std::int32_t>(ResponseCode::polling_timeout)});
  });
  waiting_pops_.emplace(id, Waiting{std::move(call), std::move(timer)});
}

void ScriptedPopBroker::wake_pops() {
  for (auto waiting = waiting_pops_.begin(); waiting != waiting_pops_.end();) {
    waiting = answer_pop(waiting->second.call) ? waiting_pops_.erase(waiting) : std::next(waiting);
  }
}

// What was popped and not acknowledged in time lies in the retry topic now.
void ScriptedPopBroker::bring_back() {
  for (Entry& entry : entries_) {
    if (entry.checkpoint.empty() || entry.visible_at > loop_.now()) continue;
    entry.topic = pop_topic(PopTopicKind::retry_v1, entry.shown_topic, group_);
    entry.queue_id = 0;
    entry.offset = next_offset_[{entry.topic, 0}]++;
    entry.checkpoint.clear();
    entry.visible_at = {};
    ++entry.reconsume_times;
  }
}

bool ScriptedPopBroker::answer_pop(net::Call<PopMessage>& call) {
  bring_back();
  const auto is_wanted = [&](const Entry& entry) {
    const bool is_of_queue =
        call->queue_id == -1 || entry.topic != call->topic || call->queue_id == entry.queue_id;
    return entry.shown_topic == call->topic && is_of_queue && entry.visible_at <= loop_.now();
  };
  const auto invisible = std::chrono::milliseconds(call->invisible_time);
  std::map<PopQueue, std::vector<std::int64_t>> offsets;
  std::string body;
  std::int32_t count = 0;
  for (Entry& entry : entries_) {
    if (count == call->max_msg_nums) break;
    if (!is_wanted(entry)) continue;
    ++count;
    auto& of_queue = offsets[{pop_topic_kind(entry.topic), entry.queue_id}];
    of_queue.push_back(entry.offset);
    entry.checkpoint = to_string(PopCheckpoint{.start_offset = of_queue.front(),
                                               .pop_time = loop_.wall_ms(),
                                               .invisible_time = call->invisible_time,
                                               .revive_queue_id = revive_queue_id,
                                               .kind = pop_topic_kind(entry.topic),
                                               .broker_name = name(),
                                               .queue_id = entry.queue_id,
                                               .offset = entry.offset});
    entry.visible_at = loop_.now() + invisible;
    body += record_of(entry);
  }
  if (count == 0) return false;
  timers_.push_back(loop_.after(invisible, [this] { wake_pops(); }));
  std::string starts;
  std::string all;
  for (const auto& [queue, of_queue] : offsets) {
    append_start_offset(starts, queue, of_queue.front());
    append_message_offsets(all, queue, of_queue);
  }
  call.reply({.pop_time = loop_.wall_ms(),
              .invisible_time = call->invisible_time,
              .revive_queue_id = revive_queue_id,
              .start_offset_info = starts,
              .msg_offset_info = all},
             body);
  return true;
}

std::string ScriptedPopBroker::record_of(const Entry& entry) const {
  const bool is_retry = entry.topic != entry.shown_topic;
  std::string properties;
  if (!entry.tag.empty()) append_property(properties, property::tags, entry.tag);
  if (is_retry && !shows_retry_topics_) {
    append_property(properties, property::pop_ck, entry.checkpoint);
  }
  const RecordView record{.queue_id = entry.queue_id,
                          .queue_offset = entry.offset,
                          .born_timestamp = loop_.wall_ms(),
                          .born_host = any_host,
                          .store_timestamp = loop_.wall_ms(),
                          .store_host = any_host,
                          .reconsume_times = entry.reconsume_times,
                          .body = entry.body,
                          .topic = shows_retry_topics_ ? entry.topic : entry.shown_topic,
                          .properties = properties};
  std::string bytes(record_size(record), '\0');
  encode_record(record, bytes.data());
  return bytes;
}

ScriptedPopBroker::Entry* ScriptedPopBroker::find(const PopCheckpoint& checkpoint,
                                                  std::string_view topic) {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.topic == topic && entry.queue_id == checkpoint.queue_id &&
           entry.offset == checkpoint.offset && entry.visible_at > loop_.now();
  });
  return found == entries_.end() ? nullptr : &*found;
}

bool ScriptedPopBroker::acknowledge(std::string_view topic, std::int32_t queue_id,
                                    std::int64_t offset) {
  acked_.push_back(str(topic, ' ', queue_id, ' ', offset));
  return std::erase_if(entries_, [&](const Entry& entry) {
           return entry.topic == topic && entry.queue_id == queue_id && entry.offset == offset;
         }) > 0;
}

std::size_t ScriptedPopBroker::visible() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      entries_, [this](const Entry& entry) { return entry.visible_at <= loop_.now(); }));
}

std::size_t ScriptedPopBroker::unacknowledged() const { return entries_.size(); }

}  // namespace rocketmq::client::testing
