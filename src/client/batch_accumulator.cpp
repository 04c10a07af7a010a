#include "client/batch_accumulator.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "client/batch_prep.h"
#include "protocol/properties.h"

namespace rocketmq::client {
namespace {

namespace property = protocol::property;

// What messages must have in common to go together. The sharding key is among it: the whole batch
// goes to the queue of that key.
std::string key_of(const PreparedMessage& message) {
  std::string key(message.topic);
  for (const std::string_view name :
       {property::tags, property::wait_store_msg_ok, property::sharding_key}) {
    key += protocol::property_separator;
    key += protocol::find_property(message.properties, name).value_or(std::string_view());
  }
  return key;
}

}  // namespace

bool BatchAccumulator::add(Send& send, net::TimePoint now) {
  const std::size_t bytes = batch_entry_size(send.message);
  if (held_bytes_ + bytes > options_.held_bytes_max || bytes > message_bytes_max_) return false;

  std::string key = key_of(send.message);
  auto found = open_by_key_.find(key);
  if (found != open_by_key_.end() && found->second->bytes + bytes > message_bytes_max_) {
    close(found->second);
    found = open_by_key_.end();
  }
  if (found == open_by_key_.end()) {
    open_.push_back({.key = key, .members = {}, .ready_at = now + options_.linger});
    found = open_by_key_.emplace(std::move(key), std::prev(open_.end())).first;
  }
  const Batches::iterator batch = found->second;
  batch->members.push_back(&send);
  batch->bytes += bytes;
  held_bytes_ += bytes;
  if (batch->bytes > options_.batch_bytes_max) close(batch);
  return true;
}

// No more is added to it.
void BatchAccumulator::close(Batches::iterator batch) {
  open_by_key_.erase(batch->key);
  full_.splice(full_.end(), open_, batch);
}

void BatchAccumulator::remove(Send& send) {
  for (Batches* const list : {&full_, &open_}) {
    for (auto batch = list->begin(); batch != list->end(); ++batch) {
      const auto member = std::ranges::find(batch->members, &send);
      if (member == batch->members.end()) continue;
      batch->members.erase(member);
      const std::size_t bytes = batch_entry_size(send.message);
      batch->bytes -= bytes;
      held_bytes_ -= bytes;
      if (!batch->members.empty()) return;
      if (list == &open_) open_by_key_.erase(batch->key);
      list->erase(batch);
      return;
    }
  }
}

Members BatchAccumulator::take(Batches::iterator batch) {
  held_bytes_ -= batch->bytes;
  Members members = std::move(batch->members);
  full_.erase(batch);
  return members;
}

std::optional<Members> BatchAccumulator::take_ready(net::TimePoint now) {
  if (full_.empty() && !open_.empty() && open_.front().ready_at <= now) close(open_.begin());
  if (full_.empty()) return std::nullopt;
  return take(full_.begin());
}

std::optional<Members> BatchAccumulator::take() {
  if (full_.empty() && !open_.empty()) close(open_.begin());
  if (full_.empty()) return std::nullopt;
  return take(full_.begin());
}

std::optional<net::TimePoint> BatchAccumulator::next_ready() const {
  if (!full_.empty()) return net::TimePoint::min();
  if (open_.empty()) return std::nullopt;
  return open_.front().ready_at;
}

}  // namespace rocketmq::client
