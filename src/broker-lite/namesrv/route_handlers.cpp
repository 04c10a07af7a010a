#include <memory>
#include <string>
#include <utility>

#include "broker-lite/namesrv/handlers.h"
#include "broker-lite/namesrv/route_answers.h"
#include "protocol/requests/namesrv.h"
#include "protocol/requests/namesrv_admin.h"
#include "protocol/str.h"

// Where a topic's queues are, and who makes up a cluster.

namespace rocketmq::namesrv {
namespace {

using net::RequestContext;

// From here on clients get standard JSON. Java: ClientRequestProcessor.
constexpr std::int32_t standard_json_version = protocol::version_ordinal(4, 9, 4);

std::string_view host_of(std::string_view address) { return address.substr(0, address.rfind(':')); }

// A broker that listens on every address and was told none to advertise is in our own process. It
// is to be reached by the host by which this client reached us. True: the answer is for it alone.
bool make_reachable(protocol::BrokerData& group, std::string_view local) {
  bool has_changed = false;
  for (auto& [id, address] : group.broker_addrs) {
    const std::string_view host = host_of(address);
    if (host != "0.0.0.0" && host != "[::]") continue;
    address = str(host_of(local), std::string_view(address).substr(host.size()));
    has_changed = true;
  }
  return has_changed;
}

bool wants_standard_json(const protocol::GetRouteInfoByTopic& request,
                         const RequestContext& context) {
  return context.version() >= standard_json_version ||
         request.accept_standard_json_only.value_or(false);
}

// Java: ZoneRouteRPCHook. A client may ask for the brokers of one zone.
std::optional<std::string_view> wanted_zone(const RequestContext& context) {
  const auto* mode = protocol::find_field(context.command.fields, "__ZONE_MODE");
  const auto* zone = protocol::find_field(context.command.fields, "__ZONE_NAME");
  if (mode == nullptr || zone == nullptr || *mode != "true" || zone->empty()) return std::nullopt;
  return *zone;
}

Result<void> find_route(NamesrvCore& core, RouteAnswers& answers,
                        const protocol::GetRouteInfoByTopic& request, RequestContext& context) {
  const std::optional<std::string_view> zone = wanted_zone(context);
  const bool is_standard = !zone && wants_standard_json(request, context);
  const bool is_for_all = !zone && !core.settings.order_message_enable;
  if (const std::string* body = is_for_all ? answers.find(request.topic, is_standard) : nullptr) {
    context.reply.body = *body;
    return {};
  }
  std::optional<protocol::TopicRouteData> route = core.routes.route(request.topic);
  if (!route) {
    return Error{ResponseCode::topic_not_exist,
                 str("No topic route info in name server for the topic: ", request.topic)};
  }
  if (core.settings.order_message_enable) {
    if (const auto conf = core.kv.find(order_topic_namespace, request.topic)) {
      route->order_topic_conf = *conf;
    }
  }
  if (zone) keep_zone(*route, *zone);
  bool is_for_one = false;
  for (protocol::BrokerData& group : route->broker_datas) {
    is_for_one |= make_reachable(group, context.local());
  }
  context.reply.body = protocol::to_json(*route, {.quote_integer_keys = is_standard});
  if (is_for_all && !is_for_one) answers.keep(request.topic, is_standard, context.reply.body);
  return {};
}

}  // namespace

void add_route_handlers(net::Router& router, NamesrvCore& core) {
  const auto answers = std::make_shared<RouteAnswers>(core.routes);
  router.on<protocol::GetRouteInfoByTopic>(
      [&core, answers](const protocol::GetRouteInfoByTopic& request, RequestContext& context) {
        return find_route(core, *answers, request, context);
      });

  router.on<protocol::GetBrokerClusterInfo>(
      [&core](const protocol::GetBrokerClusterInfo&, RequestContext& context) -> Result<void> {
        protocol::ClusterInfo info = core.routes.cluster_info();
        for (auto& [name, group] : info.broker_addr_table) make_reachable(group, context.local());
        context.reply.body = protocol::to_json(info);
        return {};
      });

  router.on<protocol::GetBrokerMemberGroup>([&core](const protocol::GetBrokerMemberGroup& request,
                                                    RequestContext& context) -> Result<void> {
    // Java answers an unknown name with a group of nobody.
    protocol::BrokerMemberGroupBody body{core.routes.member_group(request.broker_name)};
    if (!body.broker_member_group) {
      body.broker_member_group = {
          {}, std::string(request.broker_name), std::string(request.cluster_name)};
    }
    context.reply.body = protocol::to_json(body);
    return {};
  });
}

}  // namespace rocketmq::namesrv
