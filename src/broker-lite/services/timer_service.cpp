#include "broker-lite/services/timer_service.h"

#include <algorithm>
#include <utility>

#include "broker-lite/services/release.h"
#include "broker-lite/state/names.h"
#include "protocol/describe.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

namespace property = protocol::property;

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t second_ms = 1000;
// The wall clock may be set: what is due is looked for at least so often.
constexpr std::int64_t sleep_max_ms = 10'000;
constexpr std::int64_t pause_after_failure_ms = 10'000;
constexpr std::size_t messages_per_turn = 256;

std::string text_of(std::string_view properties, std::string_view name) {
  return std::string(protocol::find_property(properties, name).value_or(""));
}

// What a message that deletes names another by. Java: TimerMessageStore.buildDeleteKey.
std::string delete_key(std::string_view properties) {
  return str(text_of(properties, property::real_topic), '+',
             text_of(properties, property::unique_key));
}

}  // namespace

// ---- what waits

Result<void> TimerService::load() {
  const auto loaded = load_timer_check(directory_);
  if (!loaded) return loaded.error();
  loaded_ = saved_ = *loaded;
  const bool is_ours = loaded_.last_timer_log_flush_pos == 0;
  const std::int64_t oldest_ms =
      core_.loop.wall_ms() - core_.options.timer_max_delay_sec * second_ms;
  tail_.start_at(is_ours
                     ? std::min(loaded_.last_timer_queue_offset, loaded_.master_timer_queue_offset)
                     : core_.store.offset_by_time(timer_topic, 0, oldest_ms, TimeBoundary::lower));
  return {};
}

void TimerService::read_new() {
  tail_.read([this](const protocol::RecordView& record) { add(record); });
  arm();
}

void TimerService::add(const protocol::RecordView& record) {
  Waiting one{.position = record.physical_offset, .queue_offset = record.queue_offset};
  // One without a time is due at once: better early than never.
  protocol::from_text(text_of(record.properties, property::timer_out_ms), one.out_ms);
  one.deletes =
      protocol::find_property(record.properties, property::timer_del_unique_key).has_value();
  const std::int64_t known_to =
      std::max(loaded_.last_timer_queue_offset, loaded_.master_timer_queue_offset);
  if (one.queue_offset < known_to && one.out_ms < loaded_.last_read_time_ms) return;  // done
  waiting_.push_back(one);
  std::push_heap(waiting_.begin(), waiting_.end());
  enqueued_.add({.messages = 1}, core_.loop.now());
}

// ---- delivering

void TimerService::run() {
  timer_.reset();
  armed_ms_ = never;
  const std::int64_t now_ms = core_.loop.wall_ms();
  std::vector<Waiting> done;
  bool is_refused = false;
  while (!waiting_.empty() && waiting_.front().out_ms + second_ms <= now_ms &&
         done.size() < messages_per_turn) {
    const Waiting due = waiting_.front();
    if (!deliver(due, now_ms)) {
      is_refused = true;
      break;
    }
    std::pop_heap(waiting_.begin(), waiting_.end());
    waiting_.pop_back();
    done.push_back(due);
  }
  if (core_.store.has_uncommitted()) {
    if (auto committed = core_.commit_messages(); !committed) {
      log_(str("timer messages wait longer: ", to_string(committed.error())));
      is_refused = true;
      for (const Waiting& again : done) {
        waiting_.push_back(again);
        std::push_heap(waiting_.begin(), waiting_.end());
      }
    } else {
      delivered_end_ = core_.store.max_position();
      dequeued_.add({.messages = std::ssize(done)}, core_.loop.now());
    }
  }
  if (!is_refused) return arm();
  armed_ms_ = now_ms + pause_after_failure_ms;
  timer_ = core_.loop.after(std::chrono::milliseconds(pause_after_failure_ms), [this] { run(); });
}

// False: the disk does not take it.
bool TimerService::deliver(const Waiting& due, std::int64_t now_ms) {
  const auto stored = core_.store.record_at(due.position);
  if (!stored) {
    log_(str("a timer message is gone: ", to_string(stored.error())));
    return true;
  }
  const protocol::RecordView& record = stored->record;
  if (std::exchange(deleting_ms_, due.out_ms) != due.out_ms) deleted_.clear();
  if (due.deletes) {
    deleted_.insert(text_of(record.properties, property::timer_del_unique_key));
    return true;
  }
  if (!deleted_.empty() && deleted_.contains(delete_key(record.properties))) return true;

  properties_ = record.properties;
  protocol::append_property(properties_, property::timer_enqueue_ms,
                            std::to_string(record.store_timestamp));
  protocol::append_property(properties_, property::timer_dequeue_ms, std::to_string(now_ms));
  auto placed = release(core_, record, properties_);
  if (!placed && can_never_be_stored(placed.error())) {  // with all that was added, it is too long
    placed = release(core_, record, record.properties);
  }
  if (placed) return true;
  log_(str("a timer message was not delivered: ", to_string(placed.error())));
  return can_never_be_stored(placed.error());
}

std::int64_t TimerService::next_due_ms() const {
  return waiting_.empty() ? never : waiting_.front().out_ms + second_ms;
}

void TimerService::arm() {
  if (waiting_.empty()) return;
  const std::int64_t due_ms = waiting_.front().out_ms + second_ms;
  if (due_ms >= armed_ms_) return;
  armed_ms_ = due_ms;
  const std::int64_t wait_ms =
      std::clamp<std::int64_t>(due_ms - core_.loop.wall_ms(), 0, sleep_max_ms);
  timer_ = core_.loop.after(std::chrono::milliseconds(wait_ms), [this] { run(); });
}

std::int64_t TimerService::needed_from() const {
  std::int64_t position = core_.store.max_position();
  for (const Waiting& one : waiting_) position = std::min(position, one.position);
  return position;
}

// ---- how far it has come

TimerCheck TimerService::check() const {
  TimerCheck check;
  const std::int64_t now_ms = core_.loop.wall_ms();
  check.last_read_time_ms = now_ms / second_ms * second_ms;
  check.last_timer_queue_offset = check.master_timer_queue_offset = tail_.next();
  for (const Waiting& one : waiting_) {
    check.last_read_time_ms = std::min(check.last_read_time_ms, one.out_ms);
    check.last_timer_queue_offset = std::min(check.last_timer_queue_offset, one.queue_offset);
  }
  return check;
}

void TimerService::save_if_moved() {
  if (is_saving_ || core_.store.flushed_position() < delivered_end_) return;
  const TimerCheck now = check();
  const bool has_moved = now.last_timer_queue_offset != saved_.last_timer_queue_offset ||
                         now.master_timer_queue_offset != saved_.master_timer_queue_offset;
  if (!has_moved) return;
  is_saving_ = true;
  flusher_.run([&directory = directory_, now] { return save_timer_check(directory, now); },
               [this, now](const Result<void>& saved) {
                 is_saving_ = false;
                 if (!saved) return log_(str("timercheck: ", to_string(saved.error())));
                 saved_ = now;
               });
}

Result<void> TimerService::save_now() {
  const TimerCheck now = check();
  const bool was_used = now.master_timer_queue_offset > 0 || saved_ != TimerCheck{};
  return was_used ? save_timer_check(directory_, now) : Result<void>();
}

}  // namespace rocketmq::broker
