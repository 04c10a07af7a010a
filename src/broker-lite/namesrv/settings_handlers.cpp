#include <string>
#include <utility>

#include "broker-lite/namesrv/handlers.h"
#include "protocol/java_properties.h"
#include "protocol/requests/namesrv_admin.h"

// A name server's settings, as tools read and change them.

namespace rocketmq::namesrv {
namespace {

std::string config_text(const NamesrvSettings& settings) {
  std::string text;
  NamesrvSettings::fields([&](std::string_view name, auto member) {
    protocol::append_java_property(text, name, settings.*member ? "true" : "false");
  });
  return text;
}

void update(NamesrvCore& core, net::Call<protocol::UpdateNamesrvConfig> call) {
  const auto changes = protocol::parse_java_properties(call.body());
  if (changes.empty()) return call.reply({});
  if (auto changed = core.live.change(changes); !changed) return call.fail(changed.error());
  core.routes.set_delete_topic_with_broker_registration(
      core.settings.delete_topic_with_broker_registration);
  reply_when_saved(core.save_settings, std::move(call));
}

}  // namespace

void add_settings_handlers(net::Router& router, NamesrvCore& core) {
  router.on_deferred<protocol::UpdateNamesrvConfig>(
      [&core](net::Call<protocol::UpdateNamesrvConfig> call) { update(core, std::move(call)); });
  router.on<protocol::GetNamesrvConfig>(
      [&core](const protocol::GetNamesrvConfig&, net::RequestContext& context) -> Result<void> {
        context.reply.body = config_text(core.settings);
        return {};
      });
}

}  // namespace rocketmq::namesrv
