#include <string>
#include <string_view>
#include <utility>

#include "broker-lite/handlers/admin.h"
#include "broker-lite/handlers/handlers.h"
#include "broker-lite/live_settings.h"
#include "protocol/java_properties.h"
#include "protocol/requests/broker_admin.h"

// A broker's settings, as tools read and change them.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

// Settings of stock that tools look for and that are not settings here, with the values that
// describe what we do. Java: MQAdminExt, the export commands.
constexpr std::pair<std::string_view, std::string_view> fixed_settings[] = {
    {"brokerRole", "ASYNC_MASTER"}, {"clientCallbackExecutorThreads", "1"},
    {"filterServerNums", "0"},      {"msgTraceTopicName", "RMQ_SYS_TRACE_TOPIC"},
    {"slaveReadEnable", "false"},   {"useTLS", "false"},
};

std::string config_text(const BrokerOptions& options) {
  std::string text;
  for (const JavaProperty& property : to_properties(options)) {
    append_java_property(text, property.name, property.value);
  }
  for (const auto& [name, value] : fixed_settings) append_java_property(text, name, value);
  return text;
}

// A tool that learns of the change may rely on it, after a restart too.
void update(Core& core, LiveSettings<BrokerOptions>& settings,
            net::Call<protocol::UpdateBrokerConfig> call) {
  const JavaProperties changes = parse_java_properties(call.body());
  if (changes.empty()) return call.reply({});
  if (auto changed = settings.change(changes); !changed) return call.fail(changed.error());
  reply_when_saved(core.options_changed, std::move(call).take_responder());
}

}  // namespace

void add_broker_config_handlers(net::Router& router, Core& core,
                                LiveSettings<BrokerOptions>& settings) {
  router.on_deferred<protocol::UpdateBrokerConfig>(
      [&core, &settings](net::Call<protocol::UpdateBrokerConfig> call) {
        update(core, settings, std::move(call));
      });
  const std::int64_t boot_ms = core.loop.wall_ms();
  router.on<protocol::GetBrokerConfig>(
      [&core, &settings, boot_ms, version = std::string()](
          const protocol::GetBrokerConfig&,
          RequestContext& context) mutable -> Result<protocol::GetBrokerConfigResponse> {
        context.reply.body = config_text(core.options);
        version = protocol::to_json(protocol::DataVersion{settings.version(), 0, boot_ms});
        return protocol::GetBrokerConfigResponse{version};
      });
}

}  // namespace rocketmq::broker
