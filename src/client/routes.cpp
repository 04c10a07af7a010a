#include "client/routes.h"

#include "protocol/str.h"

namespace rocketmq::client {

Routes::Routes(net::Loop& loop, const RoutesOptions& options, Ask ask, Jitter jitter)
    : loop_(loop),
      options_(options),
      ask_(std::move(ask)),
      jitter_(std::move(jitter)),
      refreshing_(refresh_again_and_again()) {
  refreshing_.start();
}

net::Task<Result<RoutePtr>> Routes::get(std::string topic) {
  if (RoutePtr known = find(topic); known != nullptr && !known->is_template) co_return known;
  co_return co_await refresh(std::move(topic));
}

net::Task<Result<RoutePtr>> Routes::get_to_send(std::string topic, int queues) {
  if (RoutePtr known = find(topic)) co_return known;
  Result<RoutePtr> route = co_await refresh(topic);
  if (route || route.error().code != Errc::no_route) co_return route;

  Result<RoutePtr> of_template = co_await get(std::string(template_topic));
  if (!of_template) {
    const bool is_missing = of_template.error().code == Errc::no_route;
    co_return is_missing ? std::move(route) : std::move(of_template);
  }
  if (RoutePtr known = find(topic)) co_return known;  // another one waited for the same
  protocol::TopicRouteData data;
  data.broker_datas = (*of_template)->brokers;
  data.queue_datas = (*of_template)->queues;
  co_return store(make_template_route(std::move(topic), std::move(data), queues));
}

net::Task<Result<RoutePtr>> Routes::refresh(std::string topic) {
  std::shared_ptr<Asking> asking;
  if (const auto found = asking_.find(topic); found != asking_.end()) {
    asking = found->second;
  } else {
    asking = std::make_shared<Asking>();
    asking_.emplace(topic, asking);
    tasks_.start(ask(topic, asking));
  }
  co_await asking->done.wait();
  co_return *asking->result;
}

net::Task<> Routes::ask(std::string topic, std::shared_ptr<Asking> asking) {
  Result<protocol::TopicRouteData> data = co_await ask_(topic);
  asking_.erase(topic);
  if (data) {
    asking->result = store(make_route(topic, *std::move(data)));
  } else if (data.error().code != ResponseCode::topic_not_exist) {
    Error error = std::move(data).error();
    error.message = str("the route of topic ", topic, ": ", error.message);
    asking->result = std::move(error);
  } else if (RoutePtr known = table_.peek(topic)) {
    asking->result = std::move(known);
  } else {
    asking->result = Error{Errc::no_route, str("topic ", topic, " has no route")};
  }
  asking->done.set();
}

RoutePtr Routes::store(Route route) {
  const std::string topic = route.topic;
  const RouteTable::Change change = table_.put(std::move(route), loop_.now());
  RoutePtr stored = table_.peek(topic);
  if (change.brokers && on_new_broker) on_new_broker();
  if (change.route) {
    std::vector<int> ids;
    ids.reserve(listeners_.size());
    for (const auto& [id, listener] : listeners_) ids.push_back(id);
    for (const int id : ids) {
      // A copy: the listener may remove itself.
      if (const auto found = listeners_.find(id); found != listeners_.end()) {
        const Listener listener = found->second;
        listener(stored);
      }
    }
  }
  return stored;
}

void Routes::doubt(const std::string& topic) {
  const auto [entry, is_new] = doubted_at_.try_emplace(topic, loop_.now());
  if (!is_new) {
    if (loop_.now() - entry->second < options_.doubt_interval) return;
    entry->second = loop_.now();
  }
  tasks_.start(refresh_in_background(topic));
}

net::Task<> Routes::refresh_in_background(std::string topic) {
  // Whether it works or not: who needs the route looks into the table.
  static_cast<void>(co_await refresh(std::move(topic)));
}

net::Task<> Routes::refresh_again_and_again() {
  while (true) {
    co_await net::sleep_for(loop_, jitter_(options_.refresh_interval));
    const std::vector<std::string> topics =
        table_.topics_to_refresh(loop_.now() - options_.forget_after);
    for (const std::string& topic : topics) static_cast<void>(co_await refresh(topic));
    table_.forget_unnamed_brokers();
    std::erase_if(doubted_at_, [this](const auto& doubted) {
      return loop_.now() - doubted.second > options_.doubt_interval;
    });
  }
}

int Routes::add_listener(Listener listener) {
  listeners_.emplace(next_listener_, std::move(listener));
  return next_listener_++;
}

void Routes::remove_listener(int id) { listeners_.erase(id); }

}  // namespace rocketmq::client
