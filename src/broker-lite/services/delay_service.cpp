#include "broker-lite/services/delay_service.h"

#include <algorithm>
#include <utility>

#include "broker-lite/services/release.h"
#include "broker-lite/state/names.h"
#include "protocol/json_body.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
// The wall clock may be set: what is due is looked for at least so often.
constexpr std::int64_t sleep_max_ms = 10'000;
// Java: ScheduleMessageService.DELAY_FOR_A_PERIOD.
constexpr std::int64_t pause_after_failure_ms = 10'000;
constexpr std::int32_t messages_per_turn = 256;

struct DelayOffsets {
  protocol::DataVersion data_version;
  std::map<std::int32_t, std::int64_t> offset_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("dataVersion", &DelayOffsets::data_version);
    v("offsetTable", &DelayOffsets::offset_table);
  }
};

}  // namespace

DelayService::DelayService(Core& core, const DelayLevels& levels, net::LogLine log)
    : core_(core), levels_(levels), log_(std::move(log)) {
  for (std::int32_t number = 1; number <= levels_.level_max(); ++number) level_table_[number];
}

Result<void> DelayService::load(std::string_view text) {
  auto loaded = protocol::from_json<DelayOffsets>(text, "delay offsets");
  if (!loaded) return std::move(loaded).error();
  data_version_ = loaded->data_version;
  for (const auto& [number, offset] : loaded->offset_table) level_table_[number].offset = offset;
  return {};
}

std::string DelayService::to_json() {
  is_dirty_ = false;
  ++data_version_.counter;
  data_version_.timestamp = core_.loop.wall_ms();
  DelayOffsets file{data_version_, {}};
  for (const auto& [number, level] : level_table_) {
    if (level.offset > 0) file.offset_table.emplace(number, level.offset);
  }
  return protocol::to_json(file);
}

std::map<std::int32_t, DelayService::Progress> DelayService::progress() const {
  std::map<std::int32_t, Progress> used;
  for (const auto& [number, level] : level_table_) {
    const std::int64_t max_offset = core_.store.max_offset(schedule_topic, number - 1);
    if (max_offset > 0) used.emplace(number, Progress{level.offset, max_offset});
  }
  return used;
}

bool DelayService::has_to_save() const {
  return is_dirty_ && core_.store.flushed_position() >= delivered_end_;
}

void DelayService::arrived(std::int32_t queue_id, std::int64_t deliver_at) {
  Level& level = level_table_[queue_id + 1];
  level.due_ms = std::min(level.due_ms, deliver_at);
  arm();
}

void DelayService::run() {
  const std::int64_t now_ms = core_.loop.wall_ms();
  for (auto& [number, level] : level_table_) {
    level.reached = level.offset;
    const bool is_clock_set_back =
        level.due_ms != never && level.due_ms > now_ms + levels_.delay_ms(number);
    if (level.due_ms <= now_ms || is_clock_set_back)
      level.due_ms = deliver_due(number, level, now_ms);
  }
  const bool is_committed = commit();
  for (auto& [number, level] : level_table_) {
    if (level.reached == level.offset) continue;
    if (is_committed) {
      level.offset = level.reached;
      is_dirty_ = true;
    } else {
      level.due_ms = now_ms + pause_after_failure_ms;
    }
  }
  armed_ms_ = never;
  arm();
}

bool DelayService::commit() {
  if (!core_.store.has_uncommitted()) return true;
  if (auto committed = core_.commit_messages(); !committed) {
    log_(str("delayed messages wait longer: ", to_string(committed.error())));
    return false;
  }
  delivered_end_ = core_.store.max_position();
  return true;
}

std::int64_t DelayService::deliver_due(std::int32_t number, Level& level, std::int64_t now_ms) {
  const std::int32_t queue_id = number - 1;
  const std::int64_t max_offset = core_.store.max_offset(schedule_topic, queue_id);
  level.reached =
      std::clamp(level.offset, core_.store.min_offset(schedule_topic, queue_id), max_offset);
  if (level.reached == max_offset) return never;

  core_.store.get({.topic = schedule_topic,
                   .queue_id = queue_id,
                   .offset = level.reached,
                   .messages_max = messages_per_turn},
                  read_);
  for (const std::string_view bytes : read_.records) {
    const auto record = protocol::decode_record(bytes, protocol::CrcCheck::skip);
    if (!record) continue;  // of our own log: damaged, and reported when it was found
    // Clocks are set back: nobody waits longer than his level.
    const std::int64_t due =
        std::min(levels_.deliver_at(record->properties, record->store_timestamp),
                 now_ms + levels_.delay_ms(number));
    if (due > now_ms) return due;
    if (!deliver(*record)) return now_ms + pause_after_failure_ms;
    level.reached = record->queue_offset + 1;
  }
  level.reached = std::max(level.reached, read_.next_begin_offset);  // over what is gone
  return level.reached < max_offset ? now_ms : never;
}

bool DelayService::deliver(const protocol::RecordView& record) {
  const auto placed = release(core_, record, record.properties);
  if (placed) {
    // Counted a second time, as stock does, for the topic it was for.
    const auto topic = protocol::find_property(record.properties, protocol::property::real_topic);
    core_.message_metrics.in(topic.value_or(""), MessageType::delay, 1,
                             placed->end - placed->position);
    return true;
  }
  log_(str("a delayed message was not delivered: ", to_string(placed.error())));
  return can_never_be_stored(placed.error());
}

void DelayService::arm() {
  std::int64_t due_ms = never;
  for (const auto& [number, level] : level_table_) due_ms = std::min(due_ms, level.due_ms);
  if (due_ms >= armed_ms_) return;
  armed_ms_ = due_ms;
  const std::int64_t wait_ms =
      std::clamp<std::int64_t>(due_ms - core_.loop.wall_ms(), 0, sleep_max_ms);
  timer_ = core_.loop.after(std::chrono::milliseconds(wait_ms), [this] { run(); });
}

}  // namespace rocketmq::broker
