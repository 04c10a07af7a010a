#include "broker-lite/namesrv/name_server.h"

#include <utility>

namespace rocketmq::namesrv {

NameServer::NameServer(net::Loop& loop, NameServerOptions options)
    : loop_(loop),
      scan_interval_(options.scan_not_active_broker_interval),
      routes_(options.routes),
      kv_(options.kv),
      settings_(options.settings),
      core_{.loop = loop,
            .routes = routes_,
            .kv = kv_,
            .settings = settings_,
            .live = live_,
            .save_kv = std::move(options.save_kv),
            .save_settings = std::move(options.save_settings)},
      server_(loop, router_, std::move(options.server)) {
  routes_.set_delete_topic_with_broker_registration(
      settings_.delete_topic_with_broker_registration);
  add_namesrv_handlers(router_, core_);
  arm_scan();
}

Result<void> NameServer::load_settings(std::string_view text) {
  if (auto loaded = live_.load(text); !loaded) return loaded;
  routes_.set_delete_topic_with_broker_registration(
      settings_.delete_topic_with_broker_registration);
  return {};
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
