#include "client/trace_batches.h"

#include <algorithm>
#include <utility>

#include "protocol/split.h"

namespace rocketmq::client {

bool TraceBatches::add(std::string_view topic, std::string_view message_id, std::string_view keys,
                       const protocol::TraceRecord& record, net::TimePoint now) {
  if (unsent_ >= records_max) return false;
  ++unsent_;
  std::string text;
  protocol::append_trace(text, record);

  auto found = open_.find(topic);
  if (found != open_.end() && found->second.batch.body.size() + text.size() > batch_bytes_max) {
    close(found);
    found = open_.end();
  }
  if (found == open_.end()) found = open_.emplace(topic, Open{.began = now}).first;
  Open& open = found->second;
  open.batch.body += text;
  add_key(open, message_id);
  while (!keys.empty()) add_key(open, protocol::take_until(keys, ' '));
  if (++open.batch.records == records_per_batch) close(found);
  return true;
}

void TraceBatches::add_key(Open& open, std::string_view key) {
  std::vector<std::string>& keys = open.batch.keys;
  if (key.empty() || std::ranges::find(keys, key) != keys.end()) return;
  if (open.key_bytes + key.size() > batch_key_bytes_max) return;
  open.key_bytes += key.size();
  keys.emplace_back(key);
}

void TraceBatches::close(std::map<std::string, Open, std::less<>>::iterator open) {
  full_.push_back(std::move(open->second.batch));
  open_.erase(open);
}

std::vector<TraceBatch> TraceBatches::take(net::TimePoint now) {
  for (auto open = open_.begin(); open != open_.end();) {
    const auto next = std::next(open);
    if (now >= open->second.began + batch_age_max) close(open);
    open = next;
  }
  return std::exchange(full_, {});
}

std::vector<TraceBatch> TraceBatches::take_all() {
  while (!open_.empty()) close(open_.begin());
  return std::exchange(full_, {});
}

std::optional<net::TimePoint> TraceBatches::next() const {
  if (!full_.empty()) return net::TimePoint::min();
  std::optional<net::TimePoint> first;
  for (const auto& [topic, open] : open_) {
    const net::TimePoint at = open.began + batch_age_max;
    if (!first || at < *first) first = at;
  }
  return first;
}

}  // namespace rocketmq::client
