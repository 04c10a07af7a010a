#include "broker-lite/handlers/pop_reader.h"

#include <algorithm>
#include <utility>

#include "broker-lite/handlers/handlers.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

using protocol::PopMessage;
using protocol::PopQueue;
using protocol::PopTopicKind;

// The group stands elsewhere than the queue: what was there is gone, or never was.
bool is_outside(GetStatus status) {
  return status == GetStatus::offset_too_small || status == GetStatus::offset_overflow_badly ||
         status == GetStatus::no_matched_logic_queue || status == GetStatus::no_message_in_queue;
}

bool is_ordered(const PopMessage& request) { return request.order.value_or(false); }

}  // namespace

void PopRead::clear() {
  header = {};
  start_offset_info.clear();
  msg_offset_info.clear();
  order_count_info.clear();
  records.clear();
  bytes = 0;
  owners.clear();
  renamed.clear();
}

PopReader::PopReader(Core& core, PopRecords& records, PopOrders& orders)
    : core_(core),
      records_(records),
      orders_(orders),
      random_(static_cast<std::uint32_t>(core.loop.wall_ms())) {}

Result<void> PopReader::pop(const PopMessage& request, const protocol::TopicConfig& topic,
                            const MessageFilter& filter, PopRead& read) {
  read.clear();
  advances_.clear();
  read.header.pop_time = core_.loop.wall_ms();
  read.header.invisible_time = request.invisible_time;
  read.header.revive_queue_id = is_ordered(request)
                                    ? protocol::PopCheckpoint::ordered_revive_queue_id
                                    : records_.next_revive_queue();
  Taken retries;
  for (const From& from : sources(request, topic)) {
    const Taken before{read.records.size(), read.bytes};
    if (auto taken = take(request, from, filter, Mode::pop, read); !taken) return taken;
    if (from.queue.kind == PopTopicKind::normal) continue;
    retries.messages += read.records.size() - before.messages;
    retries.bytes += read.bytes - before.bytes;
  }
  if (!read.records.empty() && core_.store.has_uncommitted()) {
    if (auto committed = core_.commit_messages(); !committed) return committed;
  }
  for (const Advance& advance : advances_) {
    core_.offsets.commit(request.consumer_group, advance.topic, advance.queue_id, advance.offset,
                         core_.loop.wall_ms());
  }
  count(request, {read.records.size(), read.bytes}, retries);
  return {};
}

void PopReader::count(const PopMessage& request, Taken all, Taken retries) {
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  core_.message_metrics.out(request.topic, request.consumer_group, Delivery::pop,
                            number(all.messages - retries.messages),
                            number(all.bytes - retries.bytes));
  core_.message_metrics.out(request.topic, request.consumer_group, Delivery::pop_again,
                            number(retries.messages), number(retries.bytes));
  core_.traffic.got(request.consumer_group, request.topic, number(all.messages), number(all.bytes),
                    core_.loop.now(), core_.loop.wall_ms());
}

void PopReader::peek(const PopMessage& request, const protocol::TopicConfig& topic, PopRead& read) {
  read.clear();
  read.header.pop_time = core_.loop.wall_ms();
  for (const From& from : sources(request, topic)) {
    (void)take(request, from, {}, Mode::peek, read);
  }
}

bool PopReader::has_message(const PopMessage& request, const protocol::TopicConfig& topic,
                            const MessageFilter& filter) {
  for (const From& from : sources(request, topic)) {
    const std::int64_t start = start_offset(request, from);
    if (is_ordered(request) && is_blocked(request, from)) continue;
    look_up(from, filter, start, 1);
    if (!found_.records.empty()) return true;
  }
  return false;
}

// ---- where to look

// What comes again is looked for first now and then, so that neither keeps the other waiting.
std::vector<PopReader::From> PopReader::sources(const PopMessage& request,
                                                const protocol::TopicConfig& topic) {
  std::vector<From> result;
  const bool has_retries = !is_ordered(request);
  const bool retries_first = has_retries && static_cast<std::int32_t>(random_() % 100) <
                                                core_.options.pop_from_retry_probability;
  if (retries_first) add_retries(request, result);
  const auto add = [&](std::int32_t queue_id) {
    result.push_back({{PopTopicKind::normal, queue_id}, std::string(request.topic)});
  };
  if (request.queue_id >= 0) {
    add(request.queue_id);
  } else if (const auto count = static_cast<std::uint32_t>(topic.read_queue_nums); count > 0) {
    const std::uint32_t first = static_cast<std::uint32_t>(random_()) % count;
    for (std::uint32_t i = 0; i < count; ++i) {
      add(static_cast<std::int32_t>((first + i) % count));
    }
  }
  if (has_retries && !retries_first) add_retries(request, result);
  return result;
}

void PopReader::add_retries(const PopMessage& request, std::vector<From>& sources) const {
  for (const PopTopicKind kind : {PopTopicKind::retry_v1, PopTopicKind::retry_v2}) {
    std::string name = protocol::pop_topic(kind, request.topic, request.consumer_group);
    const protocol::TopicConfig* topic = core_.topics.find(name);
    for (std::int32_t id = 0; topic != nullptr && id < topic->read_queue_nums; ++id) {
      sources.push_back({{kind, id}, name});
    }
  }
}

std::int64_t PopReader::start_offset(const PopMessage& request, const From& from) {
  const PopOrders::Key key{from.topic, request.consumer_group, from.queue.queue_id};
  if (core_.offsets.take_reset(key.group, key.topic, key.queue_id)) orders_.release(key);
  const auto stored = core_.offsets.find(request.consumer_group, from.topic, from.queue.queue_id);
  if (stored && *stored >= 0) return *stored;
  const std::int32_t queue_id = from.queue.queue_id;
  std::int64_t start = core_.store.min_offset(from.topic, queue_id);
  if (from.queue.kind == PopTopicKind::normal &&
      request.init_mode == protocol::pop_init_mode::max) {
    start = is_young(core_.store, from.topic, queue_id)
                ? 0
                : std::max<std::int64_t>(core_.store.max_offset(from.topic, queue_id) - 1, 0);
  }
  core_.offsets.commit(request.consumer_group, from.topic, queue_id, start, core_.loop.wall_ms());
  return start;
}

bool PopReader::is_blocked(const PopMessage& request, const From& from) const {
  return orders_.is_blocked({from.topic, request.consumer_group, from.queue.queue_id},
                            request.attempt_id.value_or(""), request.invisible_time,
                            core_.loop.wall_ms());
}

// Messages of a retry topic were wanted before.
void PopReader::look_up(const From& from, const MessageFilter& filter, std::int64_t offset,
                        std::size_t messages_max) {
  GetRequest wanted;
  wanted.topic = from.topic;
  wanted.queue_id = from.queue.queue_id;
  wanted.offset = offset;
  wanted.messages_max = static_cast<std::int32_t>(messages_max);
  wanted.bytes_max = core_.options.max_transfer_bytes_on_message_in_memory;
  if (from.queue.kind == PopTopicKind::normal) {
    wanted.tags_codes = filter.tags_codes;
    wanted.sql = filter.sql.get();
  }
  const auto began = core_.loop.now();
  core_.store.get(wanted, found_);
  core_.store_times.got(core_.loop.now() - began);
}

// ---- taking

Result<void> PopReader::take(const PopMessage& request, const From& from,
                             const MessageFilter& filter, Mode mode, PopRead& read) {
  std::int64_t start = start_offset(request, from);
  const auto wanted = static_cast<std::size_t>(std::max(request.max_msg_nums, 1));
  const auto bytes_max =
      static_cast<std::size_t>(core_.options.max_transfer_bytes_on_message_in_memory);
  const bool is_full = read.records.size() >= wanted || read.bytes >= bytes_max;
  if (is_full || (mode == Mode::pop && is_ordered(request) && is_blocked(request, from))) {
    const std::int64_t end = core_.store.max_offset(from.topic, from.queue.queue_id);
    read.header.rest_num += std::max<std::int64_t>(end - start, 0);
    return {};
  }
  look_up(from, filter, start, wanted - read.records.size());
  if (is_outside(found_.status) && found_.next_begin_offset != start) {
    start = found_.next_begin_offset;
    core_.offsets.commit(request.consumer_group, from.topic, from.queue.queue_id, start,
                         core_.loop.wall_ms());
    look_up(from, filter, start, wanted - read.records.size());
  }
  read.header.rest_num += std::max<std::int64_t>(found_.max_offset - found_.next_begin_offset, 0);
  offsets_.clear();
  for (const std::string_view bytes : found_.records) {
    const auto record = protocol::decode_record(bytes, protocol::CrcCheck::skip);
    // Of our own log. One that is damaged was reported when it was found; who gets it sees it.
    offsets_.push_back(record ? record->queue_offset : start);
  }
  if (mode == Mode::pop && !found_.records.empty()) {
    if (auto hidden = hide(request, from, start, read); !hidden) return hidden;
  }
  const bool is_held_back = is_ordered(request) && !found_.records.empty();
  if (mode == Mode::pop && !is_held_back && found_.next_begin_offset > start) {
    advances_.push_back({from.topic, from.queue.queue_id, found_.next_begin_offset});
  }
  add_records(request, from, start, read);
  found_.owners.clear();  // keeps no file mapped for longer than this
  return {};
}

Result<void> PopReader::hide(const PopMessage& request, const From& from, std::int64_t start,
                             PopRead& read) {
  if (is_ordered(request)) {
    const auto counts = orders_.popped({from.topic, request.consumer_group, from.queue.queue_id},
                                       request.attempt_id.value_or(""), read.header.pop_time,
                                       request.invisible_time, offsets_, core_.loop.wall_ms());
    for (const auto& [offset, count] : counts.of_message) {
      protocol::append_order_count(read.order_count_info, from.queue, offset, count);
    }
    protocol::append_order_count(read.order_count_info, from.queue, counts.of_queue);
    return {};
  }
  CheckPoint point;
  point.broker_name = core_.options.broker_name;
  point.group = request.consumer_group;
  for (const std::int64_t offset : offsets_) {
    point.diffs.push_back(static_cast<std::int32_t>(offset - start));
  }
  point.invisible_time = request.invisible_time;
  point.count = static_cast<std::int32_t>(offsets_.size());
  point.pop_time = read.header.pop_time;
  point.queue_id = from.queue.queue_id;
  point.start_offset = start;
  point.topic = from.topic;
  return records_.put(point, read.header.revive_queue_id);
}

void PopReader::add_records(const PopMessage& request, const From& from, std::int64_t start,
                            PopRead& read) {
  if (found_.records.empty()) return;
  protocol::append_start_offset(read.start_offset_info, from.queue, start);
  protocol::append_message_offsets(read.msg_offset_info, from.queue, offsets_);
  if (from.queue.kind == PopTopicKind::normal) {
    read.records.insert(read.records.end(), found_.records.begin(), found_.records.end());
    read.bytes += found_.bytes;
    read.owners.insert(read.owners.end(), found_.owners.begin(), found_.owners.end());
    return;
  }
  for (std::size_t i = 0; i < found_.records.size(); ++i) {
    const auto record = protocol::decode_record(found_.records[i], protocol::CrcCheck::skip);
    if (!record) continue;
    const protocol::PopCheckpoint checkpoint{.start_offset = start,
                                             .pop_time = read.header.pop_time,
                                             .invisible_time = request.invisible_time,
                                             .revive_queue_id = read.header.revive_queue_id,
                                             .kind = from.queue.kind,
                                             .broker_name = core_.options.broker_name,
                                             .queue_id = from.queue.queue_id,
                                             .offset = offsets_[i]};
    std::string properties(record->properties);
    protocol::append_property(properties, protocol::property::pop_ck, to_string(checkpoint));
    protocol::RecordView message = *record;
    message.topic = request.topic;
    message.properties = properties;
    std::string& bytes = read.renamed.emplace_back(protocol::record_size(message), '\0');
    protocol::encode_record(message, bytes.data());
    read.records.push_back(bytes);
    read.bytes += bytes.size();
  }
}

}  // namespace rocketmq::broker
