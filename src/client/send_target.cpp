#include "client/send_target.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "protocol/namespaces.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

Error refused(std::string why) { return {Errc::invalid_argument, std::move(why)}; }

// Java: Math.abs(hash % queues). The remainder's size, whatever its sign.
std::size_t index_of(std::int32_t hash, std::size_t count) {
  const std::int64_t remainder = std::int64_t{hash} % static_cast<std::int64_t>(count);
  return static_cast<std::size_t>(remainder < 0 ? -remainder : remainder);
}

// Its queue id is not looked for: routes may lag behind, and the broker will say.
Result<PublishQueue> find(const MessageQueue& queue, const Route& route) {
  for (std::uint32_t i = 0; i < route.brokers.size(); ++i) {
    if (route.brokers[i].broker_name != queue.broker_name) continue;
    if (!route.brokers[i].broker_addrs.contains(master_id)) break;
    return PublishQueue{i, queue.queue_id};
  }
  return Error{Errc::not_connected,
               str("topic ", route.topic, " has no broker ", queue.broker_name, " with a master")};
}

Result<std::size_t> choose(const ChooseQueue& user, const std::vector<MessageQueue>& queues) {
  try {
    return user({queues.data(), queues.size()}) % queues.size();
  } catch (const std::exception& problem) {
    return refused(str("SendOptions::choose threw: ", problem.what()));
  } catch (...) {
    return refused("SendOptions::choose threw something");
  }
}

}  // namespace

Result<SendTarget> make_target(const SendOptions& options, std::string_view topic,
                               std::string_view sharding_key) {
  if (options.queue) {
    if (options.choose) return refused("both SendOptions::queue and SendOptions::choose are set");
    if (options.queue->topic != topic || options.queue->queue_id < 0) {
      return refused(str(to_string(*options.queue), " is no queue of topic ", topic));
    }
    return SendTarget(*options.queue);
  }
  if (options.choose) return SendTarget(options.choose);
  if (!sharding_key.empty()) return SendTarget(QueueByKey{protocol::java_hash(sharding_key)});
  return SendTarget(AnyQueue{});
}

const std::vector<MessageQueue>& QueueTexts::of(const RoutePtr& route) {
  if (route_ == route) return queues_;
  queues_.clear();
  const std::string topic = protocol::without_namespace(name_space_, route->topic);
  for (const PublishQueue& queue : route->publish_queues) {
    queues_.push_back({topic, route->broker_name(queue), queue.queue_id});
  }
  route_ = route;
  return queues_;
}

Result<PublishQueue> find_queue(const SendTarget& target, const RoutePtr& route,
                                QueueTexts& texts) {
  const std::vector<PublishQueue>& queues = route->publish_queues;
  if (queues.empty()) {
    return Error{Errc::no_route, str("topic ", route->topic, " has no queue to write to")};
  }
  if (const auto* queue = std::get_if<MessageQueue>(&target)) return find(*queue, *route);
  if (const auto* key = std::get_if<QueueByKey>(&target)) {
    return queues[index_of(key->hash, queues.size())];
  }
  auto index = choose(std::get<ChooseQueue>(target), texts.of(route));
  if (!index) return std::move(index).error();
  return queues[*index];
}

}  // namespace rocketmq::client
