#include "client/rebalancer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

constexpr net::Duration retry_delay_min = 1s;  // Java: RebalanceService.minInterval
constexpr net::Duration retry_delay_max = 5s;  // a topic may be created at any time

QueueRound round_between(const std::set<AssignedQueue>& held, std::vector<AssignedQueue> wanted) {
  const std::set<AssignedQueue> target(wanted.begin(), wanted.end());
  QueueRound round;
  std::set_difference(held.begin(), held.end(), target.begin(), target.end(),
                      std::back_inserter(round.dropped));
  std::set_difference(target.begin(), target.end(), held.begin(), held.end(),
                      std::back_inserter(round.added));
  round.wanted = std::move(wanted);
  return round;
}

}  // namespace

Rebalancer::Rebalancer(Client::Core& core, std::string group, std::unique_ptr<QueueSource> source,
                       QueueOwner& owner)
    : core_(core), group_(std::move(group)), source_(std::move(source)), owner_(owner) {}

Rebalancer::~Rebalancer() { leave_at_once(); }

// ---- what is subscribed to

void Rebalancer::subscribe(protocol::SubscriptionData subscription) {
  const std::string topic = subscription.topic;
  const bool is_new = subscriptions_.insert_or_assign(topic, std::move(subscription)).second;
  if (route_listener_ == 0) return;
  if (is_new) core_.routes().pin(topic);
  core_.groups().heartbeat_soon();
  if (is_new) wake();
}

bool Rebalancer::unsubscribe(const std::string& topic) {
  if (subscriptions_.erase(topic) == 0) return false;
  if (route_listener_ == 0) return true;
  core_.routes().unpin(topic);
  core_.groups().heartbeat_soon();
  return true;
}

std::vector<protocol::SubscriptionData> Rebalancer::subscription_data() const {
  std::vector<protocol::SubscriptionData> data;
  for (const auto& [topic, subscription] : subscriptions_) data.push_back(subscription);
  return data;
}

std::vector<std::string> Rebalancer::topics() const {
  std::vector<std::string> topics;
  for (const auto& [topic, subscription] : subscriptions_) topics.push_back(topic);
  return topics;
}

// ---- membership

Result<void> Rebalancer::join(ConsumerMember& member) {
  if (auto added = core_.groups().add_consumer(group_, member); !added) return added;
  for (const auto& [topic, subscription] : subscriptions_) core_.routes().pin(topic);
  route_listener_ = core_.routes().add_listener([this](const RoutePtr& route) {
    if (subscriptions_.contains(route->topic)) wake();
  });
  running_ = run();
  running_.start();
  return {};
}

void Rebalancer::stop() {
  running_.cancel();
  wake_timer_.reset();
  round_timer_.reset();
}

net::Task<> Rebalancer::leave(net::Duration timeout) {
  stop();
  if (!leave_routes()) co_return;
  co_await core_.groups().remove_consumer(group_, timeout);
}

void Rebalancer::leave_at_once() {
  stop();
  if (!leave_routes()) return;
  core_.tasks().start(core_.groups().remove_consumer(group_, core_.options().request_timeout));
}

bool Rebalancer::leave_routes() {
  if (route_listener_ == 0) return false;
  core_.routes().remove_listener(std::exchange(route_listener_, 0));
  for (const auto& [topic, subscription] : subscriptions_) core_.routes().unpin(topic);
  return true;
}

// ---- rounds

void Rebalancer::wake() {
  if (running_.is_empty()) return;
  // Later, because a round may destroy what got us called.
  wake_timer_ = core_.loop().after(net::Duration::zero(), [this] { wake_.set(); });
}

net::Task<> Rebalancer::run() {
  // Brokers that do not know us cannot count us in.
  for (const std::string& topic : topics()) {
    if (auto route = co_await core_.routes().get(topic); !route) {
      core_.log().info(to_string(route.error()));
    }
  }
  co_await core_.groups().heartbeat();

  net::Duration retry_delay = retry_delay_min;
  std::size_t failures_before = subscriptions_.size();
  for (;;) {
    wake_.reset();
    const std::size_t failures = co_await round();
    had_a_round_ = true;
    owner_.round_ended();

    // One topic found often brings the next: the broker makes %RETRY%group once it knows us.
    if (failures < failures_before) retry_delay = retry_delay_min;
    const net::Duration interval = core_.options().rebalance_interval;
    const net::Duration delay = failures == 0 ? interval : std::min(retry_delay, interval);
    round_timer_ = core_.loop().after(core_.jittered(delay), [this] { wake_.set(); });
    retry_delay = std::min(2 * retry_delay, retry_delay_max);
    failures_before = failures;
    co_await wake_.wait();
  }
}

// Returns for how many topics that failed, and is to be tried again soon.
net::Task<std::size_t> Rebalancer::round() {
  std::size_t failures = 0;
  for (const std::string& topic : topics()) {
    if (!co_await round_of(topic)) ++failures;
  }
  co_return failures;
}

net::Task<bool> Rebalancer::round_of(std::string topic) {
  const auto route = co_await core_.routes().get(topic);
  if (!route) {
    core_.log().info(str("rebalancing ", topic, ": ", to_string(route.error())));
    co_return false;
  }
  auto ours = co_await source_->queues_of(*route);
  if (!ours) {
    core_.log().info(str("rebalancing ", topic, ": ", to_string(ours.error())));
    co_return false;
  }
  if (!subscriptions_.contains(topic)) co_return true;  // not any more
  QueueRound round = round_between(owner_.held_queues(topic), *std::move(ours));
  round.topic = std::move(topic);
  round.all = (*route)->subscribe_queues;
  if (round.changes_something()) {
    core_.log().info(str("group ", group_, ": ", round.topic, " loses ", round.dropped.size(),
                         " queues here and gains ", round.added.size()));
  }
  co_return co_await owner_.take_round(std::move(round));
}

}  // namespace rocketmq::client
