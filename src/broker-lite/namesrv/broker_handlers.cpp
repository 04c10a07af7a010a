#include <string>
#include <utility>

#include "broker-lite/namesrv/handlers.h"
#include "broker-lite/namesrv/register_body.h"
#include "protocol/message_codec.h"
#include "protocol/requests/namesrv.h"
#include "protocol/requests/namesrv_admin.h"

// What brokers tell a name server about themselves.

namespace rocketmq::namesrv {
namespace {

using net::RequestContext;

// Java: ZoneRouteRPCHook; a field beside the header.
constexpr std::string_view zone_name_field = "__ZONE_NAME";

Result<Registration> registration_of(const protocol::RegisterBroker& request,
                                     RequestContext& context) {
  const auto expected_crc = static_cast<std::uint32_t>(request.body_crc32.value_or(0));
  if (expected_crc != 0 && protocol::body_crc(context.body()) != expected_crc) {
    return Error{ResponseCode::system_error, "crc32 not match"};
  }
  // Whether the header says "compressed" is no help: stock brokers compress and say they do not.
  auto body = decode_register_body(context.body(), context.version());
  if (!body) return Error{ResponseCode::system_error, body.error().message};

  Registration registration;
  registration.cluster = request.cluster_name;
  registration.broker_name = request.broker_name;
  registration.broker_addr = request.broker_addr;
  registration.broker_id = request.broker_id;
  registration.ha_server_addr = request.ha_server_addr;
  if (const auto timeout = request.heartbeat_timeout_millis; timeout && *timeout > 0) {
    registration.heartbeat_timeout = std::chrono::milliseconds(*timeout);
  }
  registration.enable_acting_master = request.enable_acting_master;
  if (const auto* zone = protocol::find_field(context.command.fields, zone_name_field)) {
    registration.zone_name = *zone;
  }
  registration.body = *std::move(body);
  registration.channel = context.channel.handle();
  return registration;
}

}  // namespace

void add_broker_handlers(net::Router& router, NamesrvCore& core) {
  router.on<protocol::RegisterBroker>(
      [&core](const protocol::RegisterBroker& request,
              RequestContext& context) -> Result<protocol::RegisterBrokerResponse> {
        Result<Registration> registration = registration_of(request, context);
        if (!registration) return std::move(registration).error();
        auto registered = core.routes.register_broker(*registration, core.loop.now());
        if (!registered) return std::move(registered).error();

        if (core.settings.return_order_topic_config_to_broker) {
          if (const auto order_topics = core.kv.list(order_topic_namespace)) {
            context.reply.body = protocol::to_json(*order_topics);
          }
        }
        protocol::RegisterBrokerResponse response;
        if (!registered->master_addr.empty()) {
          // The views end with the handler: the texts go as fields of their own.
          context.reply.extra.emplace_back("masterAddr", registered->master_addr);
          context.reply.extra.emplace_back("haServerAddr", registered->ha_server_addr);
        }
        return response;
      });

  router.on<protocol::UnregisterBroker>([&core](const protocol::UnregisterBroker& request,
                                                RequestContext&) -> Result<void> {
    core.routes.unregister_broker(request.cluster_name, request.broker_name, request.broker_addr);
    return {};
  });

  router.on<protocol::QueryDataVersion>(
      [&core](const protocol::QueryDataVersion& request,
              RequestContext& context) -> Result<protocol::QueryDataVersionResponse> {
        const auto version =
            protocol::from_json<protocol::DataVersion>(context.body(), "data version");
        if (!version) return Error{ResponseCode::system_error, version.error().message};
        const KnownVersion known = core.routes.query_version(
            request.cluster_name, request.broker_addr, *version, core.loop.now());
        if (known.version) context.reply.body = protocol::to_json(*known.version);
        return protocol::QueryDataVersionResponse{known.is_changed};
      });

  router.on<protocol::BrokerHeartbeat>(
      [&core](const protocol::BrokerHeartbeat& request, RequestContext&) -> Result<void> {
        core.routes.refresh(request.cluster_name, request.broker_addr, core.loop.now());
        return {};
      });

  router.on_channel_closed(
      [&core](net::Channel& channel) { core.routes.channel_closed(channel.handle()); });
}

}  // namespace rocketmq::namesrv
