#include "client/queue_source.h"

#include <algorithm>
#include <utility>

#include "client/allocation.h"
#include "protocol/json_body.h"
#include "protocol/requests/client_session.h"

namespace rocketmq::client {
namespace {

std::vector<AssignedQueue> to_pull(const std::vector<MessageQueue>& queues) {
  std::vector<AssignedQueue> assigned;
  assigned.reserve(queues.size());
  for (const MessageQueue& queue : queues) assigned.push_back({queue, ConsumeMode::pull});
  return assigned;
}

}  // namespace

net::Task<Result<std::vector<AssignedQueue>>> SharedQueues::queues_of(RoutePtr route) {
  auto known = co_await members(route);
  if (!known) co_return std::move(known).error();
  const auto queues =
      own_part(strategy_, group_, core_.client_id(), route->subscribe_queues, *std::move(known));
  if (!queues) co_return queues.error();
  co_return to_pull(*queues);
}

bool SharedQueues::is_among(const Members& members) const {
  return std::find(members.begin(), members.end(), core_.client_id()) != members.end();
}

net::Task<Result<SharedQueues::Members>> SharedQueues::members(RoutePtr route) {
  auto known = co_await ask_for_members(route);
  if (known && is_among(*known)) co_return known;
  // A broker that was just started has forgotten us.
  co_await core_.groups().heartbeat();
  co_return co_await ask_for_members(route);
}

// Any broker of the topic knows the whole group. Java: MQClientInstance.findConsumerIdList.
net::Task<Result<SharedQueues::Members>> SharedQueues::ask_for_members(RoutePtr route) {
  Error last{Errc::no_route, str("topic ", route->topic, " has no broker")};
  const std::size_t count = route->brokers.size();
  for (std::size_t i = 0, first = core_.random(); i < count; ++i) {
    const std::string& broker_name = route->brokers[(first + i) % count].broker_name;
    const auto broker = core_.routes().table().address_to_read(broker_name, master_id, false);
    if (!broker) continue;
    const auto answer = co_await core_.pool().call(
        broker->address,
        protocol::GetConsumerListByGroup{.consumer_group = group_, .broker_name = broker_name}, {},
        core_.options().request_timeout);
    if (!answer) {
      last = answer.error();
      continue;
    }
    auto list = protocol::from_json<protocol::ConsumerIdList>(answer->body, "members of a group");
    if (!list) co_return std::move(list).error();
    if (!list->consumer_id_list.empty()) co_return std::move(list->consumer_id_list);
    last = Error{ResponseCode::system_error, str("group ", group_, " has no members")};
  }
  co_return last;
}

net::Task<Result<std::vector<AssignedQueue>>> AllQueues::queues_of(RoutePtr route) {
  co_return to_pull(route->subscribe_queues);
}

}  // namespace rocketmq::client
