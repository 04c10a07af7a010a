#include "broker-lite/state/pop_orders.h"

#include <algorithm>
#include <utility>

#include "protocol/json_body.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::size_t messages_max = 64;  // bits of `acknowledged`

struct OrderFile {
  std::map<std::string, std::map<std::int32_t, PopOrders::Popped>> table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("table", &OrderFile::table);
  }
};

std::string name_of(const PopOrders::Key& key) { return str(key.topic, '@', key.group); }

std::vector<std::int64_t> as_differences(std::span<const std::int64_t> offsets) {
  std::vector<std::int64_t> result(offsets.begin(), offsets.end());
  for (std::size_t i = 1; i < result.size(); ++i) result[i] -= result.front();
  return result;
}

}  // namespace

std::int64_t PopOrders::Popped::visible_again(std::size_t index,
                                              std::int64_t usual_invisible_time) const {
  const auto changed = visible_times.find(offset(index));
  if (changed != visible_times.end()) return changed->second;
  const std::int64_t own = invisible_time.value_or(0);
  return pop_time + (own > 0 ? own : usual_invisible_time);
}

const PopOrders::Popped* PopOrders::find(const Key& key) const {
  const auto queues = table_.find(name_of(key));
  if (queues == table_.end()) return nullptr;
  const auto found = queues->second.find(key.queue_id);
  return found == queues->second.end() || found->second.offsets.empty() ? nullptr : &found->second;
}

bool PopOrders::is_blocked(const Key& key, std::string_view attempt_id, std::int64_t invisible_time,
                           std::int64_t now_ms) const {
  const Popped* popped = find(key);
  if (popped == nullptr) return false;
  if (popped->attempt_id && !attempt_id.empty() && *popped->attempt_id == attempt_id) return false;
  for (std::size_t i = 0; i < popped->offsets.size(); ++i) {
    if (popped->is_acknowledged(i)) continue;
    if (now_ms < popped->visible_again(i, invisible_time)) return true;
  }
  return false;
}

PopOrders::Counts PopOrders::popped(const Key& key, std::string_view attempt_id,
                                    std::int64_t pop_time, std::int64_t invisible_time,
                                    std::span<const std::int64_t> offsets, std::int64_t now_ms) {
  Popped& slot = table_[name_of(key)][key.queue_id];
  Popped next{.invisible_time = invisible_time,
              .last_consume_timestamp = now_ms,
              .offsets = as_differences(offsets.first(std::min(offsets.size(), messages_max))),
              .pop_time = pop_time};
  if (!attempt_id.empty()) next.attempt_id = attempt_id;
  if (next.attempt_id && next.attempt_id == slot.attempt_id) {
    next.consumed_counts = std::move(slot.consumed_counts);  // the same pop, asked for again
  } else {
    for (std::size_t i = 0; i < slot.offsets.size(); ++i) {
      const std::int64_t offset = slot.offset(i);
      if (!std::ranges::binary_search(offsets, offset)) continue;
      const auto before = slot.consumed_counts.find(offset);
      next.consumed_counts[offset] = before == slot.consumed_counts.end() ? 1 : before->second + 1;
    }
  }
  slot = std::move(next);
  is_dirty_ = true;
  Counts counts{slot.consumed_counts, 0};
  if (counts.of_message.size() == slot.offsets.size()) {
    counts.of_queue = std::ranges::min_element(counts.of_message, {}, [](const auto& each) {
                        return each.second;
                      })->second;
  }
  return counts;
}

// Java: ConsumerOrderInfoManager.commitAndNext.
PopOrders::Acked PopOrders::acknowledge(const Key& key, std::int64_t offset,
                                        std::int64_t pop_time) {
  Popped* popped = find(key);
  if (popped == nullptr) return {Ack::done, offset + 1};
  if (popped->pop_time != pop_time) return {Ack::popped_again};
  std::size_t index = 0;
  while (index < popped->offsets.size() && popped->offset(index) != offset) ++index;
  if (index == popped->offsets.size()) return {Ack::no_such_message};
  popped->acknowledged |= static_cast<std::int64_t>(std::uint64_t{1} << index);
  is_dirty_ = true;
  std::size_t first = 0;
  while (first < popped->offsets.size() && popped->is_acknowledged(first)) ++first;
  const bool is_last = first == popped->offsets.size();
  return {Ack::done, is_last ? popped->offset(first - 1) + 1 : popped->offset(first)};
}

bool PopOrders::change_visible(const Key& key, std::int64_t offset, std::int64_t pop_time,
                               std::int64_t visible_again_ms) {
  Popped* popped = find(key);
  if (popped == nullptr || popped->pop_time != pop_time) return false;
  popped->visible_times[offset] = visible_again_ms;
  is_dirty_ = true;
  return true;
}

void PopOrders::release(const Key& key) {
  Popped* popped = find(key);
  if (popped == nullptr) return;
  popped->pop_time = -1;
  popped->visible_times.clear();
  is_dirty_ = true;
}

std::string PopOrders::to_json(const std::function<bool(const Key&)>& is_gone) {
  is_dirty_ = false;
  OrderFile file;
  for (auto entry = table_.begin(); entry != table_.end();) {
    const auto& [name, queues] = *entry;
    const std::size_t at = name.find('@');
    std::erase_if(entry->second, [&](const auto& queue) {
      return is_gone({std::string_view(name).substr(0, at), std::string_view(name).substr(at + 1),
                      queue.first});
    });
    if (queues.empty()) {
      entry = table_.erase(entry);
      continue;
    }
    file.table.emplace(name, queues);
    ++entry;
  }
  return protocol::to_json(file);
}

Result<void> PopOrders::load(std::string_view json) {
  auto file = protocol::from_json<OrderFile>(json, "popped in order");
  if (!file) return std::move(file).error();
  table_.clear();
  for (auto& [name, queues] : file->table) {
    if (name.find('@') == name.npos) continue;
    std::erase_if(queues, [](const auto& queue) {
      return queue.second.offsets.empty() || queue.second.offsets.size() > messages_max;
    });
    if (!queues.empty()) table_.emplace(name, std::move(queues));
  }
  return {};
}

}  // namespace rocketmq::broker
