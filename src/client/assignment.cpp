#include "client/assignment.h"

#include <set>
#include <utility>

#include "client/subscription_data.h"

namespace rocketmq::client {

Assignment::Assignment(Client::Core& core, QueueReader& reader, QueuesChanged on_changed)
    : core_(core), reader_(reader), on_changed_(std::move(on_changed)) {
  route_listener_ =
      core_.routes().add_listener([this](const RoutePtr& route) { route_changed(*route); });
}

void Assignment::leave() {
  if (route_listener_ == 0) return;
  core_.routes().remove_listener(std::exchange(route_listener_, 0));
  for (const auto& [topic, queues] : topics_) core_.routes().unpin(topic);
}

Result<void> Assignment::set_filter(const Subscription& subscription) {
  if (topics_.contains(subscription.topic)) {
    return Error{Errc::invalid_argument,
                 str("topic ", subscription.topic, " is assigned already, with another filter")};
  }
  auto data = subscription_data(subscription, core_.loop().wall_ms());
  if (!data) return std::move(data).error();
  subscriptions_.insert_or_assign(subscription.topic, *std::move(data));
  return {};
}

net::Task<Result<void>> Assignment::assign(std::vector<MessageQueue> queues) {
  if (reader_.is_stopped()) co_return Error{Errc::client_closed, "the consumer was closed"};
  const std::set<MessageQueue> wanted(queues.begin(), queues.end());
  for (const MessageQueue& queue : wanted) {
    if (auto known = know(queue.topic); !known) co_return known;
  }
  std::vector<MessageQueue> dropped;
  for (const MessageQueue& queue : reader_.queues()) {
    if (!wanted.contains(queue)) dropped.push_back(queue);
  }
  for (const MessageQueue& queue : wanted) reader_.add(queue, subscriptions_.at(queue.topic));
  co_await reader_.drop(std::move(dropped));
  forget_unused_topics();

  const net::TimePoint end = core_.loop().now() + core_.options().request_timeout;
  while (!reader_.is_stopped() && !reader_.knows_positions() && core_.loop().now() < end) {
    co_await reader_.wait_for_change(end);
  }
  co_return Result<void>{};
}

Result<void> Assignment::know(const std::string& topic) {
  if (!subscriptions_.contains(topic)) {
    auto everything = subscription_data({topic, {}}, core_.loop().wall_ms());
    if (!everything) return std::move(everything).error();
    subscriptions_.emplace(topic, *std::move(everything));
  }
  if (const auto [entry, is_new] = topics_.try_emplace(topic); is_new) {
    core_.routes().pin(topic);
    if (const RoutePtr route = core_.routes().find(topic)) entry->second = route->subscribe_queues;
  }
  return {};
}

void Assignment::forget_unused_topics() {
  std::erase_if(topics_, [this](const auto& each) {
    if (!reader_.queues_of(each.first).empty()) return false;
    core_.routes().unpin(each.first);
    return true;
  });
}

void Assignment::route_changed(const Route& route) {
  const auto known = topics_.find(route.topic);
  if (known == topics_.end() || known->second == route.subscribe_queues) return;
  const bool is_first = known->second.empty();
  known->second = route.subscribe_queues;
  if (!is_first && on_changed_) on_changed_(route.topic, route.subscribe_queues);
}

}  // namespace rocketmq::client
