#include "broker-lite/namesrv/name_server.h"

#include <utility>

namespace rocketmq::namesrv {

NameServer::NameServer(net::Loop& loop, NameServerOptions options)
    : loop_(loop),
      scan_interval_(options.scan_not_active_broker_interval),
      routes_(options.routes),
      kv_(options.kv),
      core_{.loop = loop,
            .routes = routes_,
            .kv = kv_,
            .order_message_enable = options.order_message_enable,
            .return_order_topic_config_to_broker = options.return_order_topic_config_to_broker,
            .save_kv = std::move(options.save_kv)},
      server_(loop, router_, std::move(options.server)) {
  add_namesrv_handlers(router_, core_);
  arm_scan();
}

// Java: scanNotActiveBroker.
void NameServer::arm_scan() {
  scan_timer_ = loop_.after(scan_interval_, [this] {
    for (const net::ChannelHandle& channel : routes_.expire(loop_.now())) {
      if (net::Channel* open = channel.get()) open->close();
    }
    arm_scan();
  });
}

}  // namespace rocketmq::namesrv
