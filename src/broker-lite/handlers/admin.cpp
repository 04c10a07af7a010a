#include "broker-lite/handlers/admin.h"

#include <memory>
#include <utility>

#include "broker-lite/handlers/handlers.h"

namespace rocketmq::broker {

void reply_when_saved(const SaveChanges& save, net::Responder responder) {
  // std::function wants what it holds to be copyable.
  auto kept = std::make_shared<net::Responder>(std::move(responder));
  save([kept](const Result<void>& saved) {
    saved ? kept->reply(protocol::NoFields{}) : kept->fail(saved.error());
  });
}

void add_admin_handlers(net::Router& router, Core& core, const AdminServices& services) {
  add_topic_admin_handlers(router, core);
  add_group_admin_handlers(router, core);
  add_client_admin_handlers(router, core);
  add_consume_stats_handlers(router, core);
  add_relay_handlers(router, core);
  add_offset_admin_handlers(router, core);
  add_queue_entries_handlers(router, core);
  add_statistics_handlers(router, core);
  add_broker_admin_handlers(router, core, services);
  add_broker_config_handlers(router, core, services.settings);
}

}  // namespace rocketmq::broker
