#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "broker-lite/namesrv/handlers.h"
#include "broker-lite/namesrv/kv_config.h"
#include "broker-lite/namesrv/route_registry.h"
#include "net/loop.h"
#include "net/router.h"
#include "net/server.h"

namespace rocketmq::namesrv {

struct NameServerOptions {
  RouteRegistryOptions routes;
  KvConfigOptions kv;
  // Named as in namesrv.conf.
  bool order_message_enable = false;
  bool return_order_topic_config_to_broker = true;
  std::chrono::milliseconds scan_not_active_broker_interval = std::chrono::seconds(5);

  net::ServerOptions server;
  // Saves kv().to_json() as kvConfig.json, then calls `done`. None: it is not kept.
  std::function<void(NamesrvCore::Saved done)> save_kv;
};

// A name server: the registry, the KV config, a server in front of them. Belongs to its loop, which
// may be shared with a broker; destroyed on it, which ends its connections at once.
// Java: NamesrvController.
class NameServer {
 public:
  NameServer(net::Loop& loop, NameServerOptions options = {});
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  // May be called for several addresses. Gives the address with its real port.
  Result<std::string> listen(std::string_view address) { return server_.listen(address); }
  // See net::Server::stop().
  void stop(net::Duration grace, std::function<void()> on_stopped) {
    server_.stop(grace, std::move(on_stopped));
  }

  RouteRegistry& routes() { return routes_; }
  KvConfig& kv() { return kv_; }  // loaded by the owner before listen()

 private:
  void arm_scan();

  net::Loop& loop_;
  const std::chrono::milliseconds scan_interval_;
  RouteRegistry routes_;
  KvConfig kv_;
  NamesrvCore core_;
  net::Router router_;
  net::Server server_;
  std::unique_ptr<net::Timer> scan_timer_;
};

}  // namespace rocketmq::namesrv
