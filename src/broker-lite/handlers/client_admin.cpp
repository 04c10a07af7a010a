#include <chrono>
#include <string>
#include <vector>

#include "broker-lite/handlers/admin.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/group_admin.h"
#include "protocol/str.h"

// Who is connected, and what they subscribe to.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

std::vector<protocol::Connection> connections_of(const std::vector<ClientMember>& members) {
  std::vector<protocol::Connection> connections;
  for (const ClientMember& member : members) {
    connections.push_back({.client_addr = member.address,
                           .client_id = member.client_id,
                           .language = std::string(protocol::to_string(member.language)),
                           .version = member.version});
  }
  return connections;
}

Result<void> list_consumers(Core& core, const protocol::GetConsumerConnectionList& request,
                            RequestContext& context) {
  const ConsumerGroup* group = core.clients.find_consumers(request.consumer_group);
  if (group == nullptr) {
    return Error{ResponseCode::consumer_not_online,
                 str("the consumer group[", request.consumer_group, "] not online")};
  }
  protocol::ConsumerConnection connection;
  connection.connection_set = connections_of(group->members);
  connection.consume_from_where = group->consume_from_where;
  connection.consume_type = group->consume_type;
  connection.message_model = group->message_model;
  connection.subscription_table = {group->subscriptions.begin(), group->subscriptions.end()};
  context.reply.body = protocol::to_json(connection);
  return {};
}

Result<void> list_producers(Core& core, const protocol::GetProducerConnectionList& request,
                            RequestContext& context) {
  const std::vector<ClientMember>* members = core.clients.find_producers(request.producer_group);
  if (members == nullptr) {
    return Error{ResponseCode::system_error,
                 str("the producer group[", request.producer_group, "] not exist")};
  }
  context.reply.body = protocol::to_json(protocol::ProducerConnection{connections_of(*members)});
  return {};
}

std::vector<protocol::ProducerInfo> infos_of(const std::vector<ClientMember>& members,
                                             const net::Loop& loop) {
  std::vector<protocol::ProducerInfo> infos;
  for (const ClientMember& member : members) {
    const auto age =
        std::chrono::duration_cast<std::chrono::milliseconds>(loop.now() - member.last_update);
    infos.push_back({.client_id = member.client_id,
                     .language = std::string(protocol::to_string(member.language)),
                     .last_update_timestamp = loop.wall_ms() - age.count(),
                     .remote_ip = str('/', member.address),  // as Java prints an address
                     .version = member.version});
  }
  return infos;
}

Result<void> list_all_producers(Core& core, RequestContext& context) {
  protocol::ProducerTableInfo table;
  for (const auto& [group, members] : core.clients.producers()) {
    table.data.emplace(group, infos_of(members, core.loop));
  }
  context.reply.body = protocol::to_json(table);
  return {};
}

Result<void> find_subscription(Core& core, const protocol::QuerySubscriptionByConsumer& request,
                               RequestContext& context) {
  protocol::QuerySubscriptionResponseBody body;
  body.group = request.group;
  body.topic = request.topic.value_or("");
  const auto* subscription = core.clients.find_subscription(body.group, body.topic);
  if (subscription != nullptr) body.subscription_data = *subscription;
  context.reply.body = protocol::to_json(body);
  return {};
}

}  // namespace

void add_client_admin_handlers(net::Router& router, Core& core) {
  router.on<protocol::GetConsumerConnectionList>(
      [&core](const protocol::GetConsumerConnectionList& request, RequestContext& context) {
        return list_consumers(core, request, context);
      });
  router.on<protocol::GetProducerConnectionList>(
      [&core](const protocol::GetProducerConnectionList& request, RequestContext& context) {
        return list_producers(core, request, context);
      });
  router.on<protocol::GetAllProducerInfo>(
      [&core](const protocol::GetAllProducerInfo&, RequestContext& context) {
        return list_all_producers(core, context);
      });
  router.on<protocol::QuerySubscriptionByConsumer>(
      [&core](const protocol::QuerySubscriptionByConsumer& request, RequestContext& context) {
        return find_subscription(core, request, context);
      });
}

}  // namespace rocketmq::broker
