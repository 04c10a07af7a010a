#include "client/assigned_queues.h"

#include <algorithm>

#include "client/offset_store.h"
#include "protocol/json_body.h"
#include "protocol/requests/assignment.h"

namespace rocketmq::client {
namespace {

std::vector<AssignedQueue> assigned(protocol::QueryAssignmentResponseBody answer,
                                    const std::string& topic) {
  std::vector<AssignedQueue> queues;
  for (protocol::MessageQueueAssignment& each : answer.message_queue_assignments) {
    if (each.message_queue.topic != topic) continue;
    const bool is_popped = each.mode == protocol::MessageRequestMode::pop;
    queues.push_back(
        {{topic, std::move(each.message_queue.broker_name), each.message_queue.queue_id},
         is_popped ? ConsumeMode::pop : ConsumeMode::pull});
  }
  return queues;
}

}  // namespace

net::Task<Result<std::vector<AssignedQueue>>> AnyQueues::queues_of(RoutePtr route) {
  if (route->topic.starts_with(retry_topic_prefix)) {
    co_return co_await given_back_.queues_of(std::move(route));
  }
  std::vector<AssignedQueue> queues;
  for (const MessageQueue& each : route->subscribe_queues) {
    AssignedQueue any{{each.topic, each.broker_name, -1}, ConsumeMode::pop};
    if (queues.empty() || !(queues.back() == any)) queues.push_back(std::move(any));
  }
  co_return queues;
}

// Any broker of the topic knows the whole group.
net::Task<Result<std::vector<AssignedQueue>>> BrokerAssignedQueues::queues_of(RoutePtr route) {
  const std::string body =
      protocol::to_json(protocol::QueryAssignmentRequestBody{.client_id = core_.client_id(),
                                                             .consumer_group = group_,
                                                             .strategy_name = strategy_,
                                                             .topic = route->topic});
  Error last{Errc::no_route, str("topic ", route->topic, " has no broker")};
  const std::size_t count = route->brokers.size();
  for (std::size_t i = 0, first = core_.random(); i < count; ++i) {
    const std::string& broker_name = route->brokers[(first + i) % count].broker_name;
    const auto broker = core_.routes().table().address_to_read(broker_name, master_id, false);
    if (!broker) continue;
    const auto answer = co_await core_.pool().call(broker->address, protocol::QueryAssignment{},
                                                   body, core_.options().request_timeout);
    if (!answer) {
      last = answer.error();
      continue;
    }
    auto queues =
        protocol::from_json<protocol::QueryAssignmentResponseBody>(answer->body, "assignment");
    if (!queues) co_return std::move(queues).error();
    co_return assigned(*std::move(queues), route->topic);
  }
  if (last.code == ResponseCode::request_code_not_supported) {
    last.message = str("brokers of topic ", route->topic,
                       " do not share out queues, which takes RocketMQ 5: ", last.message);
  }
  co_return last;
}

std::optional<bool> must_pull_pop_retries(const std::vector<AssignedQueue>& queues) {
  const auto popped = std::ranges::count(queues, ConsumeMode::pop, &AssignedQueue::mode);
  if (queues.empty()) return std::nullopt;
  if (popped == 0) return true;
  if (popped == static_cast<std::ptrdiff_t>(queues.size())) return false;
  return std::nullopt;
}

}  // namespace rocketmq::client
