#include "broker-lite/services/pop_reviver.h"

#include <algorithm>
#include <utility>

#include "broker-lite/services/release.h"
#include "broker-lite/state/names.h"
#include "protocol/json_body.h"
#include "protocol/pop_info.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

namespace property = protocol::property;

constexpr std::string_view progress_group = "CID_RMQ_SYS_REVIVE_GROUP";
// Timers deliver at the end of a second: so long after its messages' time an acknowledgement that
// came in time may still be on its way to the revive topic.
constexpr std::int64_t timer_precision_ms = 1000;
constexpr std::size_t check_points_per_turn = 256;

// What an acknowledgement and its check point have in common.
template <class Record>
std::string key_of(const Record& record) {
  return str(record.topic, '@', record.group, '@', record.queue_id, '@', record.start_offset, '@',
             record.pop_time, '@', record.broker_name);
}

}  // namespace

PopReviver::PopReviver(Core& core, std::int32_t queue_nums,
                       std::function<std::int64_t()> timers_due, net::LogLine log)
    : core_(core),
      topic_(revive_topic(core.options.broker_cluster_name)),
      timers_due_(std::move(timers_due)),
      log_(std::move(log)) {
  queues_.reserve(static_cast<std::size_t>(queue_nums));
  for (std::int32_t id = 0; id < queue_nums; ++id) queues_.emplace_back(core.store, topic_, id);
}

// ---- what may have to come back

// The offset stored is that of the last check point done, as stock stores it, not the next one.
void PopReviver::start() {
  for (std::int32_t id = 0; Queue & queue : queues_) {
    queue.tail.start_at(core_.offsets.find(progress_group, topic_, id).value_or(-1) + 1);
    read(id++, queue);
  }
}

void PopReviver::arrived(std::int32_t queue_id) {
  if (queue_id < static_cast<std::int32_t>(queues_.size())) {
    read(queue_id, queues_[static_cast<std::size_t>(queue_id)]);
  }
}

void PopReviver::read(std::int32_t queue_id, Queue& queue) {
  queue.tail.read([&](const protocol::RecordView& record) {
    const auto tag = protocol::find_property(record.properties, property::tags).value_or("");
    if (tag == check_point_tag) add(queue_id, queue, record);
    if (tag == ack_tag || tag == batch_ack_tag) acknowledge(queue_id, queue, record);
  });
}

void PopReviver::add(std::int32_t queue_id, Queue& queue, const protocol::RecordView& record) {
  auto point = protocol::from_json<CheckPoint>(record.body, "check point");
  if (!point) return log_(str("at ", record.physical_offset, ": ", to_string(point.error())));
  core_.pop_metrics.read(PopMetrics::Record::check_point, point->topic, point->group, queue_id);
  std::string key = key_of(*point);
  // Delivered once more after a kill.
  if (!queue.by_key.emplace(key, record.queue_offset).second) return;
  Waiting& waiting = queue.waiting[record.queue_offset];
  for (const std::int32_t diff : point->diffs) waiting.left.push_back(point->start_offset + diff);
  waiting.point = *std::move(point);
  waiting.key = std::move(key);
}

void PopReviver::acknowledge(std::int32_t queue_id, Queue& queue,
                             const protocol::RecordView& record) {
  const auto ack = protocol::from_json<AckRecord>(record.body, "acknowledgement");
  if (!ack) return log_(str("at ", record.physical_offset, ": ", to_string(ack.error())));
  core_.pop_metrics.read(PopMetrics::Record::ack, ack->topic, ack->group, queue_id);
  const auto found = queue.by_key.find(key_of(*ack));
  if (found == queue.by_key.end()) return;  // too late, or read again after a start
  std::vector<std::int64_t>& left = queue.waiting.at(found->second).left;
  if (ack->offsets.empty()) {
    std::erase(left, ack->offset);
  } else {
    for (const std::int64_t offset : ack->offsets) std::erase(left, offset);
  }
}

// ---- coming back

std::vector<PopReviver::Lag> PopReviver::lags() const {
  std::vector<Lag> lags;
  for (std::int32_t id = 0; const Queue& queue : queues_) {
    const auto first = queue.waiting.begin();
    const bool is_waiting = first != queue.waiting.end();
    const std::int64_t done = is_waiting ? first->first : queue.tail.next();
    const std::int64_t late_ms =
        is_waiting ? core_.loop.wall_ms() - first->second.point.visible_again() : 0;
    lags.push_back({std::max<std::int64_t>(0, core_.store.max_offset(topic_, id++) - done),
                    std::max<std::int64_t>(0, late_ms)});
  }
  return lags;
}

void PopReviver::run() {
  for (std::int32_t id = 0; Queue & queue : queues_) run(id++, queue);
}

void PopReviver::run(std::int32_t queue_id, Queue& queue) {
  auto end = queue.waiting.begin();
  Result<void> result;
  for (std::size_t count = 0; end != queue.waiting.end() && count < check_points_per_turn;
       ++end, ++count) {
    if (!is_over(end->second.point)) break;
    if (result = revive(end->second); !result) break;
  }
  if (core_.store.has_uncommitted()) {
    if (auto committed = core_.commit_messages(); !committed) {
      result = std::move(committed);
      end = queue.waiting.begin();  // none of it is stored
    }
  }
  // The same again next time.
  if (!result) log_(str("popped messages come back later: ", to_string(result.error())));
  if (end == queue.waiting.begin()) return;
  core_.offsets.commit(progress_group, topic_, queue_id, std::prev(end)->first,
                       core_.loop.wall_ms());
  for (auto done = queue.waiting.begin(); done != end; done = queue.waiting.erase(done)) {
    queue.by_key.erase(done->second.key);
  }
}

bool PopReviver::is_over(const CheckPoint& point) const {
  const std::int64_t last_ack_ms = point.visible_again() + timer_precision_ms;
  return core_.loop.wall_ms() >= last_ack_ms && timers_due_() > last_ack_ms;
}

Result<void> PopReviver::revive(const Waiting& waiting) {
  if (waiting.left.empty()) return {};
  if (core_.topics.find(waiting.point.topic) == nullptr) return {};
  if (core_.groups.find(waiting.point.group) == nullptr) return {};
  for (const std::int64_t offset : waiting.left) {
    if (auto revived = revive(waiting.point, offset); !revived) return revived;
  }
  return {};
}

Result<void> PopReviver::revive(const CheckPoint& point, std::int64_t offset) {
  core_.store.get(
      {.topic = point.topic, .queue_id = point.queue_id, .offset = offset, .messages_max = 1},
      read_);
  if (read_.records.empty()) return {};  // gone with its log file
  const auto record = protocol::decode_record(read_.records.front(), protocol::CrcCheck::skip);
  if (!record || record->queue_offset != offset) return {};
  protocol::RecordView message = *record;
  std::string name = point.topic;
  if (!is_retry_topic(name)) {
    const auto kind = core_.options.enable_retry_topic_v2 ? protocol::PopTopicKind::retry_v2
                                                          : protocol::PopTopicKind::retry_v1;
    name = protocol::pop_topic(kind, point.topic, point.group);
  }
  create_retry_topic(name, point.group);
  std::string properties(message.properties);
  if (!protocol::find_property(properties, property::first_pop_time)) {
    protocol::append_property(properties, property::first_pop_time, std::to_string(point.pop_time));
  }
  message.topic = name;
  message.queue_id = 0;
  message.properties = properties;
  message.store_host = core_.store_host;
  message.prepared_transaction_offset = 0;
  ++message.reconsume_times;
  auto placed = core_.store.put(message, core_.loop.wall_ms());
  if (!placed && can_never_be_stored(placed.error())) {  // with what was added, it is too long
    message.properties = record->properties;
    placed = core_.store.put(message, core_.loop.wall_ms());
  }
  core_.pop_metrics.came_back(point.topic, point.group, placed.has_value());
  if (placed) return {};
  if (!can_never_be_stored(placed.error())) return placed.error();
  log_(str("a popped message does not come back: ", to_string(placed.error())));
  return {};
}

// Java: PopReviveService.addRetryTopicIfNotExist, initPopRetryOffset.
void PopReviver::create_retry_topic(const std::string& name, const std::string& group) {
  if (core_.topics.find(name) != nullptr) return;
  protocol::TopicConfig config;
  config.topic_name = name;
  config.read_queue_nums = config.write_queue_nums = 1;
  config.perm = perm_read | perm_write;
  const std::int64_t now_ms = core_.loop.wall_ms();
  if (!core_.topics.find_or_create(config, now_ms).is_new) return;
  core_.topic_changed(name);
  if (!core_.offsets.find(group, name, 0)) core_.offsets.commit(group, name, 0, 0, now_ms);
}

}  // namespace rocketmq::broker
