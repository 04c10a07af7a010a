#include "broker-lite/state/waiting_pops.h"

#include <cassert>
#include <utility>

#include "protocol/pop_info.h"

namespace rocketmq::broker {
namespace {

using protocol::PopTopicKind;

bool is_wanted(const MessageFilter& filter, const Arrival& arrival) {
  return wants(filter.tags_codes, arrival.tags_code) && wants(filter.sql.get(), arrival.record);
}

}  // namespace

std::size_t WaitingPops::size_for(std::string_view topic, std::string_view group,
                                  std::int32_t queue_id) const {
  const auto groups = topics_.find(topic);
  if (groups == topics_.end()) return 0;
  const auto queues = groups->second.find(group);
  if (queues == groups->second.end()) return 0;
  const auto waiters = queues->second.find(queue_id);
  return waiters == queues->second.end() ? 0 : waiters->second.size();
}

bool WaitingPops::is_full_for(const protocol::PopMessage& request) const {
  return waiters_.size() >= limits_.all_max ||
         size_for(request.topic, request.consumer_group, request.queue_id) >= limits_.each_max;
}

void WaitingPops::add(WaitingPop pop) {
  assert(!is_full_for(*pop.request));
  insert(std::move(pop), false);
}

void WaitingPops::add_again(WaitingPop pop) { insert(std::move(pop), true); }

void WaitingPops::insert(WaitingPop pop, bool first) {
  const std::string topic(pop.request->topic);
  const std::string group(pop.request->consumer_group);
  for (const PopTopicKind kind : {PopTopicKind::retry_v1, PopTopicKind::retry_v2}) {
    Origin& origin = retry_topics_[protocol::pop_topic(kind, topic, group)];
    if (origin.count++ == 0) origin = {topic, group, 1};
  }
  auto& place = topics_[topic][group][pop.request->queue_id];
  const net::TimePoint deadline = pop.deadline;
  const auto waiter = waiters_.insert(waiters_.end(), Waiter{std::move(pop), {}, {}});
  waiter->place = place.insert(first ? place.begin() : place.end(), waiter);
  waiter->deadline = deadlines_.emplace(deadline, waiter);
}

void WaitingPops::take(Waiters::iterator waiter, std::vector<WaitingPop>& taken) {
  const protocol::PopMessage& request = *waiter->pop.request;
  for (const PopTopicKind kind : {PopTopicKind::retry_v1, PopTopicKind::retry_v2}) {
    const auto origin =
        retry_topics_.find(protocol::pop_topic(kind, request.topic, request.consumer_group));
    if (--origin->second.count == 0) retry_topics_.erase(origin);
  }
  const auto groups = topics_.find(request.topic);
  const auto queues = groups->second.find(request.consumer_group);
  const auto queue = queues->second.find(request.queue_id);
  queue->second.erase(waiter->place);
  if (queue->second.empty()) queues->second.erase(queue);
  if (queues->second.empty()) groups->second.erase(queues);
  if (groups->second.empty()) topics_.erase(groups);
  deadlines_.erase(waiter->deadline);
  taken.push_back(std::move(waiter->pop));
  waiters_.erase(waiter);
}

bool WaitingPops::take_one(Queues& queues, std::int32_t queue_id, const Arrival* arrival,
                           std::vector<WaitingPop>& taken) {
  const auto queue = queues.find(queue_id);
  if (queue == queues.end()) return false;
  for (const Waiters::iterator waiter : queue->second) {
    if (arrival != nullptr && !is_wanted(waiter->pop.filter, *arrival)) continue;
    take(waiter, taken);
    return true;
  }
  return false;
}

void WaitingPops::take_wanting(const Arrival& arrival, std::vector<WaitingPop>& taken) {
  if (const auto origin = retry_topics_.find(arrival.topic); origin != retry_topics_.end()) {
    // Whatever its tag: it was for the group before. Which queue they read does not matter either.
    Queues& queues = topics_.find(origin->second.topic)->second.find(origin->second.group)->second;
    take(queues.begin()->second.front(), taken);
    return;
  }
  const auto groups = topics_.find(arrival.topic);
  if (groups == topics_.end()) return;
  std::vector<std::string> names;  // taking the last of a group takes the group away
  for (const auto& [group, queues] : groups->second) names.push_back(group);
  for (const std::string& group : names) {
    Queues& queues = topics_.find(arrival.topic)->second.find(group)->second;
    if (!take_one(queues, arrival.queue_id, &arrival, taken)) {
      take_one(queues, -1, &arrival, taken);
    }
    if (topics_.find(arrival.topic) == topics_.end()) return;
  }
}

void WaitingPops::take_first(std::string_view topic, std::string_view group, std::int32_t queue_id,
                             std::vector<WaitingPop>& taken) {
  const auto groups = topics_.find(topic);
  if (groups == topics_.end()) return;
  const auto queues = groups->second.find(group);
  if (queues == groups->second.end()) return;
  if (!take_one(queues->second, queue_id, nullptr, taken)) {
    take_one(queues->second, -1, nullptr, taken);
  }
}

void WaitingPops::take_ordered(std::vector<WaitingPop>& taken) {
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    const auto next = std::next(waiter);
    if (waiter->pop.request->order.value_or(false)) take(waiter, taken);
    waiter = next;
  }
}

void WaitingPops::take_expired(net::TimePoint now, std::vector<WaitingPop>& taken) {
  while (next_deadline() <= now) take(deadlines_.begin()->second, taken);
}

void WaitingPops::take_all(std::vector<WaitingPop>& taken) {
  while (!waiters_.empty()) take(waiters_.begin(), taken);
}

void WaitingPops::drop_closed() {
  std::vector<WaitingPop> dropped;
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    const auto next = std::next(waiter);
    if (!waiter->pop.responder.channel()) take(waiter, dropped);
    waiter = next;
  }
}

}  // namespace rocketmq::broker
