#include "protocol/requests/broker_admin.h"

#include "broker-lite/handlers/admin.h"
#include "broker-lite/handlers/runtime_info.h"
#include "protocol/requests/broker_maintenance.h"

// What a broker tells of itself.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

}  // namespace

void add_broker_admin_handlers(net::Router& router, Core& core, const AdminServices& services) {
  const std::int64_t boot_ms = core.loop.wall_ms();
  router.on<protocol::GetBrokerRuntimeInfo>(
      [&core, services, boot_ms](const protocol::GetBrokerRuntimeInfo&,
                                 RequestContext& context) -> Result<void> {
        context.reply.body = protocol::to_json(runtime_info(core, services, boot_ms));
        return {};
      });
  router.on<protocol::GetBrokerHaStatus>(
      [&core](const protocol::GetBrokerHaStatus&, RequestContext& context) -> Result<void> {
        protocol::HARuntimeInfo info;  // a master, and there are no slaves here
        info.master = true;
        info.master_commit_log_max_offset = core.store.max_position();
        context.reply.body = protocol::to_json(info);
        return {};
      });
}

}  // namespace rocketmq::broker
