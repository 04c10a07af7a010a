#include "client/simple_receiver.h"

#include <algorithm>
#include <utility>

#include "client/message_view.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

// With several places, how long one is waited at while messages may come to another.
constexpr net::Duration turn_duration = 1s;
// Where a broker does not hold a pop as long as it was asked to.
constexpr net::Duration idle_delay = 100ms;
constexpr net::Duration error_delay = 1s;
// For answers, beyond the time that was asked to wait for messages: of all requests together.
constexpr net::Duration answer_margin = 10s;

}  // namespace

SimpleReceiver::SimpleReceiver(Client::Core& core, const SimpleConsumerOptions& options,
                               bool is_in_order)
    : core_(core),
      init_mode_(options.start_at == StartAt::earliest ? protocol::pop_init_mode::min
                                                       : protocol::pop_init_mode::max),
      is_in_order_(is_in_order),
      pops_(core, core.wire_name(options.group), options.message_bytes_max) {}

SimpleReceiver::~SimpleReceiver() {
  for (const auto& [topic, subscription] : subscriptions_) core_.routes().unpin(topic);
}

void SimpleReceiver::subscribe(protocol::SubscriptionData subscription) {
  const std::string topic = core_.wire_name(subscription.topic);
  subscription.topic = topic;
  const bool is_new = subscriptions_.insert_or_assign(topic, std::move(subscription)).second;
  if (is_new) core_.routes().pin(topic);
}

void SimpleReceiver::unsubscribe(const std::string& topic) {
  const std::string name = core_.wire_name(topic);
  if (subscriptions_.erase(name) > 0) core_.routes().unpin(name);
}

net::Task<Result<std::vector<MessageQueue>>> SimpleReceiver::places() {
  std::vector<std::string> topics;
  for (const auto& [topic, subscription] : subscriptions_) topics.push_back(topic);
  if (topics.empty()) co_return Error{Errc::invalid_argument, "there is no subscription"};

  std::vector<RoutePtr> routes;
  Error last{Errc::no_route, str("topic ", topics.front(), " has no queue that can be read")};
  for (const std::string& topic : topics) {
    if (auto route = co_await core_.routes().get(topic)) {
      routes.push_back(*std::move(route));
    } else {
      last = std::move(route).error();
    }
  }
  std::vector<MessageQueue> found = turns_.next(routes);
  if (found.empty()) co_return last;
  co_return found;
}

net::Task<Result<SimpleReceiver::Messages>> SimpleReceiver::receive(ReceiveOptions options) {
  net::Loop& loop = core_.loop();
  const net::TimePoint end = loop.now() + options.wait;
  const net::TimePoint last = end + answer_margin;
  for (;;) {
    auto where = co_await places();
    if (!where) co_return std::move(where).error();
    const bool is_only_place = where->size() == 1;
    if (!is_only_place || options.wait == 0ms) {
      auto found = co_await look_everywhere(*where, options, last);
      if (!found || !found->empty() || loop.now() >= end) co_return found;
    }

    const net::TimePoint asked_at = loop.now();
    const net::Duration wait =
        is_only_place ? end - asked_at : std::min(turn_duration, end - asked_at);
    auto got = co_await pop(where->front(), options, wait, last - asked_at - wait);
    if (got ? !got->empty() : is_only_place) co_return got;
    if (loop.now() >= end) co_return Messages{};
    if (loop.now() - asked_at < wait) {
      const net::Duration delay = got ? idle_delay : error_delay;
      co_await net::sleep_for(loop, std::min(delay, end - loop.now()));
    }
  }
}

net::Task<Result<SimpleReceiver::Messages>> SimpleReceiver::look_everywhere(
    std::vector<MessageQueue>& places, ReceiveOptions options, net::TimePoint last) {
  std::vector<MessageQueue> good;
  Error first;
  std::size_t left = places.size();
  for (const MessageQueue& place : places) {
    // One that is silent leaves time for the others.
    const auto share = (last - core_.loop().now()) / static_cast<net::Duration::rep>(left--);
    auto got = co_await pop(place, options, 0ms, std::min(share, answer_margin));
    if (got && !got->empty()) co_return got;
    if (got) {
      good.push_back(place);
    } else if (!first.code) {
      first = std::move(got).error();
    }
  }
  if (good.empty()) co_return first;
  places = std::move(good);
  co_return Messages{};
}

net::Task<Result<SimpleReceiver::Messages>> SimpleReceiver::pop(MessageQueue from,
                                                                ReceiveOptions options,
                                                                net::Duration wait,
                                                                net::Duration margin) {
  const auto subscription = subscriptions_.find(from.topic);
  if (subscription == subscriptions_.end()) co_return Messages{};  // not any more
  Pop what{.from = std::move(from),
           .max = options.max,
           .invisible = options.invisible,
           .wait = wait,
           .margin = margin,
           .init_mode = init_mode_,
           .is_in_order = is_in_order_};
  auto popped = co_await pops_.pop(std::move(what), subscription->second);
  if (!popped) co_return std::move(popped).error();
  Messages readable;
  for (MessageView& message : popped->messages) {
    if (message.data().is_readable) {
      readable.push_back(std::move(message));
    } else {
      core_.log().warn(str("message ", message.message_id(), " of ", to_string(message.queue()),
                           " cannot be unpacked, and is left at the broker"));
    }
  }
  co_return readable;
}

}  // namespace rocketmq::client
