#include "protocol/requests/broker_admin.h"

#include <string>

#include "broker-lite/handlers/admin.h"
#include "broker-lite/handlers/runtime_info.h"
#include "protocol/java_properties.h"

// What a broker tells of itself.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

// Settings of stock that tools look for and that are not settings here, with the values that
// describe what we do. Java: MQAdminExt, the export commands. Those read fileReservedTime and
// messageDelayLevel too and need a value: stock's defaults, although nothing expires or is delayed
// here yet.
constexpr std::pair<std::string_view, std::string_view> fixed_settings[] = {
    {"brokerRole", "ASYNC_MASTER"},
    {"clientCallbackExecutorThreads", "1"},
    {"fileReservedTime", "72"},
    {"filterServerNums", "0"},
    {"messageDelayLevel", "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h"},
    {"msgTraceTopicName", "RMQ_SYS_TRACE_TOPIC"},
    {"slaveReadEnable", "false"},
    {"useTLS", "false"},
};

std::string config_text(const BrokerOptions& options) {
  std::string text;
  const JavaProperties properties = to_properties(options);
  for (const JavaProperty& property : properties) {
    append_java_property(text, property.name, property.value);
  }
  for (const auto& [name, value] : fixed_settings) {
    const bool is_ours = std::any_of(properties.begin(), properties.end(),
                                     [&](const JavaProperty& p) { return p.name == name; });
    if (!is_ours) append_java_property(text, name, value);
  }
  return text;
}

}  // namespace

void add_broker_admin_handlers(net::Router& router, Core& core, const AdminServices& services) {
  const std::int64_t boot_ms = core.loop.wall_ms();
  router.on<protocol::GetBrokerRuntimeInfo>(
      [&core, services, boot_ms](const protocol::GetBrokerRuntimeInfo&,
                       RequestContext& context) -> Result<void> {
        context.reply.body = protocol::to_json(runtime_info(core, services, boot_ms));
        return {};
      });

  // The settings do not change while the broker runs, and so neither does their version.
  const std::string version = protocol::to_json(protocol::DataVersion{0, 0, boot_ms});
  router.on<protocol::GetBrokerConfig>(
      [&core, version](const protocol::GetBrokerConfig&,
                       RequestContext& context) -> Result<protocol::GetBrokerConfigResponse> {
        context.reply.body = config_text(core.options);
        return protocol::GetBrokerConfigResponse{version};
      });
}

}  // namespace rocketmq::broker
