#include "broker-lite/state/waiting_pulls.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

namespace rocketmq::broker {
namespace {

bool has_waited_for(const WaitingPull& pull, const Arrival& arrival) {
  if (pull.request->queue_offset >= arrival.max_offset) return false;
  return wants(pull.filter.tags_codes, arrival.tags_code) &&
         wants(pull.filter.sql.get(), arrival.record);
}

}  // namespace

void WaitingPulls::add(WaitingPull pull) {
  assert(!is_full());
  Waiters& waiters =
      topics_.try_emplace(std::string(pull.request->topic)).first->second[pull.request->queue_id];
  const net::TimePoint deadline = pull.deadline;
  const auto waiter = waiters.insert(waiters.end(), Waiter{std::move(pull), {}});
  waiter->deadline = deadlines_.emplace(deadline, waiter);
}

void WaitingPulls::take_wanting(const Arrival& arrival, std::vector<WaitingPull>& taken) {
  const auto topic = topics_.find(arrival.topic);
  if (topic == topics_.end()) return;
  const auto queue = topic->second.find(arrival.queue_id);
  if (queue == topic->second.end()) return;
  Waiters& waiters = queue->second;
  for (auto waiter = waiters.begin(); waiter != waiters.end();) {
    waiter =
        has_waited_for(waiter->pull, arrival) ? take(waiters, waiter, taken) : std::next(waiter);
  }
  forget_if_empty(topic, queue);
}

void WaitingPulls::take_expired(net::TimePoint now, std::vector<WaitingPull>& taken) {
  while (next_deadline() <= now) take_at_deadline(deadlines_.begin(), taken);
}

void WaitingPulls::take_all(std::vector<WaitingPull>& taken) {
  while (!deadlines_.empty()) take_at_deadline(deadlines_.begin(), taken);
}

void WaitingPulls::drop_closed() {
  std::vector<WaitingPull> dropped;
  for (auto deadline = deadlines_.begin(); deadline != deadlines_.end();) {
    const auto next = std::next(deadline);
    if (!deadline->second->pull.responder.channel()) take_at_deadline(deadline, dropped);
    deadline = next;
  }
}

WaitingPulls::Waiters::iterator WaitingPulls::take(Waiters& waiters, Waiters::iterator waiter,
                                                   std::vector<WaitingPull>& taken) {
  taken.push_back(std::move(waiter->pull));
  deadlines_.erase(waiter->deadline);
  return waiters.erase(waiter);
}

void WaitingPulls::take_at_deadline(Deadlines::iterator deadline, std::vector<WaitingPull>& taken) {
  const auto waiter = deadline->second;
  const auto topic = topics_.find(waiter->pull.request->topic);
  const auto queue = topic->second.find(waiter->pull.request->queue_id);
  take(queue->second, waiter, taken);
  forget_if_empty(topic, queue);
}

void WaitingPulls::forget_if_empty(TextMap<Queues>::iterator topic, Queues::iterator queue) {
  if (!queue->second.empty()) return;
  topic->second.erase(queue);
  if (topic->second.empty()) topics_.erase(topic);
}

}  // namespace rocketmq::broker
