#include "broker-lite/store/recovery_start.h"

#include <algorithm>
#include <span>
#include <vector>

namespace rocketmq::broker {
namespace {

constexpr std::size_t boundary_queues_max = 16;  // asked for a record near the checkpoint

}  // namespace

std::optional<std::int64_t> RecoveryStart::noted() const {
  const bool was_killed = last_stop_.kind == LastStop::Kind::killed;
  if (!was_killed && last_stop_.kind != LastStop::Kind::clean) return std::nullopt;
  if (queues_.topics().empty()) return std::nullopt;  // maybe removed, so that we make them anew
  const std::int64_t position = was_killed ? *last_stop_.queues_written_to : last_position_;
  // Noted before stock has put gigabytes behind it? A queue knows better then.
  const bool is_near = log_.file_count() > 0 &&
                       position >= log_.file_start(log_.file_count() - 1) - log_.file_size();
  if (!is_near || !reader_.record(position)) return std::nullopt;
  return position;
}

std::int64_t RecoveryStart::first() const {
  const bool have_queues = std::any_of(queues_.all().begin(), queues_.all().end(),
                                       [](auto* queue) { return queue->last_position() >= 0; });
  if (!have_queues) return reader_.begin();
  std::optional<std::int64_t> start;
  switch (last_stop_.kind) {
    case LastStop::Kind::clean:
      start = last_known_record();
      break;
    case LastStop::Kind::killed:
      start = first_unwritten_record();
      if (!start) start = record_before_checkpoint();
      break;
    case LastStop::Kind::crash_of_ours:
      start = record_before_checkpoint();
      break;
    case LastStop::Kind::crash_of_stock:
      break;
  }
  return start ? *start : file_before_checkpoint();
}

std::optional<std::int64_t> RecoveryStart::first_unwritten_record() const {
  const std::int64_t position = *last_stop_.queues_written_to;
  if (reader_.record(position) || reader_.is_blank(position)) return position;
  const auto last = last_known_record();  // nothing was put behind it
  return last && *last < position ? last : std::nullopt;
}

std::optional<std::int64_t> RecoveryStart::last_known_record() const {
  std::int64_t last = -1;
  for (const ConsumeQueue* queue : queues_.all()) last = std::max(last, queue->last_position());
  if (last < 0 || !reader_.record(last)) return std::nullopt;
  return last;
}

// Any queue gives places of records; the ones that were used last have places near the end.
std::optional<std::int64_t> RecoveryStart::record_before_checkpoint() const {
  std::vector<const ConsumeQueue*> by_last(queues_.all().begin(), queues_.all().end());
  const std::size_t count = std::min(by_last.size(), boundary_queues_max);
  std::partial_sort(by_last.begin(), by_last.begin() + static_cast<std::ptrdiff_t>(count),
                    by_last.end(), [](const ConsumeQueue* a, const ConsumeQueue* b) {
                      return a->last_position() > b->last_position();
                    });
  std::optional<std::int64_t> best;
  for (std::size_t i = 0; i < count; ++i) {
    const auto position = last_record_before_checkpoint(*by_last[i]);
    if (position && (!best || *position > *best)) best = position;
  }
  return best;
}

std::optional<std::int64_t> RecoveryStart::last_record_before_checkpoint(
    const ConsumeQueue& queue) const {
  std::optional<std::int64_t> best;
  std::int64_t from = queue.min_offset();
  std::int64_t to = queue.max_offset();
  while (from < to) {
    const std::int64_t middle = from + (to - from) / 2;
    QueueEntry entry;
    const auto count = queue.read(middle, std::span(&entry, 1));
    const auto record = count && *count == 1 ? reader_.record(entry.position) : std::nullopt;
    if (record && record->store_timestamp <= time_) {
      best = entry.position;
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return best;
}

// Java: CommitLog.isMappedFileMatchedRecover.
std::int64_t RecoveryStart::file_before_checkpoint() const {
  for (std::size_t i = log_.file_count(); i-- > 1;) {
    const auto record = reader_.record(log_.file_start(i));
    if (record && record->store_timestamp != 0 && record->store_timestamp <= time_) {
      return log_.file_start(i);
    }
  }
  return reader_.begin();
}

std::int64_t RecoveryStart::earlier(std::int64_t start) const {
  std::int64_t earlier = reader_.file_start(start);
  while (earlier > reader_.begin() && (earlier == start || !reader_.record(earlier))) {
    earlier -= log_.file_size();
  }
  return earlier;
}

}  // namespace rocketmq::broker
