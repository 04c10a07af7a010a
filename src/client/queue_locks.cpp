#include "client/queue_locks.h"

#include <algorithm>
#include <utility>

#include "protocol/json_body.h"
#include "protocol/requests/client_session.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

constexpr net::Duration renew_interval = 20s;  // Java: rocketmq.client.rebalance.lockInterval
constexpr net::Duration retry_interval = 500ms;
constexpr net::Duration lock_timeout = 1s;

protocol::MessageQueueData data_of(const MessageQueue& queue) {
  return {.broker_name = queue.broker_name, .queue_id = queue.queue_id, .topic = queue.topic};
}

}  // namespace

QueueLocks::QueueLocks(Client::Core& core, std::string group, Listener listener)
    : core_(core), group_(std::move(group)), listener_(std::move(listener)) {
  running_ = run();
  running_.start();
}

void QueueLocks::lock(const MessageQueue& queue) {
  if (!wanted_.try_emplace(queue).second) return;
  // Later, so that all queues of a round are locked with one request.
  wake_timer_ = core_.loop().after(net::Duration::zero(), [this] { wake_.set(); });
}

std::optional<net::TimePoint> QueueLocks::trusted_until(const MessageQueue& queue) const {
  const auto found = wanted_.find(queue);
  if (found == wanted_.end() || !found->second.is_known_ours(core_.loop().now())) return {};
  return found->second.trusted_until();
}

bool QueueLocks::is_missing_one() const {
  return std::any_of(wanted_.begin(), wanted_.end(), [now = core_.loop().now()](const auto& each) {
    return !each.second.is_known_ours(now);
  });
}

struct QueueLocks::Round {
  explicit Round(std::size_t requests) : left(requests) {
    if (left == 0) done.set();
  }
  void one_done(bool is_answered) {
    all_answered = all_answered && is_answered;
    if (--left == 0) done.set();
  }
  std::size_t left;
  bool all_answered = true;
  net::Event done;
};

net::Task<> QueueLocks::run() {
  net::TimePoint renewed_at = core_.loop().now();
  for (;;) {
    wake_.reset();
    const net::TimePoint now = core_.loop().now();
    const bool renews = now - renewed_at >= renew_interval;
    const bool all_answered = co_await round(renews);
    if (renews && all_answered) renewed_at = now;
    net::Duration delay = renewed_at + renew_interval - core_.loop().now();
    if (is_missing_one() || !all_answered) delay = std::min(delay, retry_interval);
    round_timer_ = core_.loop().after(std::max(delay, retry_interval), [this] { wake_.set(); });
    co_await wake_.wait();
  }
}

// All brokers at once: one that does not answer must not cost the locks of the others.
net::Task<bool> QueueLocks::round(bool renews) {
  ByBroker by_broker;
  for (const auto& [queue, lock] : wanted_) {
    if (renews || !lock.is_known_ours(core_.loop().now())) {
      by_broker[queue.broker_name].push_back(queue);
    }
  }
  const auto round = std::make_shared<Round>(by_broker.size());
  for (auto& [broker_name, queues] : by_broker) {
    requests_.start(lock_at(round, broker_name, std::move(queues)));
  }
  co_await round->done.wait();
  co_return round->all_answered;
}

net::Task<> QueueLocks::lock_at(std::shared_ptr<Round> round, std::string broker_name,
                                std::vector<MessageQueue> queues) {
  const net::TimePoint asked_at = core_.loop().now();
  const std::string text = body(queues);
  const auto answer = co_await core_.call(
      broker_name, protocol::LockBatchMq{.broker_name = broker_name}, text, lock_timeout);
  const auto locked =
      answer ? protocol::from_json<protocol::LockBatchResponseBody>(answer->body, "locks")
             : Result<protocol::LockBatchResponseBody>(answer.error());
  if (locked) {
    take_answer(queues, asked_at, locked->locked_queues);
  } else {  // what we have ages
    core_.log().info(str("locking queues at ", broker_name, ": ", to_string(locked.error())));
  }
  round->one_done(locked.has_value());
}

void QueueLocks::take_answer(const std::vector<MessageQueue>& asked, net::TimePoint asked_at,
                             const std::vector<protocol::MessageQueueData>& locked) {
  for (const MessageQueue& queue : asked) {
    const bool is_ours = std::find(locked.begin(), locked.end(), data_of(queue)) != locked.end();
    const auto found = wanted_.find(queue);
    if (found == wanted_.end()) {
      if (is_ours) unlock_soon(queue.broker_name, {queue});  // we have changed our mind
    } else if (is_ours) {
      const bool is_unbroken = found->second.granted(asked_at, core_.loop().now());
      listener_.on_locked(queue, found->second.trusted_until(), is_unbroken);
    } else if (found->second.refused()) {
      core_.log().warn(str("the lock of ", to_string(queue), " is lost"));
      listener_.on_lost(queue);
    }
  }
}

std::string QueueLocks::body(const std::vector<MessageQueue>& queues) const {
  protocol::LockBatchRequestBody request{.client_id = core_.client_id(), .consumer_group = group_};
  for (const MessageQueue& queue : queues) request.mq_set.push_back(data_of(queue));
  request.only_this_broker = false;
  return protocol::to_json(request);
}

// ---- giving back

void QueueLocks::unlock(const MessageQueue& queue) {
  const auto found = wanted_.find(queue);
  if (found == wanted_.end()) return;
  const bool was_granted = found->second.is_granted();
  wanted_.erase(found);
  if (was_granted) unlock_soon(queue.broker_name, {queue});
}

void QueueLocks::unlock_soon(const std::string& broker_name,
                             const std::vector<MessageQueue>& queues) {
  const std::string* address = core_.routes().table().address_of(broker_name, master_id);
  net::Channel* const channel = address == nullptr ? nullptr : core_.pool().find(*address);
  if (channel == nullptr) return;  // the broker's lease ends by itself
  static_cast<void>(
      channel->oneway(protocol::UnlockBatchMq{.broker_name = broker_name}, body(queues)));
}

QueueLocks::ByBroker QueueLocks::take_all() {
  running_.cancel();
  wake_timer_.reset();
  round_timer_.reset();
  ByBroker by_broker;
  for (const auto& [queue, lock] : std::exchange(wanted_, {})) {
    if (lock.is_granted()) by_broker[queue.broker_name].push_back(queue);
  }
  return by_broker;
}

net::Task<> QueueLocks::unlock_all(net::Duration timeout) {
  ByBroker by_broker = take_all();
  const auto round = std::make_shared<Round>(by_broker.size());
  for (auto& [broker_name, queues] : by_broker) {
    requests_.start(unlock_at(round, broker_name, std::move(queues), timeout));
  }
  co_await round->done.wait();
}

net::Task<> QueueLocks::unlock_at(std::shared_ptr<Round> round, std::string broker_name,
                                  std::vector<MessageQueue> queues, net::Duration timeout) {
  const std::string text = body(queues);
  const auto answer = co_await core_.call(
      broker_name, protocol::UnlockBatchMq{.broker_name = broker_name}, text, timeout);
  if (!answer) {
    core_.log().info(str("unlocking queues at ", broker_name, ": ", to_string(answer.error())));
  }
  round->one_done(answer.has_value());
}

void QueueLocks::unlock_all_at_once() {
  for (const auto& [broker_name, queues] : take_all()) unlock_soon(broker_name, queues);
}

}  // namespace rocketmq::client
