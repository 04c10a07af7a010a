#include "broker-lite/services/pop_records.h"

#include "broker-lite/handlers/stored_properties.h"
#include "broker-lite/state/names.h"
#include "protocol/json_body.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

namespace property = protocol::property;

// So long before its messages show up again a check point is in the revive topic: their
// acknowledgements come behind it. Java: PopAckConstants.ackTimeInterval.
constexpr std::int64_t check_point_first_ms = 1000;

}  // namespace

PopRecords::PopRecords(Core& core)
    : core_(core),
      revive_topic_(revive_topic(core.options.broker_cluster_name)),
      revive_queue_nums_(core.options.revive_queue_num) {}

// Java: PopMessageProcessor.buildCkMsg, genCkUniqueId.
Result<void> PopRecords::put(const CheckPoint& point, std::int32_t revive_queue_id) {
  const std::string key = str(point.topic, '@', point.queue_id, '@', point.start_offset, '@',
                              point.group, '@', point.pop_time, '@', point.broker_name, "@ck");
  auto stored = put(check_point_tag, key, protocol::to_json(point),
                    point.visible_again() - check_point_first_ms, revive_queue_id);
  core_.pop_metrics.put(PopMetrics::Record::check_point, point.topic, point.group,
                        stored.has_value());
  return stored;
}

// Java: AckMessageProcessor.appendAck, PopMessageProcessor.genAckUniqueId, genBatchAckUniqueId.
Result<void> PopRecords::put(const AckRecord& ack, std::int64_t invisible_time,
                             std::int32_t revive_queue_id) {
  const bool is_batch = !ack.offsets.empty();
  std::string offsets = std::to_string(ack.offset);
  if (is_batch) {
    offsets = "[";
    for (const std::int64_t each : ack.offsets) {
      offsets += str(offsets.size() > 1 ? ", " : "", each);
    }
    offsets += ']';
  }
  const std::string_view tag = is_batch ? batch_ack_tag : ack_tag;
  const std::string key = str(ack.topic, '@', ack.queue_id, '@', offsets, '@', ack.group, '@',
                              ack.pop_time, '@', ack.broker_name, '@', tag);
  auto stored =
      put(tag, key, protocol::to_json(ack), ack.pop_time + invisible_time, revive_queue_id);
  core_.pop_metrics.put(PopMetrics::Record::ack, ack.topic, ack.group, stored.has_value());
  return stored;
}

Result<void> PopRecords::put(std::string_view tag, std::string_view key, std::string_view body,
                             std::int64_t deliver_at, std::int32_t revive_queue_id) {
  const std::int64_t now_ms = core_.loop.wall_ms();
  std::string properties;
  protocol::append_property(properties, property::tags, tag);
  protocol::append_property(properties, property::timer_deliver_ms, std::to_string(deliver_at));
  protocol::append_property(properties, property::unique_key, key);
  const std::string wished = properties;
  const auto place =
      core_.detours.of(read_wishes(wished), {revive_topic_, revive_queue_id}, properties, now_ms);
  if (!place) return place.error();
  protocol::RecordView record;
  record.topic = place->topic;
  record.queue_id = place->queue_id;
  record.properties = properties;
  record.body = body;
  record.born_timestamp = now_ms;
  record.born_host = record.store_host = core_.store_host;
  const auto placed = core_.store.put(record, now_ms);
  return placed ? Result<void>() : placed.error();
}

}  // namespace rocketmq::broker
